"""How the picture is looked at when a prompt is read from it.

::

    seen: rotate-180
    seen: {jigsaw: 4x4, seed: 3}
    seen: {far: 0.05}
    seen: [rotate-90, negative]

One picture so shows several things: a cat, and turned by half an owl. These are the visual anagrams of D. Geng, I.
Park and A. Owens (CVPR 2024, arXiv:2311.17919); `far` and `near` are the hybrid images of A. Oliva, A. Torralba and
P. G. Schyns (SIGGRAPH 2006), which "Factorized Diffusion" (ECCV 2024, arXiv:2404.11615) draws. A list is done in its
order. The whole picture is seen so before views are cut of it, and before `where`, which means a part of what is seen:
`where: top` with `seen: rotate-180` is what is on top when the picture is turned. A picture as a prompt is what is to
be seen; the start of a `direction` is seen as the drawing is.

The losses see the picture so, whatever draws it. Generators that are told the prompts, such as `diffusion` or those
with `init: prompt`, draw upright, and are told none that has a `seen`. The tiles of a `jigsaw` lie in one order in all
runs, so that a print can be cut; where they do not divide a side, the picture is first brought to the next size that
they do. `artgen views` shows every reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from artgen.errors import hint
from artgen.fields.block import Block, wrong_setting
from artgen.fields.pairs import whole_pair
from artgen.fields.widgets import Angle

if TYPE_CHECKING:
    from torch import Tensor

BLUR = 0.03
"""Half of the contrast is left of what repeats six times across the shorter side."""
MOST = 8
"""Ways in a row; more is no preset."""

Named = Literal["rotate-90", "rotate-180", "rotate-270", "mirror", "negative", "far", "near", "jigsaw", "inner-circle"]
NAMED: Mapping[str, Mapping[str, Any]] = {
    **{f"rotate-{angle}": {"rotate": angle} for angle in (90, 180, 270)},
    "mirror": {"mirror": True},
    "negative": {"negative": True},
    "far": {"far": BLUR},
    "near": {"near": BLUR},
    "jigsaw": {"jigsaw": 4},
    "inner-circle": {"inner_circle": 180},
}
"""What a bare text stands for."""
WAYS = ("rotate", "mirror", "negative", "far", "near", "jigsaw", "inner_circle")

Blur = Annotated[float, Field(gt=0, le=0.5)]


def _grid(value: Any) -> Any:
    """``4`` or ``4x3``: columns, then rows."""
    pair = whole_pair(value)
    if pair is None:
        raise wrong_setting("expected columns and rows of tiles, such as 4x4")
    columns, rows = pair
    if not (1 <= columns <= 64 and 1 <= rows <= 64 and columns * rows > 1):
        raise wrong_setting(f"{columns}x{rows} is out of range; 1 to 64 columns and rows, at least 2 tiles in all")
    return columns, rows


Grid = Annotated[tuple[int, int], BeforeValidator(_grid, json_schema_input_type=int | str | tuple[int, int])]


class Seen(Block):
    """One way to see the picture. Called with (B, 3, H, W) in [0, 1], it gives what is seen; equal ones do the same."""

    rotate: Literal[90, 180, 270] | None = None
    """The picture turned clockwise by so many degrees; a quarter swaps width and height."""
    mirror: Literal[True] | None = None
    """true: left and right exchanged."""
    negative: Literal[True] | None = None
    """true: black is white, and every colour its opposite."""
    far: Blur | None = None
    """Blurred, as from afar, by this share of the shorter side; `far` alone is 0.03."""
    near: Blur | None = None
    """What that blur takes away, on grey: the lines that only show from near; `near` alone is 0.03."""
    jigsaw: Grid | None = None
    """Cut into so many columns and rows, such as `4x4`, and put together in another order."""
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] | None = None
    """For `jigsaw`: which order; default: 0. It is the same in every run."""
    inner_circle: Annotated[float, Field(gt=-360, lt=360), Angle(-180, 180)] | None = None
    """The disc in the middle turned clockwise by so many degrees, and nothing else; `inner-circle` alone is 180."""

    def misfits(self) -> Iterator[str]:
        if sum(getattr(self, way) is not None for way in WAYS) != 1:
            yield f"one way to see is one of {', '.join(WAYS)}; several after each other are a list"
        if self.seed is not None and self.jigsaw is None:
            yield "'seed' belongs to 'jigsaw'"

    def __call__(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) as it is seen; of another height and width, where the way asks for that."""
        from artgen.picture import readings

        if self.rotate:
            return readings.rotate(image, self.rotate)
        if self.mirror:
            return image.flip(3)
        if self.negative:
            return 1 - image
        if self.far:
            return readings.low_pass(image, self.far)
        if self.near:
            return readings.high_pass(image, self.near)
        if self.jigsaw:
            return readings.jigsaw(image, *self.jigsaw, self.seed or 0)
        assert self.inner_circle is not None
        return readings.inner_circle(image, self.inner_circle)

    @property
    def title(self) -> str:
        """What to call it in messages, such as ``rotate-180``."""
        way = next(way for way in WAYS if getattr(self, way) is not None)
        value, name = getattr(self, way), way.replace("_", "-")
        if self.jigsaw:
            order = f", seed {self.seed}" if self.seed else ""
            return f"jigsaw {self.jigsaw[0]}x{self.jigsaw[1]}{order}"
        if f"{name}-{value}" in NAMED:
            return f"{name}-{value}"
        return name if NAMED[name] == {way: value} else f"{name} {value:g}"


def titled(seen: Sequence[Seen]) -> str:
    """Several ways after each other, in words."""
    return ", then ".join(way.title for way in seen)


def _expand(value: Any) -> Any:
    """A bare text is a way by its name."""
    if not isinstance(value, str):
        return value
    if value not in NAMED:
        raise wrong_setting(f"there is no way '{value}' to see a picture{hint(value, NAMED)}")
    return NAMED[value]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


def _some(seen: tuple[Seen, ...]) -> tuple[Seen, ...]:
    # No limits of the field: those would count only the ways that have no mistake.
    if not 1 <= len(seen) <= MOST:
        raise wrong_setting(f"{len(seen)} ways after each other; give 1 to {MOST}, or leave 'seen' out")
    return seen


Way = Annotated[Seen, BeforeValidator(_expand, json_schema_input_type=Named | Seen)]
SeenField = Annotated[
    tuple[Way, ...],
    BeforeValidator(_as_list, json_schema_input_type=Named | Seen | list[Named | Seen]),
    AfterValidator(_some),
]
"""The type of a prompt's `seen`."""
