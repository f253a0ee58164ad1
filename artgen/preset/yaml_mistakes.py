"""What the parser of YAML complains of, in words for who writes prompts: what stands there, and what to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from artgen.errors import shown

Place = tuple[int, int]
"""Line and column, from 0."""

LONGEST = 60
"""A text that is longer is not written out as an example."""
SIGNS = "%@`|>*&!?,]}"
"""What a plain text of YAML may not begin with."""

_VALUE = re.compile(r"(\s*(?:-\s+)*(?:[^\s'\"#:][^'\"#:]*:\s+)?)(.*)")
_TIGHT = re.compile(r"\s*(?:-\s+)*([\w.-]+):([^ \t].*)")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_HIDING = re.compile(r"(?:[\[{,]\s*|[\[{].*:\s+|^\s*(?=#[0-9a-fA-F]{3}))(#\S.*)")


def explained(text: str, error: yaml.MarkedYAMLError) -> tuple[Place | None, str]:
    """Where the mistake is, and what to say of it; what nobody foresaw is said as the parser has it."""
    mark: Any = error.problem_mark or error.context_mark
    if mark is None:
        return None, str(error.problem or error.context)
    begun: Any = error.context_mark or mark
    case = _Case(
        split_lines(text),
        error.problem or error.context or "",
        error.context or "",
        (mark.line, mark.column),
        (begun.line, begun.column),
    )
    found = next((answer for rule in _RULES if (answer := rule(case))), None)
    return found or (case.at, case.problem)


def split_lines(text: str) -> list[str]:
    """As YAML counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def place_of(text: str, index: int) -> Place:
    """The line and column of a character."""
    before = split_lines(text[:index])
    return len(before) - 1, len(before[-1])


def needs_quotes(value: str) -> str:
    """``a text that begins with '@' needs quotes: '@cat'``."""
    example = f": {quoted(value)}" if len(value) <= LONGEST else ""
    return f"a text that begins with {value[:1]!r} needs quotes{example}"


def quoted(value: str) -> str:
    """As a preset writes a text that shall be nothing else."""
    if "'" in value and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def hidden(comment: str) -> str:
    """What to say of a comment where a text or a colour is missing."""
    return f"all that follows '#' is a comment; if it is meant, put it in quotes: {quoted(shown(comment, LONGEST))}"


@dataclass(frozen=True)
class _Case:
    lines: Sequence[str]
    problem: str
    context: str
    at: Place
    begun: Place
    """Where what the parser was reading begins."""

    def line(self, place: Place) -> str:
        return self.lines[place[0]] if place[0] < len(self.lines) else ""

    def rest(self, place: Place) -> str:
        """What stands from `place` to the end of its line."""
        return self.line(place)[place[1] :].rstrip()

    def value(self, place: Place) -> tuple[Place, str]:
        """The value on the line of `place`, after its dash and its key."""
        match = _VALUE.match(self.line(place))
        assert match
        return (place[0], match.end(1)), match[2].rstrip()

    def above(self, place: Place) -> str:
        """The nearest line before that of `place` that says something."""
        lines = reversed(self.lines[: place[0]])
        return next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")


Answer = tuple[Place, str] | None


def _tab(case: _Case) -> Answer:
    if "start any token" in case.problem and case.line(case.at)[case.at[1] :][:1] == "\t":
        return case.at, "a tab stands here; write spaces instead"
    return None


def _unusual_sign(case: _Case) -> Answer:
    """A value that begins with a sign that means something, or may mean something some day."""
    reads = ("alias", "anchor", "tag", "block scalar", "directive")
    place = case.begun if any(f"scanning a{n} {kind}" in case.context for n in ("", "n") for kind in reads) else None
    if any(said in case.problem for said in ("start any token", "mapping keys", "the node content")):
        place = case.at
    text = case.rest(place) if place else ""
    return (place, needs_quotes(text)) if place and text and text[0] in SIGNS else None


def _escape(case: _Case) -> Answer:
    if "double-quoted" in case.context and ("escape" in case.problem or "hexadecimal" in case.problem):
        return case.at, "a \\ between \"...\" begins an escape; write '...' instead, or \\\\"
    return None


def _comment_in_brackets(case: _Case) -> Answer:
    """``[#ff0000, #00ff00]``: the closing bracket is a part of the comment."""
    if "flow" not in case.context:
        return None
    # Where everything after it is a comment, the parser says where the file ends, and not where the bracket is.
    first = case.begun[0] if case.begun[0] < case.at[0] else max(0, case.at[0] - 20)
    for number, line in enumerate(case.lines[first : case.at[0] + 1], first):
        if (match := _HIDING.search(line)) and not {"]", "}"} & set(line[: match.start(1)]):
            return (number, match.start(1)), hidden(match[1].split()[0].rstrip(",;]}"))
    return None


def _open_quote(case: _Case) -> Answer:
    """A quote that nothing closes on its line; the parser only stumbles where another one comes, or at the end."""
    if "quoted scalar" in case.context:
        return case.begun, _never_closed(case.rest(case.begun)[:1])
    if "block end" not in case.problem and "mapping values" not in case.problem:
        return None
    for number in range(case.at[0] - 1, max(-1, case.at[0] - 20), -1):
        place, value = case.value((number, 0))
        if value[:1] in ("'", '"') and value.count(value[0]) == 1:
            return place, _never_closed(value[0])
    return None


def _never_closed(sign: str) -> str:
    return f"the quote {sign} is opened here and never closed; write another {sign} where the text ends"


def _after_quotes(case: _Case) -> Answer:
    """``'it's a cat'``, ``{red|blue} bird``: what looks whole is followed by more."""
    if "expected <block end>" not in case.problem and "document start" not in case.problem:
        return None
    place, value = case.value(case.at)
    if place[1] >= case.at[1]:
        return None
    if value[:1] in ("{", "["):
        return place, needs_quotes(value)
    if value[:1] == "'":
        return place, "a ' inside of '...' is written twice; or put the text between \"...\""
    if value[:1] == '"':
        return place, 'a " inside of "..." is written \\"; or put the text between \'...\''
    return None


def _bracket(case: _Case) -> Answer:
    if "flow" not in case.context:
        return None
    sign = case.rest(case.begun)[:1]
    if sign not in ("{", "["):
        return None
    closing = {"{": "}", "[": "]"}[sign]
    if closing in case.rest(case.begun):
        return case.at, f"between {sign} and {closing}, a text with a colon, comma, bracket or quote needs quotes"
    return case.begun, f"{sign!r} is opened here and not closed; write {closing!r} at the end, or quotes around a text"


def _tight_colon(case: _Case) -> Answer:
    """``steps:3``."""
    if "mapping values" in case.problem:
        above = case.above(case.at)
        return ((case.lines.index(above), _indent(above)), tight(above)) if tight(above) else None
    if "expected ':'" not in case.problem:
        return None
    return case.begun, tight(case.line(case.begun)) or (
        "expected a setting and its value, such as 'steps: 200'; each further line of a text begins with spaces"
    )


def tight(line: str) -> str:
    """What to say of a setting without a usual space after its colon; nothing, if it is none."""
    match = _TIGHT.match(line)
    if not match:
        return ""
    what = "a no-break space stands after the colon" if _SPACES.match(match[2]) else "after a colon comes a space"
    value = _SPACES.sub(" ", match[2]).strip()
    return f"{what}; write '{match[1]}: {value}'" if len(value) <= LONGEST else f"{what}; write a usual one"


def unusual_space(key: str) -> str:
    """What to say of a key that has a space which only looks like one; nothing, if it has none."""
    name = _SPACES.sub(" ", key).strip()
    return f"a no-break space stands at '{name}'; write a usual one" if name != key and _SPACES.search(key) else ""


def _second_colon(case: _Case) -> Answer:
    """``prompts: Still life: a vase``."""
    if "mapping values" not in case.problem:
        return None
    place, value = case.value(case.at)
    if value and 0 < place[1] < case.at[1] and case.line(case.at)[: place[1]].rstrip().endswith(":"):
        example = f": {quoted(value)}" if len(value) <= LONGEST else ""
        return place, f"a text with a colon and a space in it needs quotes{example}"
    return None


def _too_far_in(case: _Case) -> Answer:
    """A line that is indented more than the one above, which has a value already."""
    line, above = case.line(case.at), case.above(case.at)
    begins = "mapping values" in case.problem or "found '<block mapping start>'" in case.problem
    if not begins or _indent(line) <= _indent(above):
        return None
    text = "this line is indented more than the one above, which has a value already; begin both in the same column"
    return (case.at[0], _indent(line)), text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _unaligned(case: _Case) -> Answer:
    if "expected <block end>" not in case.problem or case.line(case.at)[: case.at[1]].strip():
        return None
    if case.rest(case.at)[:1] in ("}", "]"):
        return case.at, "nothing above opens this bracket; remove it"
    if "found '?'" in case.problem:
        return case.at, "the list above belongs to no setting; write one over it, such as 'losses:'"
    return case.at, "no line above begins in this column; align it with the settings or items that it belongs to"


def _lost_colon(case: _Case) -> Answer:
    if "mapping values" in case.problem:
        return case.at, "no setting can begin here; a text with a colon and a space in it needs quotes"
    return None


def _dash(case: _Case) -> Answer:
    if "sequence entries" in case.problem:
        return case.at, f"a list begins on a line of its own; {needs_quotes(case.rest(case.at))}"
    return None


def _two_presets(case: _Case) -> Answer:
    if "another document" in case.problem:
        return case.at, "a second preset begins here; a file holds one, so remove '---' or what follows"
    if "document start" in case.problem and case.above(case.at).startswith("..."):
        return case.at, "'...' above ends the preset; remove it"
    return None


_RULES: tuple[Callable[[_Case], Answer], ...] = (
    _tab,
    _unusual_sign,
    _escape,
    _comment_in_brackets,
    _open_quote,
    _after_quotes,
    _bracket,
    _tight_colon,
    _second_colon,
    _too_far_in,
    _unaligned,
    _lost_colon,
    _dash,
    _two_presets,
)
