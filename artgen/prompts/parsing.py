r"""``text:weight:stop | text | ...``: prompts in one line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from artgen.errors import shown
from artgen.fields.paths import LocatedText
from artgen.fields.schedules import Schedule
from artgen.prompts.model import Prompt

MAX_PROMPTS = 1024
_MARK = re.compile(r"\\[{}|:]|[{}|]|:(?=\S)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def parse_line(line: str) -> list[Prompt]:
    """The prompts of one line; ValueError says which part is wrong."""
    folder = line.folder if isinstance(line, LocatedText) else Path()
    parts = _split(line, "|")
    if len(parts) > MAX_PROMPTS:
        raise ValueError(f"more than {MAX_PROMPTS} prompts, which is no preset")
    if not all(parts):
        raise ValueError(f"an empty prompt in {shown(line, 80)!r}; each part around '|' needs a text")
    return [_parse_part(part, folder) for part in parts]


def _marks(line: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Each sign that means something, and whether it stands between braces."""
    depth = 0
    for match in _MARK.finditer(line):
        depth = max(0, depth + {"{": 1, "}": -1}.get(match[0], 0))
        yield match, depth > 0


def _split(line: str, mark: str) -> list[str]:
    """The pieces between the marks that stand outside braces."""
    cuts = [match.start() for match, inside in _marks(line) if match[0] == mark and not inside]
    edges = zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(line)], strict=True)
    return [line[start:end].strip() for start, end in edges]


def _unescape(text: str) -> str:
    r"""With ``\:`` a colon and, outside braces, ``\|`` a bar."""
    pieces, end = [], 0
    for match, inside in _marks(text):
        if match[0] == r"\:" or (match[0] == r"\|" and not inside):
            pieces += [text[end : match.start()], match[0][1]]
            end = match.end()
    return "".join((*pieces, text[end:]))


def _parse_part(part: str, folder: Path) -> Prompt:
    text, *numbers = _split(part, ":")
    if not text:
        raise ValueError(f"no text before the ':' in {part!r}")
    if len(numbers) > 2:
        raise ValueError(f"{part!r} has more than text:weight:stop; write '\\:' for a colon in the text")
    named = dict(zip(("weight", "stop"), numbers, strict=False))
    values = {name: _number(name, value, part) for name, value in named.items()}
    weight = Schedule.constant(values.get("weight", 1.0))
    return Prompt(text=LocatedText(_unescape(text), folder), weight=weight, stop=values.get("stop"))


def _number(name: str, text: str, part: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(f"the {name} {text!r} of {part!r} is no number; write '\\:' for a colon in the text")
    return float(text)


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
        raise PydanticCustomError("prompt", "{text}", {"text": str(error)}) from None


def flat(groups: tuple[tuple[Prompt, ...], ...]) -> tuple[Prompt, ...]:
    """The prompts of all items."""
    return tuple(chain.from_iterable(groups))


Lines = Annotated[
    tuple[Annotated[Prompt, WrapValidator(read_item, json_schema_input_type=str | Prompt)], ...],
    BeforeValidator(as_list, json_schema_input_type=str | Prompt | list[str | Prompt]),
    AfterValidator(flat),
]
"""Lines and prompts, alone or in a list."""
