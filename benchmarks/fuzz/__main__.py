"""Fuzz what artgen reads from strangers, and print what came of it. Run it with::

    python -m benchmarks.fuzz --minutes 30
    python -m benchmarks.fuzz --minutes 5 --what presets,recipes --seed 7
    python -m benchmarks.fuzz --again presets:123

An input is a sound one with one to six damages, and is tried in this process under a watchdog: a finding is whatever
ends in anything but a documented error and exit code, takes over 5 s or 1 GB, or prints what a terminal obeys. It is
written to ``--out`` with the command that makes it again. Exit code 1 if there was any.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.fuzz.cases import Finding, kept, tried
from benchmarks.fuzz.targets import NAMES, Target, make

_STUCK = 300
"""Seconds after which the process itself is given up: a library hangs where no watchdog is heard."""
_SHOWN = 3
"""Findings that are kept of those that fail alike."""


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1, help="in all, shared by the targets (default: 1)")
    parser.add_argument("--count", type=int, help="inputs for each target instead")
    parser.add_argument("--seed", type=int, default=1, help="other inputs (default: 1)")
    parser.add_argument("--what", default=",".join(NAMES), help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"), help="where findings are kept")
    parser.add_argument("--again", metavar="TARGET:SEED", help="try one input again, without the watchdog")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    given = _arguments(argv)
    os.environ.update(ARTGEN_OFFLINE="1", HF_HUB_OFFLINE="1", NO_COLOR="1", OMP_NUM_THREADS="1")
    warnings.simplefilter("ignore")  # Pillow's, about pictures that are damaged on purpose
    names = [name for name in given.what.split(",") if name]
    if unknown := [name for name in names if name not in NAMES]:
        print(f"there is no target {unknown[0]}; choose from {', '.join(NAMES)}", file=sys.stderr)
        return 2
    if given.again:
        return _again(given.again)
    out = given.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    rows, findings = [], 0
    for name in names:
        row, found = _fuzzed(name, given, 60 * given.minutes / len(names), out)
        rows.append(row)
        findings += found
    print(_table(rows))
    return 1 if findings else 0


def _fuzzed(name: str, given: argparse.Namespace, seconds: float, out: Path) -> tuple[list[str], int]:
    """The target's row of the table, and how many findings it had."""
    alike: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        target, began, count, slowest = make(name, Path(place)), time.monotonic(), 0, 0.0
        while (count < given.count) if given.count else (time.monotonic() - began < seconds):
            seed, start = given.seed * 10_000_000 + count, time.monotonic()
            faulthandler.dump_traceback_later(_STUCK, exit=True, file=sys.__stderr__ or 2)
            (out / "last.txt").write_text(f"{name}:{seed}\n")  # for the case that the process is given up
            finding = tried(name, target, seed, Path(place))
            faulthandler.cancel_dump_traceback_later()
            slowest = max(slowest, time.monotonic() - start)
            count += 1
            if finding:
                alike[finding.reason] += 1
                _tell(finding, alike[finding.reason], target, out)
    row = [name, str(count), str(sum(alike.values())), str(len(alike)), f"{slowest:.1f} s"]
    return row, sum(alike.values())


def _tell(finding: Finding, number: int, target: Target[Any], out: Path) -> None:
    if number <= _SHOWN:
        kept(finding, target, out)
        print(f"{finding.name}: {finding.reason}", flush=True)


def _again(name: str) -> int:
    """Without a watchdog and with the traceback that comes."""
    from benchmarks.fuzz.cases import built, damages

    kind, _, seed = name.partition(":")
    with tempfile.TemporaryDirectory() as place:
        target = make(kind, Path(place))
        os.chdir(place)
        target.attempt(built(target, int(seed), damages(int(seed))))
    print("nothing to find")
    return 0


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [["what", "inputs", "findings", "kinds", "slowest"], ["---"] * 5, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
