"""Views by kornia's augmentations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from artgen.api import Augmentation, AugmentationSpec, Env, Public, hookimpl, wrong_setting
from artgen_kornia.catalogue import schema
from artgen_kornia.checking import checked

MOST = 4096
"""More views than this at a step are refused."""
LONGEST = 32
"""Augmentations one after the other."""


def _some(apply: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    # Not by the bounds of a field, which also count those that are wrong, and complain once more.
    if not 0 < len(apply) <= LONGEST:
        reason = f"expected 1 to {LONGEST} augmentations, got {len(apply)}"
        raise wrong_setting(reason)
    return apply


Applied = Annotated[
    dict[str, dict[str, Any]],
    BeforeValidator(checked),
    WithJsonSchema(schema()),
    Public("the name of an augmentation of kornia, and its arguments"),
]
"""One augmentation: its name, with its arguments by their names."""


class Kornia(AugmentationSpec):
    """Views by augmentations of the library kornia, each by its own name and with its own arguments.

    A view begins as the square on the picture's shorter side, anywhere along the longer one, brought to the perceptor's
    size; so lengths in pixels are those of the perceptor's picture, whatever the size of the drawing. The augmentations
    then change it one after the other, each with random numbers of its own for each view, and its `p` is the share of
    views that it changes. What is then of another size is brought to the perceptor's, and what is beyond black or
    white is cut off.

    There are CenterCrop, ColorJiggle, ColorJitter, LongestMaxSize, PadTo, RandomAffine, RandomAutoContrast,
    RandomBoxBlur, RandomBrightness, RandomChannelDropout, RandomChannelShuffle, RandomClahe, RandomContrast,
    RandomCrop, RandomElasticTransform, RandomEqualize, RandomErasing, RandomFisheye, RandomGamma,
    RandomGaussianBlur, RandomGaussianIllumination, RandomGaussianNoise, RandomGrayscale, RandomHorizontalFlip,
    RandomHue, RandomInvert, RandomJPEG, RandomJigsaw, RandomLinearCornerIllumination, RandomLinearIllumination,
    RandomMedianBlur, RandomMotionBlur, RandomPerspective, RandomPlanckianJitter, RandomPlasmaBrightness,
    RandomPlasmaContrast, RandomPlasmaShadow, RandomPosterize, RandomRGBShift, RandomRain, RandomResizedCrop,
    RandomRotation, RandomRotation90, RandomSaltAndPepperNoise, RandomSaturation, RandomSharpness, RandomShear,
    RandomSnow, RandomSolarize, RandomThinPlateSpline, RandomTranslate, RandomVerticalFlip, Resize and
    SmallestMaxSize. Left out are those of kornia's that mix the pictures of a batch, need masks, download a model
    or normalise. One that passes no gradient, such as RandomPosterize, is refused where `p` is 1, as nothing would
    be steered through it; below 1 the run says how many of the views steer nothing.
    """

    type: Literal["kornia"] = "kornia"
    synonyms = ("augmentations", "augs", "augment")
    example: ClassVar[Mapping[str, Any]] = {"apply": ["RandomHorizontalFlip", {"RandomHue": {"hue": [-0.1, 0.1]}}]}
    apply: Annotated[tuple[Applied, ...], AfterValidator(_some)]
    """The augmentations in their order, each by the name that it has in kornia's documentation (kornia.readthedocs.io),
    such as RandomHorizontalFlip, or with its arguments there, such as {RandomHue: {hue: [-0.1, 0.1]}}."""
    count: Annotated[int, Field(ge=1, le=MOST)] = 16
    """Views per picture and step; more is steadier and slower."""
    detail: Annotated[float, Field(ge=1, le=8)] = 1
    """How many times the perceptor's size a view has while it is changed; above 1 crops stay sharp, and lengths in
    pixels are of that size."""

    def scaled(self, share: float) -> Self:
        """With `share` times as many views, at least one and at most `MOST`."""
        return self.model_copy(update={"count": min(max(1, round(self.count * share)), MOST)})

    def build(self, env: Env) -> Augmentation:
        from artgen_kornia.views import KorniaView

        return KorniaView(self, env)


@hookimpl
def artgen_augmentations() -> list[type[AugmentationSpec]]:
    return [Kornia]
