r"""What to draw: ``text:weight:stop``, joined by ``|``, and its structured form.

::

    prompts: "a lighthouse at night | fog:0.4 | blurry, low quality:-0.3"
    prompts:
      - a lighthouse at night
      - {text: fog, weight: {0: 0, 50%: 0.4}}
      - {text: a full moon, where: top-left}
      - {text: an owl, seen: rotate-180}
      - {image: sketch.png, weight: 0.5, views: true}
      - {travel: {texts: [a bud, a rose]}}
      - {vector: textoff, weight: 0.1}

`weight` may be negative (away from it); `stop` is the value of the loss at which a prompt stops pulling, as in
the VQGAN+CLIP notebooks, or a share of the run, such as ``a cat:1:50%``. The prompts are averaged by the size of their
weights, |weight|, so that they may all be negative or sum to 0; while all of them are 0, nothing pulls. Not every colon
is a weight's (`artgen.prompts.weights`); ``\|`` is a literal bar. Braces hold choices
(`artgen.prompts.wildcards`); prompts may take turns (`artgen.prompts.scenes`).

The notations of other programs are recognised, and a line says what to write instead: Midjourney's ``::`` and ``--ar``,
and the brackets of Stable Diffusion's web UI, ``(word:1.3)``, ``[a|b]`` and ``<lora:...>``; ``\(`` and ``\[`` are
brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidatorFunctionWrapHandler, WrapValidator

from artgen.fields.block import wrong_setting
from artgen.prompts.model import Direction, Prompt, Template, Templates
from artgen.prompts.parsing import MAX_PROMPTS, as_list, flat, parse_line, read_item
from artgen.prompts.scenes import Scenes
from artgen.prompts.seen import Seen
from artgen.prompts.travel import Travel
from artgen.prompts.where import Where

__all__ = ["Direction", "Prompt", "Prompts", "Scenes", "Seen", "Template", "Templates", "Travel", "Where", "parse_line"]


def _read_item(item: Any, handler: ValidatorFunctionWrapHandler) -> tuple[Prompt, ...]:
    """The prompts of one item of a list: of a line, of scenes, or one."""
    if isinstance(item, Mapping) and "scenes" in item:
        return Scenes.model_validate(item).prompts()
    return read_item(item, handler)


def _not_too_many(prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    if len(prompts) > MAX_PROMPTS:
        raise wrong_setting(f"more than {MAX_PROMPTS} prompts, which is no preset")
    return prompts


_Item = str | Prompt | Scenes

Prompts = Annotated[
    tuple[Annotated[Prompt, WrapValidator(_read_item, json_schema_input_type=_Item)], ...],
    BeforeValidator(as_list, json_schema_input_type=_Item | list[_Item]),
    AfterValidator(flat),
    AfterValidator(_not_too_many),
]
"""The type of a preset field that holds prompts."""
