r"""What to draw: ``text:weight:stop``, joined by ``|``, and its structured form.

::

    prompts: "a lighthouse at night | fog:0.4 | blurry, low quality:-0.3"
    prompts:
      - a lighthouse at night
      - {text: fog, weight: {0: 0, 50%: 0.4}}
      - {image: sketch.png, weight: 0.5}

`weight` may be negative (away from it); `stop` is the value of the loss at which a prompt stops pulling, as in
the VQGAN+CLIP notebooks. A colon that is followed by a space, and an escaped one (``\:``), belongs to the
text; ``\|`` is a literal bar.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from artgen.files import InputFile
from artgen.schedules import Schedule

_BAR = re.compile(r"(?<!\\)\|")
_COLON = re.compile(r"(?<!\\):(?=\S)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class Prompt(BaseModel):
    """One text or image to steer towards, or away from."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    text: Annotated[str, Field(min_length=1)] | None = None
    """What the picture should show, in words."""
    image: InputFile | None = None
    """A picture to come near to, relative to the preset's folder."""
    weight: Schedule = Schedule.constant(1)
    """How strongly it pulls; negative pushes away."""
    stop: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The loss at which it stops pulling (in the distance's own unit); null: never."""

    @model_validator(mode="after")
    def _one_source(self) -> Prompt:
        if (self.text is None) == (self.image is None):
            raise PydanticCustomError("prompt", "a prompt has either 'text' or 'image'")
        return self

    @property
    def label(self) -> str:
        return self.text if self.text is not None else f"image {self.image and self.image.name}"


def parse_line(line: str) -> list[Prompt]:
    """The prompts of one line; ValueError says which part is wrong."""
    parts = [part.strip() for part in _BAR.split(line)]
    if not all(parts):
        raise ValueError(f"an empty prompt in {line!r}; each part around '|' needs a text")
    return [_parse_part(part) for part in parts]


def _parse_part(part: str) -> Prompt:
    text, *numbers = (piece.strip() for piece in _COLON.split(part))
    if not text:
        raise ValueError(f"no text before the ':' in {part!r}")
    if len(numbers) > 2:
        raise ValueError(f"{part!r} has more than text:weight:stop; write '\\:' for a colon in the text")
    named = dict(zip(("weight", "stop"), numbers, strict=False))
    values = {name: _number(name, value, part) for name, value in named.items()}
    weight = Schedule.constant(values.get("weight", 1.0))
    return Prompt(text=text.replace("\\:", ":").replace("\\|", "|"), weight=weight, stop=values.get("stop"))


def _number(name: str, text: str, part: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(f"the {name} {text!r} of {part!r} is no number; write '\\:' for a colon in the text")
    return float(text)


def _expand(data: Any) -> Any:
    """Lines, alone or in a list, become prompts; everything else is left to pydantic."""
    items = data if isinstance(data, (list, tuple)) else [data]
    try:
        expanded = [parse_line(item) if isinstance(item, str) else [item] for item in items]
    except ValueError as error:
        raise PydanticCustomError("prompt", "{text}", {"text": str(error)}) from None
    return [prompt for group in expanded for prompt in group]


Prompts = Annotated[
    tuple[Prompt, ...],
    BeforeValidator(_expand, json_schema_input_type=str | list[str | Prompt]),
]
"""The type of a preset field that holds prompts."""
