"""Whether a film's memory grows with its frames: resident memory along a film of a thousand small ones.

python -m benchmarks.films --frames 1000
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import artgen
from artgen import FrameEvent

EVERY = 10
"""Parts of the film after which memory is looked at."""


def resident() -> float:
    """This process's own memory now in MiB; where the system does not tell, the most that it had."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def measure(frames: int) -> list[tuple[int, float]]:
    """(frame, MiB) along a film that looks through the embedded CLIP, and whose encoding is measured, too."""
    preset = artgen.load(
        "pixel",
        prompts="a red heart",
        seed=1,
        size=32,
        batch=1,
        steps=2,
        finish=None,
        film={"seconds": frames / 10, "fps": 10, "steps_per_frame": 1, "camera": {"zoom": 1.1}},
    )
    found: list[tuple[int, float]] = []

    def look(event: FrameEvent) -> None:
        if (event.frame + 1) % max(1, frames // EVERY) == 0:
            found.append((event.frame + 1, resident()))

    with tempfile.TemporaryDirectory() as folder:
        artgen.film(preset, out=Path(folder) / "film", on_step=look, note=lambda line: None)
        found.append((frames, resident()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1000)
    frames = parser.parse_args().frames
    start = time.monotonic()
    found = measure(frames)
    for frame, size in found:
        print(f"frame {frame:6}  {size:8.1f} MiB")
    share, pace = found[-1][1] / found[0][1], (time.monotonic() - start) / frames
    print(f"{share:.3f} of the first tenth's at the end, {pace:.2f} s a frame")


if __name__ == "__main__":
    main()
