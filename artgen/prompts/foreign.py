r"""The notations of other programs, recognised and answered with what to write here.

What would be lost is refused in a line that people type; brackets that only lose their emphasis are remarked on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artgen.errors import shown

_FLAG = re.compile(r"(?:^|(?<=\s))(?:--|—)([a-z]+)(?:[ =]+(?!--|—)([^\s|]+))?", re.IGNORECASE)
_FLAGS = {
    "ar": "the shape is the preset's 'size', such as 512x288",
    "aspect": "the shape is the preset's 'size', such as 512x288",
    "no": "what shall not be there is a prompt of its own: ' | {}:-0.5'",
    "seed": "it is the preset's 'seed'",
    "q": "it is the preset's 'quality'",
    "quality": "it is the preset's 'quality'",
    "stop": "the preset's 'steps' say how long it works",
    "iw": "a picture is a prompt of its own: {{image: FILE, weight: {}}}",
    "repeat": "it is the preset's 'batch'",
    "r": "it is the preset's 'batch'",
}
_LEFT_OUT = re.compile(
    "v|version|tile|niji|s|stylize|c|chaos|style|sref|cref|cw|sw|sv|w|weird|hd|video|test|testp|uplight|upbeta|upanime|"
    "creative|raw|fast|turbo|relax|stealth|public|p|profile|exp|oref|ow|draft|beta|vibe"
)
_ROUND = re.compile(r"(?<!\\)\(([^()|]*)\)")
_ATTENTION = re.compile(r"(.*[^\d\s\\]):\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*", re.DOTALL)
_SQUARE = re.compile(r"(?<!\\)\[([^\[\]]*)\]")
_BAR = re.compile(r"(?<!\\)\|")
_WHEN = re.compile(r".*(?<!\\):\s*(\d+\.?\d*|\.\d+)\s*", re.DOTALL)
_NETWORK = re.compile(r"<(lora|lyco|lycoris|hypernet|ti):[^<>]*>", re.IGNORECASE)
_MULTI = re.compile(r"(?<!\\)::\s*(?=[+-]?\.?\d|\s|\w|$)")
_EMPHASIS = re.compile(r"(?<!\\)(\(\([^()]*\)\)|\[[^\[\]|]+\])")
_JOINED = re.compile(r"(?<=\s)(AND|BREAK)(?=\s)")
_BRACES = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")


def refusal(line: str) -> str | None:
    """Why a line that is written for another program cannot be read, and what to write; None if it can."""
    return next(_lost(_BRACES.sub(lambda match: "x" * len(match[0]), line)), None)


def remarks(text: str) -> Iterator[str]:
    """What of a text's notation means nothing here, in lines to be told."""
    if match := _EMPHASIS.search(text):
        yield f"'{shown(match[0], 40)}': brackets neither strengthen nor weaken; they are read as text"
    if match := _JOINED.search(text):
        yield f"'{match[0]}' is read as text; '|' stands between prompts"


def _lost(line: str) -> Iterator[str]:
    for flag, value in _flags(line):
        what = _FLAGS.get(flag, "leave it out").format(value or "...")
        yield f"'--{flag}{f' {shown(value, 40)}' if value else ''}' is Midjourney's; take it out: {what}"
    if match := _NETWORK.search(line):
        yield f"'{shown(match[0], 60)}' names a network of Stable Diffusion's web UI, which is not read; leave it out"
    yield from _brackets(line)
    if _MULTI.search(line):
        advice = "write 'a cat:2 | a dog:1', or '\\:' for a colon in the text"
        yield f"'::' in '{shown(line, 60)}' is Midjourney's; {advice}"


def _brackets(line: str) -> Iterator[str]:
    for match in _ROUND.finditer(line):
        if found := _ATTENTION.fullmatch(match[1]):
            text, weight = found[1].strip(), found[2]
            yield (
                f"'{shown(match[0], 60)}' is the attention of Stable Diffusion's web UI; make it a prompt of its own, "
                f"'{shown(text, 40)}:{weight} | ...', or write '\\:' for a colon in the text"
            )
    for match in _SQUARE.finditer(line):
        inner = shown(match[1].strip(), 40)
        if _BAR.search(match[1]):
            yield (
                f"'{shown(match[0], 60)}' is a notation of Stable Diffusion's web UI; write '{{{inner}}}' to draw one, "
                f"'{inner}' for all of them, 'scenes' to take turns, or '\\|' for a bar in the text"
            )
        elif _WHEN.fullmatch(match[1]):
            yield (
                f"'{shown(match[0], 60)}' changes a prompt in the web UI of Stable Diffusion; here prompts change with "
                "'scenes'; or write '\\:' for a colon in the text"
            )


def _flags(line: str) -> Iterator[tuple[str, str | None]]:
    for match in _FLAG.finditer(line):
        name = match[1].lower()
        if name in _FLAGS or _LEFT_OUT.fullmatch(name):
            yield name, match[2]
