"""A program of its own that tries a preset out: ``python -m artgen.planning.probe FOLDER``.

A process of its own, because what a process has once taken of memory cannot be told from what it takes anew, and so
that one that is killed for want of memory ends nothing else. It reads a `TrialRequest` from the folder, works there,
and leaves a `TrialAnswer`.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from artgen.engine import reuse
from artgen.engine.determinism import threads
from artgen.engine.devices import pick_device
from artgen.errors import ArtgenError, InputError, is_out_of_memory, one_line
from artgen.files import read_text, write_text
from artgen.planning import film_trial, trial
from artgen.planning.calibration import Calibration
from artgen.planning.exchange import ANSWER, MAX_BYTES, REQUEST, TrialAnswer, TrialRequest
from artgen.planning.meters import CLOCKS, Meter
from artgen.preset.loading import parse
from artgen.registry import local
from artgen.reporters.terminal import LiveProgress as LiveProgress  # as `artgen run` does, for as long a start


def main(folder: Path) -> None:
    """Measure, and leave what came of it, or why nothing did."""
    _give_way()
    request = TrialRequest.model_validate_json(read_text(folder / REQUEST, MAX_BYTES, "request"))
    try:
        answer = TrialAnswer(calibration=_calibrated(request, folder))
    except ArtgenError as error:
        answer = TrialAnswer(reason=one_line(error, 500), wrong=isinstance(error, InputError))
    except Exception as error:  # a plugin's
        short = "out of memory" if is_out_of_memory(error) else one_line(error, 500, kind=True)
        answer = TrialAnswer(reason=short)
    write_text(folder / ANSWER, answer.model_copy(update={"ended": time.time()}).model_dump_json())


def _calibrated(request: TrialRequest, folder: Path) -> Calibration:
    for file in request.plugins:
        local.add(file)
    preset = parse(request.preset)
    meter = Meter(pick_device(preset.device), request.clock)
    begun = CLOCKS[request.clock]() if request.clock == "processor" else time.time() - request.began
    kept = reuse.keeping_perceptors() if request.again else contextlib.nullcontext()
    with threads(request.threads), kept:
        if preset.film is not None:
            found = film_trial.tried(preset, folder, meter)
        else:
            found = trial.tried(preset, folder, meter, request.again)
    return found.model_copy(update={"start": max(0.0, begun)})


def _give_way() -> None:
    """Where memory runs out, Linux shall end this process before any other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
