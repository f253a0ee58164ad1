"""Runs the probe, and again without what it crashed on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SECONDS = 120
"""After which an import has hung."""


@dataclass(frozen=True)
class ProbeResult:
    """What came of one task: its data, or in one line what went wrong."""

    data: Any = None
    error: str | None = None


def run(tasks: Sequence[str], seconds: float = SECONDS) -> dict[str, ProbeResult]:
    """The outcome of each task of `artgen.doctor.probe`."""
    found: dict[str, ProbeResult] = {}
    while left := [task for task in tasks if task not in found]:
        answers, end = _attempt(left, seconds)
        found |= answers
        culprit = next((task for task in left if task not in found), None)
        if culprit:
            found[culprit] = ProbeResult(error=end)
    return found


def _attempt(tasks: Sequence[str], seconds: float) -> tuple[dict[str, ProbeResult], str]:
    """The answers that came, and how the process ended."""
    # -P: a file in this folder that is called as a library must not be taken for it.
    command = [sys.executable, "-P", "-m", "artgen.doctor.probe", *tasks]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        return _answers(error.stdout or b""), f"does not finish in {seconds:.0f} seconds"
    return _answers(done.stdout), _end(done)


def _answers(output: bytes) -> dict[str, ProbeResult]:
    found = {}
    for line in output.decode(errors="replace").splitlines():
        try:
            answer = json.loads(line)
            found[answer["task"]] = ProbeResult(answer.get("data"), answer.get("error"))
        except (ValueError, TypeError, LookupError):
            continue  # cut off, or printed below Python by a library
    return found


def _end(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode < 0:
        return f"crashes Python ({signal.Signals(-done.returncode).name})"
    last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    return f"ends Python with exit code {done.returncode} ({last[:160]})"
