"""What to say of a setting that is not there: what people call it elsewhere, where it belongs, what is near."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from artgen.errors import hint, nearest
from artgen.preset.model import SECTIONS, Settings
from artgen.preset.nodes import Node
from artgen.preset.yaml_mistakes import quoted
from artgen.registry.component import Component
from artgen.registry.plugins import Registry

LIKELY = (
    *("prompts", "seed", "size", "steps", "batch", "quality", "start", "generator", "losses", "filters", "extends"),
    *("transparent", "views", "perceptors", "auto_stop", "overlay"),
)
"""Of a preset's settings, those that people look for, in that order."""
SURE = 0.7
"""How alike a name must be to be meant more likely than one that stands elsewhere."""

_SIZE = "write both sides in pixels, such as 'size: 640x360'"
_NEGATIVE = "write it among 'prompts' with a weight below 0, such as 'blurry:-0.3'"
_OTHERS: tuple[tuple[str, str, str], ...] = (
    ("prompt text_prompts text_prompt texts caption", "prompts", ""),
    ("prompt prompts caption", "text", ""),
    ("negative negative_prompt negative_prompts negative_text", "prompts", _NEGATIVE),
    ("width height w h aspect aspect_ratio ar", "size", _SIZE),
    ("resolution dimensions canvas image_size", "size", ""),
    ("iterations iters num_iterations max_iterations num_steps num_inference_steps max_steps epochs", "steps", ""),
    ("n num n_samples num_images num_samples batch_size images", "batch", ""),
    ("init init_image initial_image image", "start", ""),
    ("random_seed noise_seed", "seed", ""),
    ("base parent inherit inherits preset", "extends", ""),
    ("loss custom_loss", "losses", ""),
    ("filter", "filters", ""),
    ("view augmentations cutouts cuts num_cuts cutn", "views", ""),
    ("perceptor clip_model clip_models", "perceptors", ""),
    ("drawer engine model", "generator", ""),
    ("name title description", "about", ""),
    ("lr step_size", "learning_rate", ""),
    ("strength", "weight", ""),
    ("num_cuts cutn cuts number n", "count", ""),
    ("color", "colour", ""),
    ("colors", "colours", ""),
    ("center", "centre", ""),
    ("optimizer", "optimiser", ""),
    ("cfg cfg_scale guidance_scale clip_guidance_scale", "guidance", ""),
    ("out output output_dir outdir output_path", "prompts", "the command line has --out for it"),
)
"""Names that other programs have; the setting; what to say, if it is more than another name. The first that fits."""

_LIST = "{section}: [{{type: {name}}}]"
_SAID = {"one": "{section}: {{type: {name}}}", "list": _LIST, "named": "{section}: {{{name}: {{type: {name}}}}}"}

Elsewhere = Callable[[str], str]
"""Where a name would be right; empty, if nowhere."""


def advice(wrong: str, names: Sequence[str], given: Node | None, elsewhere: Elsewhere) -> str:
    """The end of a message; `names`: what is right here, the likeliest first."""
    if text := _no_name(wrong, names, given):
        return f"; {text}"
    for others, name, text in _OTHERS:
        if wrong.lower() in others.split() and name in names:
            return f"; {text}" if text else f"; did you mean '{name}'?"
    if near := nearest(wrong, names, SURE):
        return f"; did you mean '{near}'?"
    known = [name for others, name, _ in _OTHERS if wrong.lower() in others.split()]
    for name in (wrong, *known):
        if place := elsewhere(name):
            return f"; {place}" if name == wrong else f"; it is called '{name}' here: {place}"
    return hint(wrong, names, names)


def _no_name(wrong: str, names: Sequence[str], given: Node | None) -> str:
    """What was never meant as the name of a setting: half of a number, or a text."""
    value = given.value if given else None
    if wrong.isdecimal() and value is None:
        return f"a number has a point and no comma, such as 0.{wrong}"
    if "text" not in names or not (re.search(r"[\s|]", wrong) or value is None):
        return ""
    if value is None:
        return f"if it is a text, put it in quotes: {quoted('{' + wrong + '}')}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"for a text and its weight write '{wrong}:{value}', without the space"
    return f"if it is a text, put it in quotes: {quoted(f'{wrong}: {value}')}" if isinstance(value, str) else ""


def setting_like(name: str) -> str | None:
    """The setting of a preset that people may mean by `name`; None, if there is none."""
    names = in_order(Settings, (*SECTIONS, "extends", "quality"))
    meant = (right for others, right, _ in _OTHERS if name.lower() in others.split() and right in names)
    return name if name in names else next(meant, None) or nearest(name, names, SURE)


def of_preset(registry: Registry, generator: str) -> Elsewhere:
    """For a name at the left edge of a preset that has that generator."""

    def elsewhere(wrong: str) -> str:
        drawing = [c for c in registry.components if (c.kind, c.name) == ("generator", generator)]
        if _with_setting(drawing, wrong):
            return f"the generator '{generator}' has it, so write it under 'generator'"
        called = sorted({c.kind for c in registry.components if c.name == wrong})
        if called:
            said = [_SAID[SECTIONS[section].shape].format(section=section, name=wrong) for section in _sections(called)]
            return f"there is a {' and a '.join(called)} of that name; write {' or '.join(said)}"
        if having := _with_setting(registry.components, wrong):
            first = having[0]
            return f"it belongs into a component that has it, such as the {first.kind} '{first.name}'"
        return ""

    return elsewhere


def of_component(wrong: str) -> str:
    """For a name in a component: whether it belongs to the preset."""
    if wrong in SECTIONS or wrong in Settings.model_fields or wrong in ("extends", "quality"):
        return "it is a setting of the whole preset, so write it at the left edge"
    return ""


def _with_setting(components: Iterable[Component], name: str) -> list[Component]:
    return [component for component in components if name in component.spec.model_fields]


def _sections(kinds: Iterable[str]) -> list[str]:
    return [name for name, section in SECTIONS.items() if section.kind in kinds and name != "draft"]


def in_order(model: type[Any], more: Iterable[str] = ()) -> list[str]:
    """The settings of a model, the likeliest first: as it declares them, what all components have at the end."""
    names = [name for name in model.model_fields if name not in ("type", "id")]
    if issubclass(model, Settings):
        names = sorted((*names, *more), key=lambda name: LIKELY.index(name) if name in LIKELY else len(LIKELY))
    return [*names, "id"] if "id" in model.model_fields else names
