"""Begin the processes that try a preset out, and take what they tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from artgen.errors import InputError, RunError
from artgen.files import read_text, write_text
from artgen.planning import keeping
from artgen.planning.calibration import Calibration, merged
from artgen.planning.exchange import ANSWER, MAX_BYTES, REQUEST, TrialAnswer, TrialRequest
from artgen.preset.model import Preset
from artgen.preset.needs import specs
from artgen.registry.local import MODULES

Clock = Literal["wall", "processor"]


def calibration(
    preset: Preset,
    threads: int,
    *,
    at_once: int = 1,
    again: bool = False,
    fresh: bool = False,
    clock: Clock = "wall",
    note: Callable[[str], None] = print,
) -> Calibration:
    """What a trial of the preset measures, or has measured on this machine before.

    Args:
        preset: what to try; everything that it downloads is here.
        threads: with how many it is drawn.
        at_once: how many processes try it out side by side, as those of a sweep draw.
        again: whether to build it a second time, as for the next cell of a sweep.
        fresh: whether to measure anew what is known.
        clock: what time is told by.
        note: told one line where it cannot be kept.

    Raises:
        InputError: if the preset cannot be built.
        RunError: if the trial fails or is killed.
    """
    key = keeping.key_of(preset, threads, at_once, again, clock)
    known = None if fresh else keeping.recalled(key)
    if known is None:
        known = _measured(preset, threads, at_once, again, clock)
        keeping.keep(key, known, note)
    return known


def _measured(preset: Preset, threads: int, at_once: int, again: bool, clock: Clock) -> Calibration:
    told = preset.model_copy(update={"seed": preset.seed or 0, "reporters": (), "auto_stop": None})
    request = TrialRequest(
        preset=told.resolved(), plugins=_plugins(preset), threads=threads, again=again, clock=clock, began=0
    )
    with ExitStack() as stack:
        trials = []
        for _ in range(at_once):
            home = tempfile.TemporaryDirectory(prefix="artgen-", ignore_cleanup_errors=True)
            trials.append(_Trial(Path(stack.enter_context(home)), request))
            stack.callback(trials[-1].stop)
        return merged([trial.answer(clock) for trial in trials])


class _Trial:
    """A process that tries the preset out."""

    def __init__(self, folder: Path, request: TrialRequest) -> None:
        self._folder = folder
        write_text(folder / REQUEST, request.model_copy(update={"began": time.time()}).model_dump_json())
        # -P: what lies in the current folder shall not stand in for a library. Nothing is downloaded to be measured.
        command = [sys.executable, "-P", "-m", "artgen.planning.probe", str(folder)]
        importable = os.pathsep.join(folder for folder in sys.path if folder)
        environment = {**os.environ, "PYTHONPATH": importable, "ARTGEN_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )

    def answer(self, clock: Clock) -> Calibration:
        """What it has measured."""
        _, said = self._process.communicate()
        ended, code = time.time(), self._process.returncode
        if code < 0:
            name = signal.Signals(-code).name if -code in signal.valid_signals() else str(-code)
            short = ", maybe for want of memory" if name == "SIGKILL" else ""
            raise RunError(f"the trial of the preset was ended by {name}{short}")
        try:
            answer = TrialAnswer.model_validate_json(read_text(self._folder / ANSWER, MAX_BYTES, "answer"))
        except (InputError, ValidationError):
            last = next((line for line in reversed(said.splitlines()) if line.strip()), f"exit code {code}")
            raise RunError(f"the trial of the preset failed ({last.strip()[:300]})") from None
        if answer.calibration is None:
            raise (InputError if answer.wrong else RunError)(answer.reason)
        found = answer.calibration
        if clock == "processor":
            return found
        return found.model_copy(update={"start": found.start + max(0.0, ended - answer.ended)})

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def _plugins(preset: Preset) -> tuple[Path, ...]:
    """The files that were handed over as plugins and offer its components; a program is none, and not run again."""
    modules = dict.fromkeys(type(spec).__module__ for spec in specs(preset))
    files = (getattr(sys.modules[name], "__file__", None) for name in modules if name.startswith(MODULES))
    return tuple(Path(file) for file in files if file)
