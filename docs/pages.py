"""The pages of the reference, as Markdown; links in them start from ``docs/reference``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from artgen import colours, prompts, weights
from artgen.api import Spec
from artgen.fields import moments, paths, schedules
from artgen.fields.introspection import models_in
from artgen.preset import schema
from artgen.preset.model import SECTIONS, Settings
from artgen.preset.settings import (
    auto_stop,
    depth,
    film,
    moving,
    overlay,
    quality,
    search,
    start,
    sweep,
    touches,
    transparency,
)
from artgen.prompts import scenes, seen, travel, where, wildcards
from artgen.prompts import weights as weighting
from artgen.registry import wording
from artgen.registry.component import Component
from artgen.registry.plugins import ALSO, KINDS, discover
from artgen.sound import settings as sound
from docs.example import CAPTIONS, Example, about
from docs.markdown import constant_docstring, deeper, prose, table

HEADER = "<!-- Written by `python -m docs.generate`: change the docstrings or the examples instead. -->"
FOLDERS = {
    **{
        kind: section if section.endswith("s") else f"{section}s"
        for section, (kind, _) in SECTIONS.items()
        if section != "draft"
    },
    "finish": "finishes",
}
"""Where the pages of each kind of component lie."""

_SHAPES = {
    "one": "In a preset it stands under `{section}:`.",
    "list": "In a preset it stands under `{section}:`, as one item of a list.",
    "named": "In a preset it stands under `{section}:`, by a name of your own.",
}

_GENERAL = (
    ("[Settings](settings.md)", "What a preset says besides its components: size, steps, start, overlay and more."),
    ("[Prompts](prompts.md)", "Texts, labels, images, vectors, directions, travels; places, scenes and choices."),
    ("[Values](values.md)", "Numbers that change over the run, moments, colours, palettes, files."),
)

_MODULE = re.compile(r"`artgen\.prompts\.(\w+)`")


def all_pages() -> dict[str, str]:
    """Every page by its path in the folder of the reference."""
    pages = {"README.md": index(), "settings.md": settings(), "prompts.md": prompts_page(), "values.md": values()}
    for component in components():
        pages[path_of(component)] = deeper(component_page(component), 1)
    return {path: f"{HEADER}\n\n{text.strip()}\n" for path, text in pages.items()}


def components() -> list[Component]:
    """What artgen itself brings, by kind and name."""
    kinds = list(KINDS)
    own = (component for component in discover().components if component.dist == "artgen")
    return sorted(own, key=lambda component: (kinds.index(component.kind), component.name))


def path_of(component: Component) -> str:
    return f"{FOLDERS[component.kind]}/{component.name}.md"


def index() -> str:
    """All pages, with the pictures."""
    return _join(
        "# Reference",
        "What a preset can say, written from the code. Every picture was made by the example on its page, in seconds "
        "and with the embedded models; `artgen plugins show NAME` shows the same in a terminal.",
        table(("page", ""), _GENERAL),
        *(part for kind in KINDS for part in _index_of(kind)),
    )


def _index_of(kind: str) -> Iterator[str]:
    rows = [
        (_thumbnail(component), f"[{component.name}]({path_of(component)})", component.summary)
        for component in components()
        if component.kind == kind
    ]
    if rows:
        yield f"## {FOLDERS[kind].capitalize()}"
        yield table(("", kind, ""), rows)


def _thumbnail(component: Component) -> str:
    shown = next((example for example in about(component.kind, component.name) if not example.needs_hub), None)
    return f'<img src="../pictures/{shown.name}.png" height="80" alt="">' if shown else ""


def component_page(component: Component) -> str:
    section, shape = next((name, shape) for name, (kind, shape) in SECTIONS.items() if kind == component.kind)
    return _join(
        f"# {component.name} ({component.kind})",
        prose(component.spec.__doc__),
        _SHAPES[shape].format(section=section),
        *map(example_block, about(component.kind, component.name)),
        "## Settings",
        fields(component.spec),
        *(
            part
            for block in _blocks(component.spec)
            for part in (f"## {_title(block)}", prose(block.__doc__), fields(block))
        ),
    )


def _blocks(spec: type[BaseModel]) -> list[type[BaseModel]]:
    """The mappings of settings that a component's settings may be, and that no other page tells of."""
    found = dict.fromkeys(block for field in spec.model_fields.values() for block in models_in(field))
    own = (block for block in found if not issubclass(block, Spec))
    if prompts.Prompt not in found:
        return list(own)
    return [block for block in own if not block.__module__.startswith(prompts.__name__)]


def _title(block: type[BaseModel]) -> str:
    """Its name in words, to which `wording` links."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", block.__name__).capitalize()


def fields(model: type[BaseModel], more: Iterable[tuple[str, ...]] = ()) -> str:
    """The table of a model's fields, below the rows of `more`."""
    rows = ((name, model.model_fields[name]) for name in wording.in_order(model))
    described = (
        (f"`{field.alias or name}`", wording.of_field(field), wording.default(field), prose(field.description))
        for name, field in rows
    )
    return table(("setting", "value", "default", ""), [*more, *described])


def example_block(example: Example) -> str:
    """An example's picture, what is to be seen, the preset, and the command that runs it."""
    text = re.sub(r"^(# yaml-language-server|about): .*\n", "", example.path.read_text(), flags=re.MULTILINE)
    return _join(
        *_picture(example),
        f"```yaml\n{text.strip()}\n```",
        f"`{example.command}`",
    )


def _picture(example: Example) -> Iterator[str]:
    if example.needs_hub:
        yield f"{example.preset.about} It needs a model hub, so there is no picture of it here."
        return
    yield f"![{example.preset.about}](../pictures/{example.name}.png)"
    seen = " ".join(filter(None, ("The picture given." if example.given else "", CAPTIONS[example.view])))
    yield f"*{example.preset.about}*" + (f" ({seen})" if seen else "")


def settings() -> str:
    """What a preset says besides its components."""
    known = schema.build()["properties"]
    rungs = ", ".join(f"`{name}`" for name in quality.QUALITIES)
    first = [
        ("`extends`", "text", "", known["extends"]["description"]),
        ("`quality`", f"{rungs}: [see below](#quality)", "`normal`", known["quality"]["description"]),
    ]
    parts = [(f"`{section}`", _standing(kind)) for section, (kind, _) in SECTIONS.items() if _standing(kind)]
    return _join(
        "# Settings",
        prose(Settings.__doc__),
        fields(Settings, first),
        "The components stand beside them:",
        table(("setting", "what may stand there"), parts),
        *_section("batch", "Batch", ""),
        *_section("start", "Start", start.__doc__, start.Start),
        *_section("layer", "Layer", start.Layer.__doc__, start.Layer),
        *_section("move", "Move", moving.Move.__doc__, moving.Move),
        *_section("film", "Film", film.__doc__, film.Film),
        *_section("camera", "Camera", film.Camera.__doc__, film.Camera),
        *_section("depth", "Depth", depth.__doc__, depth.Depth),
        *_section("sweep", "Sweep", sweep.__doc__, sweep.Sweep),
        *_section("search", "Sweep search", search.__doc__, search.SweepSearch),
        *_section("values", "Values", sweep.Values.__doc__, sweep.Values),
        *_section("overlay", "Overlay", overlay.__doc__, overlay.Overlay),
        *_section("painting", "Painting", touches.Painting.__doc__, touches.Painting),
        *_section("reseed", "Reseed", touches.Reseed.__doc__, touches.Reseed),
        *_section("transparent", "Transparency", transparency.__doc__, transparency.Transparency),
        *_section("auto_stop", "Auto stop", auto_stop.__doc__, auto_stop.AutoStop),
        *_section("quality", "Quality", quality.__doc__),
        _qualities(),
    )


def _standing(kind: str) -> str:
    """What may stand in the section of a kind: its components, and those of another that fits there."""
    other = f"every {' and '.join(ALSO[kind])}" if kind in ALSO else ""
    return ", ".join(filter(None, (_listed(kind), other)))


def _listed(kind: str) -> str:
    return ", ".join(
        f"[{component.name}]({path_of(component)})" for component in components() if component.kind == kind
    )


def _qualities() -> str:
    rows = ((f"`{name}`", f"x {one.steps:g}", f"x {one.views:g}") for name, one in quality.QUALITIES.items())
    return table(("quality", "steps", "views"), rows)


def _section(
    name: str, title: str, text: str | None, model: type[BaseModel] | None = None, kind: str = "setting"
) -> Iterator[str]:
    """A heading, its text, the examples ``kind-name``, and the fields of a model."""
    yield f"## {title}"
    yield prose(text)
    yield from map(example_block, about(kind, name))
    if model:
        yield fields(model)


def prompts_page() -> str:
    """Every kind of prompt, and the forms that texts take."""
    kinds = ("text", "negative", "label", "image", "vector", "noise")
    return _join(
        "# Prompts",
        _MODULE.sub(r"[\1](#\1)", prose(prompts.__doc__)).replace("wildcards", "choices"),
        fields(prompts.Prompt),
        *_section("weights", "Weights", weighting.__doc__, None, "prompt"),
        *(part for kind in kinds for part in _section(kind, kind.capitalize(), "", kind="prompt")),
        *_section("direction", "Direction", prompts.Direction.__doc__, prompts.Direction, "prompt"),
        *_section("travel", "Travel", travel.__doc__, prompts.Travel, "prompt"),
        *_section("where", "Where", where.__doc__, prompts.Where, "prompt"),
        *_section("seen", "Seen", seen.__doc__, prompts.Seen, "prompt"),
        *_section("scenes", "Scenes", scenes.__doc__, prompts.Scenes, "prompt"),
        *_section("choices", "Choices", wildcards.__doc__, None, "prompt"),
    )


def values() -> str:
    """What stands behind the words of the tables."""
    return _join(
        "# Values",
        *_section("schedule", "Numbers over the run", schedules.__doc__, None, "value"),
        *_section("moment", "Moments", moments.__doc__, None, "value"),
        *_section("colour", "Colours", constant_docstring(colours, "Colour"), None, "value"),
        *_section("palette", "Palettes", constant_docstring(colours, "PaletteColours"), None, "value"),
        *_section("file", "Files", constant_docstring(paths, "InputFile"), None, "value"),
        *_section("picture", "Pictures", constant_docstring(paths, "PictureFile"), None, "value"),
        *_section("video", "Videos", constant_docstring(paths, "VideoFile"), None, "value"),
        *_section("model", "Models", constant_docstring(weights, "Source"), None, "value"),
        *_section("sound", "Sound", sound.__doc__, sound.Sound, "value"),
    )


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
