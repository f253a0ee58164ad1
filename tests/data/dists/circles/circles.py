"""A stranger's plugin with outputs: circles that can be written as SVG, a diary, an importer, palettes and words."""

from pathlib import Path
from typing import Literal

from artgen.api import Env, Exporter, InputError, LossSpec, Need, ReporterSpec, hookimpl
from artgen.canvas import DescentSpec
from artgen.colours import PaletteColours
from artgen.importing import Claim, Importer

HERE = Path(__file__).parent


class Circles(DescentSpec):
    """Circles of the palette's colours, that find their places and their sizes."""

    type: Literal["circles"] = "circles"
    count: int = 24
    """How many."""
    palette: PaletteColours = ("#1d3557", "#e63946", "#f1faee")
    """Their colours, in turn; the last one is the paper."""
    fault: Literal["", "raises", "exits", "text", "refuses"] = ""
    """In which way the exporter goes wrong."""

    def build(self, env: Env):
        from circles_torch import CirclesGenerator

        return CirclesGenerator(self, env)


class Near(LossSpec):
    """Prefers pictures that are the lighter, the longer the prompts are."""

    type: Literal["near"] = "near"

    def needs(self):
        return {Need.PROMPTS}

    def build(self, env: Env):
        grey = min(sum(len(prompt.text) for prompt in env.prompts) / 20, 1)
        return lambda look: (look.image - grey).square().mean(dim=(1, 2, 3))


class Diary(ReporterSpec):
    """Writes down each step."""

    type: Literal["diary"] = "diary"

    def build(self, env: Env):
        from circles_torch import DiaryReporter

        return DiaryReporter(env)


def as_svg(source):
    from circles_torch import svg

    fault = source.spec.fault
    if fault == "raises":
        raise ZeroDivisionError("by nothing")
    if fault == "exits":
        raise SystemExit(3)
    if fault == "refuses":
        raise InputError("has too few circles")
    text = svg(source)
    source.result.images.zero_()  # what it is given is its own
    return text if fault == "text" else text.encode()


def recognise(document):
    if document.text == "broken":
        raise ZeroDivisionError("by nothing")
    if document.text == "nothing":
        return None
    lines = (document.text or "").splitlines()
    return [Claim({"words": lines[1]}, "a doodle", known=1)] if lines[:1] == ["circles 1"] else []


def convert(settings, source, home, embedded):
    return None if settings["words"] == "nothing" else f"prompts: {settings['words']}\nextends: pixel\n"


@hookimpl
def artgen_generators():
    return [Circles]


@hookimpl
def artgen_losses():
    return [Near]


@hookimpl
def artgen_reporters():
    return [Diary]


@hookimpl
def artgen_presets():
    return [HERE / "circles_presets"]


@hookimpl
def artgen_exporters():
    return [
        Exporter(".svg", "the circles as shapes", as_svg, (Circles,)),
        Exporter(".json", "the recipe that the picture tells", lambda source: repr(source.recipe).encode()),
    ]


@hookimpl
def artgen_importers():
    return [Importer("Circle Drawer", recognise, convert)]


@hookimpl
def artgen_palettes():
    dusk = ["#2b1b47", "#55286f", "#8f2d7a", "crimson", "#ee6c4d", "#f79d5c", "#ffd166", "#fff3d6"]
    return {"sunset-8": dusk, "harbour": HERE / "circles_palette.gpl", "teal": ["black"], "broken-1": ["no colour"]}


@hookimpl
def artgen_words():
    return {"moods": HERE / "circles_moods.txt", "coats": ["red", "{dark|pale} blue"]}
