"""What `deterministic: true` costs: time and peak memory of a step, against a step without it. Run it with::

    python -m benchmarks.determinism

Each case is a process of its own, because peak memory can only be read once a process. On a CPU, time is that of all
processors, so that a machine with other work says the same; `threads` is what the run counts with. Where there is a
GPU, time is the clock's and memory the GPU's.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

STEPS = 8
CASES: dict[str, dict[str, Any]] = {
    "pixel": {},
    "pixel, one picture": {"batch": 1},
    "vqgan": {},
    "diffusion": {"size": 128},
}


def measure(case: str, deterministic: bool, threads: int) -> dict[str, float]:
    """Seconds a step (the median of `STEPS`, after one to warm up), and peak memory above the imports' in MiB."""
    import torch

    import artgen
    from artgen.preset import loading

    torch.set_num_threads(threads)
    on_gpu = torch.cuda.is_available()
    settings = loading.load(case.partition(",")[0]).resolved() | CASES[case]
    changes = {"steps": STEPS + 1, "deterministic": deterministic, "device": "auto"}
    before = 0.0 if on_gpu else _peak()
    times: list[tuple[float, float]] = []

    def on_step(_: object) -> None:
        if on_gpu:
            torch.cuda.synchronize()
        times.append((time.perf_counter(), time.process_time()))

    artgen.run(loading.parse(settings | changes), on_step=on_step, note=lambda line: None)
    wall, work = (sorted(later[kind] - earlier[kind] for earlier, later in pairwise(times)) for kind in (0, 1))
    mib = torch.cuda.max_memory_allocated() / 2**20 if on_gpu else _peak() - before
    return {"wall": wall[len(wall) // 2], "work": work[len(work) // 2], "mib": mib}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(case: str, deterministic: bool, threads: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.determinism", case, str(int(deterministic)), str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    for case in CASES:
        plain = {threads: _apart(case, False, threads) for threads in (1, 2)}
        ordered = _apart(case, True, 2)
        for threads, found in plain.items():
            ratios = " ".join(f"{name} x{ordered[name] / found[name]:.2f}" for name in found)
            print(f"{case}, against {threads} threads: {ratios} (was {found['wall']:.3f} s)", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], sys.argv[2] == "1", int(sys.argv[3]))))
    else:
        main()
