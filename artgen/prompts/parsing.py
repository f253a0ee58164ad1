r"""``text:weight:stop | text | ...``: prompts in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from artgen.errors import shown
from artgen.fields.block import wrong_setting
from artgen.fields.moments import At
from artgen.fields.paths import LocatedText
from artgen.fields.schedules import Schedule
from artgen.prompts import foreign, weights, wildcards
from artgen.prompts.model import Prompt

MAX_PROMPTS = 1024
_BRACKET = re.compile(r"\\([()\[\]])")


def parse_line(line: str) -> list[Prompt]:
    """The prompts of one line; ValueError says which part is wrong."""
    folder = line.folder if isinstance(line, LocatedText) else Path()
    if refusal := foreign.refusal(line):
        raise ValueError(refusal)
    parts = _parts(line)
    if len(parts) > MAX_PROMPTS:
        raise ValueError(f"more than {MAX_PROMPTS} prompts, which is no preset")
    if not all(parts):
        raise ValueError(f"an empty prompt in {shown(line, 80)!r}; each part around '|' needs a text")
    return [_prompt(weights.read(part), folder) for part in parts]


def remarks(line: str) -> Iterator[str]:
    """How `parse_line` read what might be meant otherwise; nothing of a line that it refuses."""
    try:
        readings = [weights.read(part) for part in _parts(line)]
    except ValueError:
        return
    for reading in readings:
        if reading.doubt:
            yield reading.doubt
        yield from text_remarks(reading.text)


def text_remarks(text: str) -> Iterator[str]:
    """The same of a text that is none of a line: it is read as it stands."""
    if foreign_notation := foreign.refusal(text):
        yield foreign_notation
    yield from foreign.remarks(text)
    yield from wildcards.remarks(text)


def _parts(line: str) -> list[str]:
    """The pieces between the bars that stand outside braces."""
    cuts = [match.start() for match, inside in weights.marks(line) if match[0] == "|" and not inside]
    edges = zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(line)], strict=True)
    return [line[start:end].strip() for start, end in edges]


def _prompt(reading: weights.Reading, folder: Path) -> Prompt:
    weight = Schedule.constant(reading.weight)
    if reading.until is not None and reading.until < 100:
        weight = Schedule(((At(0), reading.weight), (At(reading.until, percent=True), 0.0)), "step")
    return Prompt(text=LocatedText(_unescape(reading.text), folder), weight=weight, stop=reading.stop)


def _unescape(text: str) -> str:
    r"""With ``\:`` a colon, ``\(`` a bracket and, outside braces, ``\|`` a bar."""
    pieces, end = [], 0
    for match, inside in weights.marks(text):
        if match[0] == r"\:" or (match[0] == r"\|" and not inside):
            pieces += [text[end : match.start()], match[0][1]]
            end = match.end()
    return _BRACKET.sub(r"\1", "".join((*pieces, text[end:])))


def as_list(data: Any) -> Any:
    """What stands alone is a list of one."""
    return data if isinstance(data, (list, tuple)) else [data]


def read_item(item: Any, handler: ValidatorFunctionWrapHandler) -> tuple[Prompt, ...]:
    """The prompts of one item of a list: a line's, or one that `handler` reads."""
    if not isinstance(item, str):
        return (handler(item),)
    try:
        return tuple(parse_line(item))
    except ValidationError:
        raise
    except ValueError as error:
        raise wrong_setting(str(error)) from None


def flat(groups: tuple[tuple[Prompt, ...], ...]) -> tuple[Prompt, ...]:
    """The prompts of all items."""
    return tuple(chain.from_iterable(groups))


Lines = Annotated[
    tuple[Annotated[Prompt, WrapValidator(read_item, json_schema_input_type=str | Prompt)], ...],
    BeforeValidator(as_list, json_schema_input_type=str | Prompt | list[str | Prompt]),
    AfterValidator(flat),
]
"""Lines and prompts, alone or in a list."""
