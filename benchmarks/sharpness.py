"""How wide are the edges of a picture? In pixels, whatever its contrast.

After Marziliano, Dufaux, Winkler and Ebrahimi 2004 ("Perceptual blur and ringing metrics: application to JPEG2000"),
who take the blur of a picture as the mean width of its edges along rows, from one extreme of brightness to the next.
Here rows and columns of each colour channel are cut into runs that only rise or only fall. With d the differences of
neighbouring pixels in a run, of which those below a tenth of the largest do not count, the run is an edge of

    width = |sum of d| / max |d| * cos(angle between gradient and row)

pixels, measured along rows where the angle is below 45 degrees, else along columns. That is one pixel for a step and
2.43 s for one that a gaussian of deviation s has blurred. Only strong edges count, of at least half the picture's mean
slope, sum(g^3) / sum(g^2) over its gradients g; so shading and faint texture do not matter, and contrast cancels.

Noise has narrow edges, too: the figure tells a blurred picture from a crisp one, no more. It is for pictures of one
size::

    python -m benchmarks.sharpness --pictures runs/after --before runs/before
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import torch
from torch import Tensor
from torch.nn.functional import pad

from artgen.picture import images

TAIL = 0.1
"""Share of a run's largest difference below which a pixel is no part of the edge."""
STRONG = 0.5
"""Share of the mean slope that an edge must have."""


def edge_width(image: Tensor) -> float:
    """(3, H, W) in [0, 1] to the mean width of its strong edges in pixels; nan for a picture of one colour."""
    passes = [_edges(image.double()), _edges(image.double().mT)]
    widths, slopes, gradients = (torch.cat(parts) for parts in zip(*passes, strict=True))
    strong = slopes >= STRONG * gradients.pow(3).sum() / gradients.pow(2).sum()
    return widths[strong].mean().item()


def _edges(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Width and slope of each edge along rows, and the gradient at each pixel."""
    across = image.diff(dim=2)
    higher, lower = (
        pad(image, (0, 0, 0, 1), mode="replicate")[:, 1:],
        pad(image, (0, 0, 1, 0), mode="replicate")[:, :-1],
    )
    down = (higher - lower)[..., 1:] / 4 + (higher - lower)[..., :-1] / 4
    starts = pad(across.sign().diff(dim=2) != 0, (1, 0), value=True)
    run = starts.flatten().cumsum(0) - 1
    step, drop = across.flatten(), down.flatten()
    steepest = torch.zeros(int(run[-1]) + 1, dtype=step.dtype).scatter_reduce(0, run, step.abs(), "amax")
    counts = (step.abs() >= TAIL * steepest[run]).to(step.dtype)
    rise = torch.zeros_like(steepest).index_add(0, run, step * counts).abs()
    fall = torch.zeros_like(steepest).index_add(0, run, drop * counts).abs()
    cosine = rise / torch.hypot(rise, fall).clamp_min(1e-12)
    along = (rise > 0) & (cosine >= math.sqrt(0.5))
    return (rise / steepest * cosine)[along], (steepest / cosine)[along], torch.hypot(step, drop)


def widths(folder: Path) -> dict[str, float]:
    """The edge width of each PNG under a folder that has edges, by its path in it."""
    found = {str(path.relative_to(folder)): edge_width(images.load(path)) for path in sorted(folder.rglob("*.png"))}
    return {name: width for name, width in found.items() if not math.isnan(width)}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sharpness", description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder of PNG files")
    parser.add_argument("--before", type=Path, help="folder of the same pictures before something was done to them")
    given = parser.parse_args(argv)
    after = widths(given.pictures)
    if not after:
        parser.error(f"{given.pictures}: no PNG files; give the folder in which the pictures are")
    print(f"{median(after.values()):.2f} px median edge width of {len(after)} pictures in {given.pictures}")
    if given.before:
        before = {name: width for name, width in widths(given.before).items() if name in after}
        if not before:
            parser.error(f"{given.before}: no picture is called as one in {given.pictures}")
        ratios = [after[name] / width for name, width in before.items()]
        ratio = f"{median(ratios):.2f} times as wide, median of {len(ratios)}"
        print(f"{median(before.values()):.2f} px before; after, {ratio}")


if __name__ == "__main__":
    main()
