"""Views of the picture as CLIP sees it: crops at many sizes, bent, recoloured and noisy."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from artgen.api import Augmentation, AugmentationSpec, Env, hookimpl


def _rising(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise PydanticCustomError("range", "a range goes from small to large")
    return pair


Size = Annotated[float, Field(gt=0, le=16)]
Range = Annotated[tuple[Size, Size], AfterValidator(_rising)]
Share = Annotated[float, Field(ge=0, le=1)]
Bend = Annotated[float, Field(ge=0, le=0.8)]


class Cutouts(AugmentationSpec):
    """Random crops, of which some zoom in and some show the whole picture; each is one warp of the drawing."""

    type: Literal["cutouts"] = "cutouts"
    count: Annotated[int, Field(ge=1)] = 24
    """Views per picture and step; more is steadier and slower."""
    zoom_share: Share = 0.6
    """Share of the views that zoom in; the others show the whole picture."""
    zoom_scale: Range = (0.25, 0.95)
    """Area of a zoom view, relative to the square on the picture's shorter side; above 1 it shows the outside."""
    zoom_ratio: Range = (0.85, 1.2)
    """Width / height of the area of a zoom view."""
    zoom_perspective: Bend = 0.4
    """How far the picture's corners may move inwards under a zoom view, as a share of half the picture."""
    wide_scale: Range = (1.1, 1.1)
    """Area of a whole view, relative to the square on the picture's longer side."""
    wide_perspective: Bend = 0.2
    """How far the picture's corners may move inwards under a whole view, as a share of half the picture."""
    perspective_probability: Share = 0.7
    """Share of the views that are bent at all."""
    stratified: bool = True
    """Spread the sizes of the views evenly over their range at every step, rather than by chance."""
    translate: Annotated[float, Field(ge=0, le=1)] = 0
    """Further shift of a view, up to this share of its own size, to either side."""
    rotation: Annotated[float, Field(ge=0, le=180)] = 0
    """Turn of a view, up to this many degrees either way."""
    flip: Share = 0
    """Share of the views that are mirrored left to right."""
    fill: Literal["grey", "random-grey", "white", "black", "mean", "edge"] = "random-grey"
    """What lies outside the picture; `mean` is the picture's mean colour, `edge` its border drawn out."""
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
    noise: Share = 0.1
    """Each view gets noise of a standard deviation between 0 and this."""

    def build(self, env: Env) -> Augmentation:
        from artgen_cutouts.views import Cutter

        return Cutter(self, env)


@hookimpl
def artgen_augmentations() -> list[type[AugmentationSpec]]:
    return [Cutouts]
