"""Small sweeps as their sheets and tables see them, made in the moment."""

import itertools

from PIL import Image

from artgen.sweeps.rows import Axis, Row

EVIL = '</script><script>window.hacked = 1</script>"\'><img src=x onerror="window.hacked = 1">&amp;<!--'
"""What a prompt or a reason may hold that wants to be more than text."""


def cells(folder, *axes, size=(24, 24), **changes):
    """Finished cells with pictures for all combinations, the losses 1, 2, 3 ...

    `changes` are other fields of single cells, by ``n`` and their numbers from 1: ``n3={"state": "failed"}``.
    """
    rows = []
    for number, values in enumerate(itertools.product(*(axis.values for axis in axes)), 1):
        name = f"{number:03}"
        picture = folder / "cells" / name / "image.png"
        picture.parent.mkdir(parents=True)
        Image.new("RGB", size, (40 * number % 256, 90, 20 * number % 256)).save(picture)
        (picture.parent / "recipe.json").write_text("{}")
        fields = {
            "name": name,
            "settings": dict(zip((axis.key for axis in axes), values, strict=True)),
            "state": "finished",
            "picture": picture,
            "loss": float(number),
            "seconds": 2.0,
            **changes.get(f"n{number}", {}),
        }
        rows.append(Row(**fields))
    return list(axes), rows


def failed(reason):
    return {"state": "failed", "picture": None, "loss": None, "seconds": None, "reason": reason}


WAITING = {"state": "waiting", "picture": None, "loss": None, "seconds": None}


def usual(folder):
    """Three seeds and two prompts, one of them evil; one cell failed, one waits."""
    prompts = Axis("prompts", ("a cat", EVIL))
    return cells(folder, prompts, Axis("seed", (1, 2, 3)), n4=failed(EVIL), n6=WAITING)
