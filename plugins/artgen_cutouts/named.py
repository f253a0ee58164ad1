"""What other programs cut out of a picture, in our settings.

DiscoArt's schedules are those of its ``resources/cut-schedules.yml`` (github.com/jina-ai/discoart), which Disco
Diffusion's users know. It lists, for each of 1000 moments, how many overview cuts and inner cuts there are, and for
the inner cuts the power of their size and the share without colour. Here:

* ``count`` is the sum of both kinds, ``zoom_share`` the inner cuts' part of it. DiscoArt repeats that ``cutn_batches``
  times a step (4 by default; 8 in han_fav): multiply ``count`` for as many.
* Moments become percents of the run, and values jump from one to the next, as there.
* A size there is ``u^power`` of the way from the perceptor's side to the picture's shorter side; the smallest area is
  that of 224 pixels in its default 1280 x 768, (224 / 768)^2.
* What its ``make_cutouts.py`` does to each cut is here too: a mirror, 10 degrees, 5 % of shift, colours, an erased
  rectangle, and a tenth of all cuts grey, which adds to the inner cuts' share s as 1 - 0.9 (1 - s).

Of the others: VQGAN-CLIP's default ``-aug Af Pe Ji Er`` (github.com/nerdyrodent/VQGAN-CLIP, ``generate.py``), pytti's
``pytti_classic`` (github.com/pytti-tools/pytti-core, ``cutouts/augs.py`` and ``samplers.py``, its power of 2 as a wider
range), and version 2 of clip-guided-diffusion (github.com/crowsonkb/clip-guided-diffusion, ``main.py``, at 512 pixels).
Where one leaves some views unturned by chance, ours turn all of them by a random amount; where one squeezes a picture
into a square, ours show it whole with its own proportions. The defaults of the cutouts themselves are Pixray's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Name = Literal["discoart", "pad-or-pulp", "watercolor", "han-fav", "vqgan-clip", "pytti", "clip-guided-diffusion"]

_PLAIN: dict[str, Any] = {"zoom_perspective": 0, "wide_perspective": 0, "zoom_ratio": [1, 1]}
_JITTER = dict.fromkeys(("hue", "saturation", "brightness", "contrast"), 0.1)

_DISCO_CUTS: dict[str, Any] = {
    **_PLAIN,
    **_JITTER,
    "zoom_scale": [0.085, 1],
    "zoom_spread": "side",
    "wide_scale": [1, 1],
    "wide_grey": 0.1,
    "translate": 0.05,
    "rotation": 10,
    "flip": 0.5,
    "fill": "black",
    "jitter_probability": 1,
    "erase": [0.02, 0.33],
    "erase_probability": 0.5,
    "noise": 0,
}


def _disco(
    cuts: Mapping[str, tuple[int, int]], power: Mapping[str, float], grey: Mapping[str, float]
) -> dict[str, Any]:
    """`cuts` are (overview, inner) from each moment on."""
    return _DISCO_CUTS | {
        "count": _jumping({at: sum(pair) for at, pair in cuts.items()}),
        "zoom_share": _jumping({at: pair[1] / sum(pair) for at, pair in cuts.items()}),
        "zoom_power": _jumping(power),
        "zoom_grey": _jumping({at: round(1 - 0.9 * (1 - share), 3) for at, share in grey.items()}),
    }


def _jumping(points: Mapping[str, float]) -> Any:
    """A schedule that keeps each value until the next, leaving out what changes nothing."""
    kept: dict[str, float] = {}
    for at, value in points.items():
        if not kept or value != list(kept.values())[-1]:
            kept[at] = value
    return kept["0"] if len(kept) == 1 else {**kept, "curve": "step"}


SETTINGS: dict[str, dict[str, Any]] = {
    "discoart": _disco(
        cuts={"0": (12, 4), "40%": (4, 12)},
        power={"0": 1},
        grey={"0": 0.2, "40%": 0},
    ),
    "pad-or-pulp": _disco(
        cuts={"0": (15, 1), "20%": (12, 4), "40%": (6, 8), "50%": (4, 8), "60%": (2, 10), "80%": (0, 10)},
        power={"0": 12, "50%": 10},
        grey={
            "0": 0.87,
            "10%": 0.78,
            "15%": 0.73,
            "20%": 0.64,
            "26%": 0.56,
            "30%": 0.5,
            "35%": 0.33,
            "45%": 0.19,
            "60%": 0,
        },
    ),
    "watercolor": _disco(
        cuts={"0": (14, 2), "20%": (12, 4), "40%": (4, 12), "80%": (0, 12)},
        power={"0": 12, "50%": 10},
        grey={"0": 0.7, "10%": 0.6, "20%": 0.45, "30%": 0.3, "40%": 0},
    ),
    "han-fav": _disco(
        cuts={"0": (8, 0), "20%": (6, 2), "40%": (4, 4), "60%": (0, 6), "80%": (0, 10)},
        power={"0": 0, "20%": 10, "60%": 60, "80%": 80},
        grey={"0": 0.5, "10%": 0.4, "20%": 0.2, "30%": 0.1, "40%": 0},
    ),
    "vqgan-clip": {
        **_JITTER,
        "count": 32,
        "zoom_share": 0,
        "wide_scale": [1, 1],
        "wide_perspective": 0.7,
        "translate": 0.1,
        "rotation": 15,
        "shear": 5,
        "fill": "black",
        "jitter_probability": 0.7,
        "erase": [0.1, 0.4],
    },
    "pytti": {
        "count": 40,
        "zoom_share": 1,
        "zoom_scale": [0.037, 1],
        "zoom_spread": "normal",
        "zoom_ratio": [1, 1],
        "zoom_perspective": 0.2,
        "perspective_probability": 0.4,
        "translate": 0.1,
        "rotation": 30,
        "flip": 0.3,
        "fill": "edge",
        "hue": 0.01,
        "saturation": 0.01,
        "jitter_probability": 0.7,
        "erase": [0.1, 0.4],
    },
    "clip-guided-diffusion": {
        **_PLAIN,
        "count": 32,
        "zoom_share": 1,
        "zoom_scale": [0.19, 1],
        "zoom_spread": "normal",
        "translate": 0.07,
        "fill": "mean",
        "jitter_probability": 0,
        "noise": 0,
    },
}
