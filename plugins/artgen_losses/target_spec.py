"""Specs of the losses that compare with one picture: target, stay."""

from __future__ import annotations

from collections.abc import Set
from typing import Literal

from artgen.api import Env, Loss, LossSpec, Need, PictureFile
from artgen_losses.shape_spec import Blur


class _LikenessSpec(LossSpec):
    distance: Literal["mse", "l1", "ssim"] = "mse"
    """`mse`: mean squared difference; `l1`: mean absolute difference; `ssim`: structure, whatever its exact colours."""
    mask: PictureFile | None = None
    """A picture, cropped to the canvas, that is white where this loss applies and black where it does not."""
    blur: Blur = 0
    """Blurs both first, by this share of the shorter side (0.05 leaves the layout), so that details stay free."""


class Target(_LikenessSpec):
    """How far the picture is from the picture in a file, pixel by pixel."""

    type: Literal["target"] = "target"
    synonyms = ("mse", "init mse")
    image: PictureFile
    """What the picture is to look like, cropped to the canvas."""

    def build(self, env: Env) -> Loss:
        from artgen_losses.likeness import target

        return target(self, env)


class Stay(_LikenessSpec):
    """How far the picture has come from the one that the preset's `start` gives, pixel by pixel."""

    type: Literal["stay"] = "stay"

    def needs(self) -> Set[Need]:
        return {Need.START}

    def build(self, env: Env) -> Loss:
        from artgen_losses.likeness import stay

        return stay(self, env)
