"""How a picture is moved before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from artgen.fields.block import Block
from artgen.fields.paths import InputFile
from artgen.picture import depth_moving, flow, moving, poses
from artgen.preset.settings.depth import DepthField, Estimators

if TYPE_CHECKING:
    from torch import Tensor

Matrix = Annotated[tuple[float, ...], Field(min_length=9, max_length=9)]
Pose = Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]


class Move(Block):
    """What a camera's move makes of a picture; written by films, whose frames begin with the last one, moved."""

    matrix: Matrix | None = None
    """Nine numbers, row by row: a homography that says of each place where it comes from, from the picture's centre in
    halves of its height."""
    pose: Pose | None = None
    """Of a camera in a room, in the place of `matrix`: twelve numbers, row by row, that say of each point, as the new
    camera has it, where the old one has it. The unit is how far away the middle between near and far is."""
    depth: DepthField | None = None
    """How far each place of the picture is away."""
    since: Pose | None = None
    """Where the picture's camera is, as a `pose` from that of the `depth` picture; default: there."""
    flow: InputFile | None = None
    """In the place of `matrix`: an optical flow, in a PNG that a film wrote; where it is not known, the picture is
    clear."""
    edge: moving.Edge = "mirror"
    """What comes in from outside: the picture mirrored, its edge extended, or its other side (wrap)."""
    fade: Annotated[float, Field(ge=0, le=0.5)] = 0
    """How far the picture fades towards its border, as a share of its shorter side."""
    outside: Annotated[float, Field(ge=0, le=1)] = 1
    """How much of what lies under it is hidden by what comes in from outside, and by what has faded."""

    def misfits(self) -> Iterator[str]:
        if sum(one is not None for one in (self.matrix, self.pose, self.flow)) != 1:
            yield "give 'matrix', or 'pose' with 'depth', or 'flow'"
        if self.flow and (self.fade or self.outside < 1):
            yield "'fade' and 'outside' belong to moves of a camera"
        if (self.pose is None) != (self.depth is None):
            yield "'pose' and 'depth' belong together"
        if self.matrix and abs(moving.determinant(self.matrix)) < 1e-9:
            yield "'matrix' leaves nothing of the picture: its determinant is 0"
        for name, pose in (("pose", self.pose), ("since", self.since)):
            if pose and not poses.is_rigid(pose):
                yield f"'{name}' is no turn and way of a camera: it stretches or mirrors"
        if self.since and not (self.depth and self.depth.picture):
            yield "'since' belongs to a 'depth' by a 'picture'"
        if self.fade and self.outside == 1:
            yield "'fade' needs an 'outside' of less than 1"

    def of(self, picture: Tensor, estimators: Estimators) -> Tensor:
        """(1, 4, H, W), moved; InputError, in one line, if the flow cannot be read."""
        if self.matrix:
            return moving.moved(picture, self.matrix, self.edge, self.fade, self.outside)
        if self.flow:
            return flow.moved(picture, self.flow, self.edge)
        assert self.pose is not None
        assert self.depth is not None
        said = self.depth.disparities(picture, estimators)
        if self.depth.plane:
            return depth_moving.moved(picture, None, said, self.pose, self.edge, self.fade, self.outside)
        since = self.since or poses.STILL
        before = depth_moving.seen_from(said, since, self.edge)
        after = depth_moving.seen_from(said, poses.product((since, self.pose)), self.edge)
        return depth_moving.moved(picture, before, after, self.pose, self.edge, self.fade, self.outside)
