"""How near `artgen plan` comes: seconds and peak memory that it says, over those of the run that follows.

Processor seconds of one thread, so that a machine that has other work to do disturbs neither.

python -m benchmarks.planning --only vqgan
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import artgen
from artgen.planning import estimate, measuring

CASES: Mapping[str, Mapping[str, int]] = {
    "vqgan, batch 4": {"batch": 4, "size": 128, "steps": 12},
    "pixel": {"size": 128, "steps": 40},
    "vqgan, chunk 8": {"chunk": 8, "size": 128, "steps": 12},
    "strokes": {"size": 128, "steps": 30},
    "siren": {"size": 128, "steps": 30},
    "diffusion": {"size": 128},
    "zoom": {"size": 64, "film.seconds": 2},
    "glyphs": {"size": 128, "steps": 30},
    "wavelet": {"size": 128, "steps": 30},
    "layers": {"size": 128, "steps": 15},
    "super_resolution": {"size": 128, "steps": 15},
    "shapes": {"size": 128, "steps": 30},
    "quickstart": {},
    "vqgan": {},
    "print": {"size": 256, "steps": 20},
    "quickstart, batch 4": {"batch": 4, "size": 256},
}
"""Shipped presets, and what is changed to be done soon."""


def measure(name: str, changes: Mapping[str, int]) -> tuple[float, float, int, int]:
    """Seconds said, and taken; bytes said, and taken."""
    preset = artgen.load(name, list({"batch": 1, "seed": 1, **changes}.items()))
    trial = measuring.calibration(preset, 1, fresh=True, clock="processor")
    said = estimate.measured(preset, trial)
    with tempfile.TemporaryDirectory() as folder:
        preset.save(Path(folder) / "preset.yaml")
        command = [sys.executable, "-P", "-m", "artgen", "run", f"{folder}/preset.yaml", "--out", f"{folder}/run", "-q"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"{name}: the run failed")
    return said.seconds, usage.ru_utime + usage.ru_stime, said.memory, usage.ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="a part of the names of cases")
    options = parser.parse_args()
    print("| preset | seconds | said / taken | memory | said / taken |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ARTGEN_CACHE"] = cache
        for case, changes in CASES.items():
            if options.only and not any(part in case for part in options.only):
                continue
            said, taken, memory, needed = measure(case.partition(",")[0], changes)
            row = f"{taken:.0f} | {said / taken:.2f} | {needed / 1e9:.2f} GB | {memory / needed:.2f}"
            print(f"| {case} | {row} |", flush=True)


if __name__ == "__main__":
    main()
