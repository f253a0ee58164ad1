"""What chunks cost and save: time and peak memory of a step, against all views at once. Run it with::

    python -m benchmarks.chunks

Each case is a process of its own, because peak memory can only be read once a process. The figures are ratios to
the first case of the same call; the weights are random, since neither time nor memory depends on their values.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from itertools import pairwise

VIEWS = 64
CHUNKS = (None, 32, 16, 8)
STEPS = 6


def measure(chunk: int | None) -> dict[str, float]:
    """Seconds a step (the median of `STEPS`, after one to warm up), and peak memory above the imports' in MiB."""
    import artgen
    from artgen.preset import loading

    preset = loading.parse(
        {
            "prompts": "a cat",
            "seed": 1,
            "size": 128,
            "steps": STEPS + 1,
            "chunk": chunk,
            "generator": {"type": "pixel", "grid": [32, 32]},
            "perceptors": {"clip": {"type": "open_clip", "model": "embedded"}},
            "views": [{"type": "cutouts", "count": VIEWS}],
            "losses": [{"type": "clip"}],
        }
    )
    before = _peak()
    times: list[float] = []
    artgen.run(preset, on_step=lambda _: times.append(time.perf_counter()))
    seconds = sorted(later - earlier for earlier, later in pairwise(times))
    return {"seconds": seconds[len(seconds) // 2], "mib": _peak() - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    cases = []
    for chunk in CHUNKS:
        command = [sys.executable, "-m", "benchmarks.chunks", str(chunk or 0)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        cases.append(json.loads(done.stdout.splitlines()[-1]))
    for chunk, case in zip(CHUNKS, cases, strict=True):
        ratios = " ".join(f"{name} x{case[name] / cases[0][name]:.2f}" for name in ("seconds", "mib"))
        print(f"{chunk or VIEWS:3} of {VIEWS} views at a time: {ratios}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]) or None)))
    else:
        main()
