"""Views of the picture as CLIP sees it: crops at many sizes, bent, recoloured and noisy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from artgen.api import Augmentation, AugmentationSpec, Env, Formerly, Schedule, Slider, Within, hookimpl, wrong_setting
from artgen_cutouts.named import SETTINGS, Name

MOST = 4096
"""More views than this at a step are refused."""


def _rising(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise wrong_setting("a range goes from small to large")
    return pair


def _may_rise(pair: tuple[Schedule, Schedule]) -> tuple[Schedule, Schedule]:
    """Refuses what is wrong at every step; the rest depends on how many steps there are, and is checked by `build`."""
    _rising((min(pair[0].values), max(pair[1].values)))
    return pair


def _whole(schedule: Schedule) -> Schedule:
    if any(not value.is_integer() for value in schedule.values):
        raise wrong_setting("there is no part of a view; give whole numbers")
    return schedule


def _dump_whole(schedule: Schedule) -> Any:
    dumped = schedule.dump()
    if isinstance(dumped, float):
        return int(dumped)
    return {at: int(value) if isinstance(value, float) else value for at, value in dumped.items()}


def _constant(low: float, high: float) -> tuple[Schedule, Schedule]:
    return Schedule.constant(low), Schedule.constant(high)


Count = Annotated[Schedule, Within(ge=1, le=MOST), AfterValidator(_whole), PlainSerializer(_dump_whole)]
Area = Annotated[Schedule, Within(gt=0, le=16)]
Areas = Annotated[tuple[Area, Area], AfterValidator(_may_rise)]
Ratio = Annotated[float, Field(gt=0, le=16)]
Ratios = Annotated[tuple[Ratio, Ratio], AfterValidator(_rising)]
Share = Annotated[float, Field(ge=0, le=1)]
Shares = Annotated[tuple[Share, Share], AfterValidator(_rising)]
ShareOverTime = Annotated[Schedule, Within(ge=0, le=1)]
Bend = Annotated[float, Field(ge=0, le=0.8)]


class Cutouts(AugmentationSpec):
    """Random crops, of which some zoom in and some show the whole picture; each is one warp of the drawing."""

    type: Literal["cutouts"] = "cutouts"
    synonyms = ("cuts", "crops")
    style_of: Annotated[Name | None, Formerly("like", since="0.2", until="1.0")] = None
    """Another program's cutouts, by name: its schedules and ranges, under the settings that are given beside it."""
    count: Count = Schedule.constant(24)
    """Views per picture and step; more is steadier and slower; may change over the run."""
    every: Annotated[int, Field(ge=1)] = 1
    """For how many steps the same views are kept."""
    zoom_share: ShareOverTime = Schedule.constant(0.6)
    """Share of the views that zoom in; the others show the whole picture; may change over the run."""
    zoom_scale: Areas = _constant(0.25, 0.95)
    """Area of a zoom view, from and to, each of which may change over the run; 1 is the square on the picture's shorter
    side, and above 1 a view shows the outside."""
    zoom_spread: Literal["area", "side", "normal"] = "area"
    """How the sizes of zoom views lie in their range: areas evenly, sides evenly, or sides around 0.8 of the shorter
    side (normal, deviation 0.3)."""
    zoom_power: Annotated[Schedule, Within(ge=0, le=100)] = Schedule.constant(1)
    """Above 1 zoom views are mostly small, below 1 mostly large: even numbers u become u^power of the way through the
    range; may change over the run."""
    zoom_ratio: Ratios = (0.85, 1.2)
    """Width / height of the area of a zoom view."""
    zoom_perspective: Bend = 0.4
    """How far the picture's corners may move inwards under a zoom view, as a share of half the picture."""
    zoom_grey: ShareOverTime = Schedule.constant(0)
    """Share of the zoom views that are shown without colour; may change over the run."""
    wide_scale: Areas = _constant(1.1, 1.1)
    """Area of a whole view, from and to, each of which may change over the run; 1 is the square on the picture's longer
    side."""
    wide_perspective: Bend = 0.2
    """How far the picture's corners may move inwards under a whole view, as a share of half the picture."""
    wide_grey: ShareOverTime = Schedule.constant(0)
    """Share of the whole views that are shown without colour; may change over the run."""
    perspective_probability: Share = 0.7
    """Share of the views that are bent at all."""
    stratified: bool = True
    """Spread the sizes of the views evenly over their range at every step, rather than by chance."""
    translate: Share = 0
    """Further shift of a view, up to this share of its own size, to either side."""
    rotation: Annotated[float, Field(ge=0, le=180), Slider(unit="°")] = 0
    """Turn of a view, up to this many degrees either way."""
    shear: Annotated[float, Field(ge=0, le=60), Slider(unit="°")] = 0
    """Slant of a view's upright lines, up to this many degrees either way."""
    elastic: Annotated[float, Field(ge=0, le=0.2)] = 0
    """Smooth random distortion: how far a point of a view may move, as a share of the view's side."""
    flip: Share = 0
    """Share of the views that are mirrored left to right."""
    fill: Literal["grey", "random-grey", "white", "black", "mean", "edge", "reflect"] = "random-grey"
    """What lies outside the picture; `mean` is the picture's mean colour, `edge` its border drawn out, `reflect` its
    mirror image."""
    wrap: bool = False
    """The picture is a tile: views lie anywhere across its seams and nothing is outside."""
    hue: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    """Turn of the hue, up to this share of the colour circle either way."""
    saturation: Share = 0.1
    """Change of the saturation, up to this share either way."""
    brightness: Share = 0
    """Change of the brightness, up to this much of the range either way."""
    contrast: Share = 0
    """Change of the contrast around mid-grey, up to this share either way."""
    jitter_probability: Share = 0.8
    """Share of the views whose colours change at all."""
    blur: Annotated[float, Field(ge=0, le=0.1)] = 0
    """Each view is blurred with a standard deviation between 0 and this share of its side."""
    erase: Shares = (0, 0)
    """Share of a view that a black rectangle hides, from and to, such as [0.1, 0.4]; 0: none."""
    erase_probability: Share = 0.7
    """Share of the views in which something is hidden at all."""
    noise: Share = 0.1
    """Each view gets noise of a standard deviation between 0 and this."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, given: Any) -> Any:
        """The name becomes plain settings, so that a recipe still says everything when the names change."""
        name = given.get("style_of") if isinstance(given, Mapping) else None
        if not (isinstance(name, str) and name in SETTINGS):
            return given
        return {**SETTINGS[name], **given, "style_of": None}

    def scaled(self, share: float) -> Self:
        """With `share` times as many views at every moment, at least one and at most `MOST`."""
        count = self.count.mapped(lambda value: float(min(max(1, round(value * share)), MOST)))
        return self.model_copy(update={"count": count})

    def build(self, env: Env) -> Augmentation:
        from artgen_cutouts.views import CutoutView

        return CutoutView(self, env)


@hookimpl
def artgen_augmentations() -> list[type[AugmentationSpec]]:
    return [Cutouts]
