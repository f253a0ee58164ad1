"""The ground behind a thing: a flat illustration of a place at a time of day, drawn exactly, at any resolution.

Each place is painted from back to front in clean shapes: sky, what is far (paler, for air lies between), what is near,
and a calm middle in which a thing can stand. Its chances are drawn from one number of the generator, so that a picture
is the same one at 256 and at 512 pixels.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from artgen_drawings.ground import air, built, inside, land, mountains, water
from artgen_drawings.ground.colours import SKIES
from artgen_drawings.ground.scene import Scene, weather

# The painter of each place, and the height at which a thing there has its feet (where it floats: its middle).
_PLACES: dict[str, tuple[Callable[[Scene], None], float]] = {
    "meadow": (land.meadow, 0.9),
    "hills": (land.hills, 0.9),
    "snow": (land.snow, 0.9),
    "sea": (water.sea, 0.76),
    "beach": (water.beach, 0.9),
    "forest": (land.forest, 0.91),
    "snowy forest": (land.snowy_forest, 0.91),
    "mountain": (mountains.mountain, 0.91),
    "snowy mountain": (mountains.snowy_mountain, 0.91),
    "desert": (land.desert, 0.91),
    "city": (built.city, 0.92),
    "lake": (water.lake, 0.92),
    "volcano": (mountains.volcano, 0.92),
    "sky": (air.sky, 0.5),
    "space": (air.space, 0.5),
    "underwater": (water.underwater, 0.5),
    "road": (built.road, 0.9),
    "street": (built.street, 0.9),
    "garden": (land.garden, 0.91),
    "room": (inside.room, 0.91),
    "stage": (inside.stage, 0.91),
}
PLACES = tuple(_PLACES)
TIMES = tuple(SKIES)
# Where a thing floats or flies: `floor` gives the height of its middle.
FLOATING = frozenset({"sky", "space", "underwater"})


def paint(place: str, time: str, size: tuple[int, int], rng: torch.Generator) -> Tensor:
    """A ground of `size` (height, width): (3, H, W) float32 in [0, 1] on the CPU.

    `place` is one of PLACES and `time` one of TIMES (ValueError otherwise). One number is drawn from `rng`; the same
    state gives the same bytes, and the same composition at every resolution of one aspect ratio.
    """
    painter, _ = _known(place)
    if time not in TIMES:
        raise ValueError(f"time of day: {time!r} is none of {', '.join(TIMES)}")
    if min(size) < 1:
        raise ValueError(f"size of a ground: {tuple(size)} has no pixels, give (height, width) of at least 1")
    seed = int(torch.randint(2**62, (), generator=rng, device=rng.device))
    scene = Scene(place, time, size, seed)
    painter(scene)
    if place not in INDOORS:
        weather(scene)
    return torch.from_numpy(scene.canvas.pixels).clamp(0, 1)


def floor(place: str) -> float:
    """The height (0 top to 1 bottom) of the feet of what stands in a place; of the middle of what floats there.

    At sea it is the waterline of what swims. ValueError for an unknown place.
    """
    return _known(place)[1]


def plain(colour: Tensor, size: tuple[int, int]) -> Tensor:
    """An even ground of a colour (3,) in [0, 1]: (3, H, W) float32 on the CPU, `size` being (height, width)."""
    return colour.detach().to("cpu", torch.float32).clamp(0, 1).reshape(3, 1, 1).expand(3, *size).contiguous()


# No rain falls here.
INDOORS = frozenset({"room", "stage", "space", "underwater"})


def _known(place: str) -> tuple[Callable[[Scene], None], float]:
    if place not in _PLACES:
        raise ValueError(f"place of a ground: {place!r} is none of {', '.join(PLACES)}")
    return _PLACES[place]
