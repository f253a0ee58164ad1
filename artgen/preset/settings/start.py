"""What a run begins with: a picture, a colour, noise, or a picture laid over one of these.

::

    start: photo.jpg                                  # or a run's folder: its picture
    start: "#204080"
    start: perlin
    start: {image: photo.jpg, alpha: 0.8, noise: gradient}
    start: {image: photo.jpg, over: [{image: paint.png, alpha: 0.4}]}
    start: {video: dance.mp4, from: 2.5}              # of a film
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from artgen.colours import Colour, channels
from artgen.errors import InputError, shown
from artgen.fields.block import Block, wrong_setting
from artgen.fields.paths import LocatedText, PictureFile, VideoFile, existing, expanded
from artgen.fields.widgets import Slider
from artgen.picture.reading import read_layer
from artgen.preset.settings.depth import Estimators
from artgen.preset.settings.moving import Move
from artgen.video import reading

if TYPE_CHECKING:
    from torch import Tensor

    from artgen.rng import Random

FlowName = Literal["tvl1", "raft_small", "raft_large"]
NoiseKind = Literal["perlin", "fractal", "gradient", "snow"]
CELLS = 4
TV_L1: FlowName = "tvl1"
NO_FILM = "a video belongs to a preset with 'film'; say how long, such as 'film: {seconds: 4}'"
_NONE: Estimators = MappingProxyType({})
MAX_NAME = 255
"""No file has a longer name; a system asked for one complains."""


class Layer(Block):
    """A picture that is laid over others."""

    image: PictureFile
    """The picture, cropped to the canvas; its transparency counts."""
    move: Move | None = None
    """How it is moved on the canvas."""
    alpha: Annotated[float, Field(gt=0, le=1)] = 1
    """How much of what lies under it the picture hides."""

    def over(self, under: Tensor, estimators: Estimators = _NONE) -> Tensor:
        """(B, 3, H, W) with the picture over it."""
        picture = read_layer(self.image, (under.shape[2], under.shape[3])).to(under)
        if self.move:
            picture = self.move.of(picture, estimators)
        return under.lerp(picture[:, :3], self.alpha * picture[:, 3:])


def _flow(value: Any) -> Any:
    """What is no name is a file of weights."""
    if value in get_args(FlowName) or not isinstance(value, (str, Path)):
        return value
    try:
        return existing(value)
    except PydanticCustomError as error:
        names = ", ".join(get_args(FlowName))
        raise wrong_setting(f"{error.message()}; write {names}, or name a file of RAFT's weights") from None


FlowField = Annotated[FlowName | Path | None, BeforeValidator(_flow, json_schema_input_type=FlowName | str | None)]


class Start(Block):
    """The pictures that a run begins with, one for each of the batch."""

    model_config = ConfigDict(serialize_by_alias=True)

    image: PictureFile | None = None
    """A picture, cropped to the canvas; or the folder of an earlier run, whose picture it is."""
    video: VideoFile | None = None
    """Of a film, in the place of `image`: each frame begins with the video's picture of its moment, and with the last
    frame over it, as `film.keep` says."""
    begin: Annotated[float, Field(alias="from", ge=0, le=360_000)] = 0
    """Seconds into the `video` at which the film begins."""
    flow: FlowField = TV_L1
    """What tells how things move in the `video`, so that the last frame is moved like them: tvl1, which needs nothing;
    raft_small or raft_large, whose weights torchvision publishes; a file of such weights; or null for nothing."""
    colour: Colour | None = None
    """A colour: all over, or under the picture where that is transparent."""
    noise: NoiseKind | None = None
    """Coloured blobs of one size (perlin) or of all sizes (fractal), a gradient of four corners, or single pixels."""
    cells: Annotated[int, Field(ge=1, le=256), Slider(1, 32)] = CELLS
    """For `perlin` and `fractal`: how many blobs lie along the longer side."""
    alpha: Annotated[float, Field(gt=0, le=1)] = 1
    """How much `image` hides of the colour or noise under it."""
    move: Move | None = None
    """How `image` is moved on the canvas."""
    over: Annotated[tuple[Layer, ...], Field(max_length=16)] = ()
    """More pictures, each laid over what is there; also over what a `draft` has drawn."""

    def misfits(self) -> Iterator[str]:
        if not self.is_ground and not self.over:
            yield "there is nothing to start from; give 'image', 'colour' or 'noise'"
        if self.colour is not None and self.noise is not None:
            yield "'colour' and 'noise' both fill the canvas; give one of them"
        if self.cells != CELLS and self.noise not in ("perlin", "fractal"):
            yield "'cells' belongs to 'noise: perlin' and 'noise: fractal'"
        if self.video is not None and self.image is not None:
            yield "'image' and 'video' are both pictures to begin with; give one of them"
        if self.video is None and (self.begin or self.flow != TV_L1):
            yield "'from' and 'flow' belong to 'video'"
        if self.alpha < 1 and (not self.has_picture or (self.colour is None and self.noise is None)):
            yield "'alpha' lays an 'image' over a 'colour' or 'noise'; give both"
        if self.move and self.image is None:
            yield "'move' belongs to 'image'"

    @property
    def depth_models(self) -> tuple[str, ...]:
        """The models that are needed to move its pictures in a room."""
        moves = (self.move, *(layer.move for layer in self.over))
        found = (move.depth.model for move in moves if move and move.depth and move.depth.model)
        return tuple(dict.fromkeys(found))

    @property
    def is_ground(self) -> bool:
        """Whether there is a picture, a colour or noise, and not only what lies over a draft."""
        return self.has_picture or self.colour is not None or self.noise is not None

    @property
    def has_picture(self) -> bool:
        """Whether there is an image or a video."""
        return self.image is not None or self.video is not None

    def pictures(self, size: tuple[int, int], random: Random, estimators: Estimators = _NONE) -> Tensor:
        """(B, 3, *size) in [0, 1], without what lies `over` them; `size` is height and width."""
        if self.video is not None:
            raise InputError(f"{shown(self.video)}: {NO_FILM}")
        made = self._ground(size, random)
        if self.image is not None:
            made = Layer.model_construct(image=self.image, move=self.move, alpha=self.alpha).over(made, estimators)
        return made

    def laid_over(self, under: Tensor, estimators: Estimators = _NONE) -> Tensor:
        """(B, 3, H, W) with what lies `over` it."""
        for layer in self.over:
            under = layer.over(under, estimators)
        return under

    def _ground(self, size: tuple[int, int], random: Random) -> Tensor:
        """What lies under the picture: white, where nothing is said."""
        import torch

        from artgen.picture import noise

        if self.noise is not None:
            return noise.make(self.noise, size, self.cells, random)
        colour = torch.tensor(channels(self.colour or "#ffffff"), device=random.device)
        return colour.view(1, 3, 1, 1).expand(len(random.seeds), 3, *size).contiguous()


def _expand(value: Any) -> Any:
    """A bare text is a kind of noise, a colour, or the path of a picture."""
    if isinstance(value, Path):
        return {"image": value}
    if not isinstance(value, str):
        return value
    if value in get_args(NoiseKind):
        return {"noise": value}
    return {_kind(value): value}


def _kind(text: str) -> str:
    """Of a path, which has a dot or a slash, or names something that is there, what lies there; else a colour."""
    path = (text.folder if isinstance(text, LocatedText) else Path()) / expanded(text[:MAX_NAME])
    if not ("/" in text or "." in text or path.exists()):
        return "colour"
    try:
        return "video" if path.is_file() and reading.kind_of(path) == "file" else "image"
    except (InputError, OSError):  # what to say of it is the setting's affair
        return "image"


_Written = Annotated[str, Field(title="a picture, a colour or noise")] | Start
StartField = Annotated[Start, BeforeValidator(_expand, json_schema_input_type=_Written)]
"""The type of the preset's `start`."""
