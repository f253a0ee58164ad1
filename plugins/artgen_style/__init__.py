"""Losses that compare looks over the features of a network: the style of a picture, and its content."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, Literal

from pydantic import Field

from artgen.api import Env, InputFile, Loss, LossSpec, Need, PerceptorRef, PictureFile, hookimpl
from artgen.weights import Download, Published
from artgen_style.catalogue import VGG16

RESOLUTION = 224


class NetworkSpec(LossSpec):
    """A loss over the features of a network; the whole picture is looked at, not the views."""

    network: Literal["perceptor", "vgg16"] = "perceptor"
    """Whose features are compared: those of one of the preset's perceptors, or VGG-16's, as in the papers."""
    perceptor: PerceptorRef | None = None
    """The perceptor, where there are several."""
    checkpoint: InputFile | None = None
    """For `vgg16`: a file of torchvision's weights; default: the published one, 553 MB, downloaded once."""
    resolution: Annotated[int, Field(ge=32, le=2048)] = RESOLUTION
    """For `vgg16`: height and width at which the picture is looked at; a perceptor has its own."""
    tiles: Annotated[int, Field(ge=1, le=16)] = 1
    """Look at the picture in tiles x tiles parts, each at that resolution: finer texture for tiles^2 the work."""
    layers: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)] | None = None
    """Which of the network's layers count, from 0, the finest; default: all."""

    def needs(self) -> Set[Need]:
        return {Need.PERCEPTORS} if self.network == "perceptor" else set()

    def downloads(self) -> list[Download]:
        return [VGG16] if self.network == "vgg16" and not self.checkpoint else []

    def misfits(self) -> Iterable[str]:
        if self.network == "vgg16" and self.perceptor:
            yield "'perceptor' belongs to 'network: perceptor'"
        if self.network == "perceptor" and (self.checkpoint or self.resolution != RESOLUTION):
            yield "'checkpoint' and 'resolution' belong to 'network: vgg16'"
        if self.layers and len(set(self.layers)) < len(self.layers):
            yield "'layers' names a layer twice"


class Style(NetworkSpec):
    """How far the picture's textures and colours are from those of another picture, wherever in it they are."""

    type: Literal["style"] = "style"
    image: PictureFile
    """The picture whose style is wanted; cropped to the canvas."""
    kind: Literal["gram", "remd"] = "gram"
    """`gram`: which features occur together (Gatys); `remd`: which features occur, by optimal transport (STROTSS)."""

    def build(self, env: Env) -> Loss:
        from artgen_style.style import StyleLoss

        return StyleLoss(self, env)


class ContentSpec(NetworkSpec):
    """A loss that compares the picture with another one, place by place."""

    kind: Literal["features", "self_similarity"] = "features"
    """`features`: the same features at the same places; `self_similarity`: alike places stay alike, in any style."""


class Content(ContentSpec):
    """How far what the picture shows is from what another picture shows, place by place."""

    type: Literal["content"] = "content"
    image: PictureFile
    """The picture whose content is wanted; cropped to the canvas."""

    def build(self, env: Env) -> Loss:
        from artgen_style.content import ContentLoss

        return ContentLoss.of_picture(self, self.image, env)


class StayContent(ContentSpec):
    """How far what the picture shows has moved from what the preset's start shows, place by place."""

    type: Literal["stay_content"] = "stay_content"

    def needs(self) -> Set[Need]:
        return super().needs() | {Need.START}

    def build(self, env: Env) -> Loss:
        from artgen_style.content import ContentLoss

        return ContentLoss.of_start(self, env)


@hookimpl
def artgen_losses() -> list[type[LossSpec]]:
    return [Style, Content, StayContent]


@hookimpl
def artgen_weights() -> list[Published]:
    return [VGG16]
