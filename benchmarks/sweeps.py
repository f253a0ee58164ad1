"""How near a sweep comes to the fastest packing of its cells: its time over that of the cells alone, shared out.

The fastest packing of cells that take t1, t2, ... seconds on n processes takes at least their sum over n, and at least
the longest of them. What a sweep takes beyond that are the start of its processes, their waits at the end, and what it
writes.

python -m benchmarks.sweeps --cells 96

With --shared, how much sooner a sweep ends because the first steps of its cells are drawn once: four weights that part
after half of the run, by two finishes, with that and without it. The pictures are compared, too.

python -m benchmarks.sweeps --shared
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import artgen
from artgen.machine import cores


def measure(cells: int, processes: int, steps: int) -> tuple[float, float]:
    """Seconds that a sweep takes, and those of the fastest packing of its cells."""
    preset = artgen.load("pixel", prompts="a red heart", size=64, batch=1, steps=steps, finish=None)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        over = {"seed": list(range(cells))}
        rows = list(artgen.sweep(preset, over, out=Path(folder) / "sweep", processes=processes, note=lambda line: None))
        taken = time.monotonic() - begun
    seconds = [row.seconds for row in rows if row.seconds is not None]
    if len(seconds) < cells:
        raise SystemExit("a cell failed, so that there is nothing to compare")
    return taken, max(sum(seconds) / processes, *seconds)


def measure_shared(processes: int, steps: int) -> tuple[float, float]:
    """Seconds of a sweep whose cells share their first steps, and of the same sweep where they do not."""
    preset = artgen.load("pixel", prompts="a red heart", size=64, batch=1, steps=steps, seed=1)
    half = {"0": 1, str(steps // 2 - 1): 1}
    weights = [{**half, str(steps // 2): weight} for weight in (0.5, 1, 2, 4)]
    over = {"losses.clip.weight": weights, "finish": [[], [{"type": "blur"}]]}
    seconds, pictures = [], []
    for share in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            out, begun = Path(folder) / "sweep", time.monotonic()
            list(artgen.sweep(preset, over, out=out, processes=processes, threads=1, share=share, note=lambda _: None))
            seconds.append(time.monotonic() - begun)
            pictures.append({path.parent.name: path.read_bytes() for path in out.glob("cells/*/image.png")})
    if len(pictures[0]) < len(weights) * 2 or pictures[0] != pictures[1]:
        raise SystemExit("the pictures are not the same")
    return seconds[0], seconds[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=96)
    parser.add_argument("--processes", type=int, default=cores())
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--shared", action="store_true")
    given = parser.parse_args()
    if given.shared:
        together, apart = measure_shared(given.processes, given.steps)
        print(f"8 cells on {given.processes} processes: {together:.1f} s with shared steps, {apart:.1f} s without")
        print(f"ratio {together / apart:.3f}")
        return
    taken, least = measure(given.cells, given.processes, given.steps)
    print(f"{given.cells} cells on {given.processes} processes: {taken:.1f} s, fastest packing {least:.1f} s")
    print(f"ratio {taken / least:.3f}")


if __name__ == "__main__":
    main()
