"""How far each place of a picture is away, for a camera that moves in the room.

::

    depth: floor                                   # a floor that goes back to the horizon
    depth: {picture: depth.png, relief: 0.8}       # white is near, black is far
    depth: {model: depth-anything/Depth-Anything-V2-Small-hf}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block, wrong_setting
from artgen.fields.paths import LocatedText, PictureFile, expanded
from artgen.picture import depth_moving
from artgen.weights import REPOSITORY, Source

if TYPE_CHECKING:
    from torch import Tensor

HORIZON = 0.45
PATTERNS = ("config.json", "*.safetensors")
"""Which files of a model are needed."""
Estimators = Mapping[str, Callable[["Tensor"], "Tensor"]]
"""By the model's name, what tells of a picture (1, 3, H, W) in [0, 1] how near each pixel is: (H, W) in [0, 1]."""


class Depth(Block):
    """How far each place of the picture is away: on a plane, by a picture, or as a model sees it."""

    plane: depth_moving.Plane | None = None
    """A floor that goes back to the horizon, or a tunnel, whose far end is the middle of the picture. Both go on for
    ever, however far the camera moves."""
    picture: PictureFile | None = None
    """How near each place of the first frame is: white is near, black is far. What moves is moved in it, too."""
    model: Source | None = None
    """A model of transformers that estimates the depth of each frame, such as
    depth-anything/Depth-Anything-V2-Small-hf: a repository of the model hub, or a folder. Needs
    `pip install "artgen[depth]"`."""
    relief: Annotated[float, Field(gt=0, le=1)] = 0.6
    """How deep the room is: what is nearest moves 1 + relief times as far as the middle, what is furthest 1 - relief
    times."""
    horizon: Annotated[float, Field(ge=0, le=0.95)] = HORIZON
    """Of a floor: at which height its far end is, as a share of the picture's height from its top."""

    def misfits(self) -> Iterator[str]:
        if sum(one is not None for one in (self.plane, self.picture, self.model)) != 1:
            yield "give one of 'plane', 'picture' and 'model'"
        if self.horizon != HORIZON and self.plane != "floor":
            yield "'horizon' belongs to 'plane: floor'"

    @property
    def extremes(self) -> tuple[float, float, float]:
        """How far what is nearest, in the middle and furthest is away; the middle is 1."""
        return 1 / (1 + self.relief), 1.0, 1 / max(1 - self.relief, depth_moving.FURTHEST)

    def disparities(self, picture: Tensor, estimators: Estimators) -> Tensor:
        """(H, W), float64: the disparities of a picture (1, 4, H, W); of the first frame, if a picture says them."""
        from artgen.picture.reading import read_mask

        size = (picture.shape[2], picture.shape[3])
        if self.plane:
            near = depth_moving.plane(self.plane, size, self.horizon)
        elif self.picture:
            near = read_mask(self.picture, size)[0, 0].double()
        else:
            near = estimators[self.model or ""](picture[:, :3]).double().cpu()
        return depth_moving.disparity(near, self.relief)


def _expand(value: Any) -> Any:
    """A bare text is a plane, a model, or the path of a picture."""
    if isinstance(value, Path):
        return {"picture": value}
    if not isinstance(value, str):
        return value
    planes = get_args(depth_moving.Plane)
    if value in planes:
        return {"plane": value}
    path = (value.folder if isinstance(value, LocatedText) else Path()) / expanded(value)
    if (path / "config.json").is_file() or (REPOSITORY.fullmatch(value) and not path.exists() and not path.suffix):
        return {"model": value}
    if not path.suffix and "/" not in value and not path.exists():
        text = f"there is no plane '{value}'; write {' or '.join(planes)}, name a picture, or give {{model: ...}}"
        raise wrong_setting(text)
    return {"picture": value}


DepthField = Annotated[Depth, BeforeValidator(_expand, json_schema_input_type=str | Depth)]
"""The type of a camera's `depth`."""
