"""Cells drawn by the jobs of a SLURM cluster, whose disk is shared: the extra ``artgen[slurm]``, by submitit.

A job that is pre-empted is queued again, and its cell goes on from its last checkpoint.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from artgen.errors import InputError, one_line, shown
from artgen.sweeps.drawing import DrawnCell, Job, draw
from artgen.sweeps.engines.supply import Supply
from artgen.sweeps.record import CellOutcome

INSTALL = 'pip install "artgen[slurm]"'
AT_ONCE = 8
"""How many jobs are queued at once, of those that depend on each other."""
POLL_SECONDS = 1.0
MINUTES = 240
"""How long a cell may take, where the parameters do not say it."""


class Slurm:
    """A cluster's queue."""

    is_parallel = True

    def __init__(self, logs: Path, parameters: Mapping[str, Any], cluster: str = "slurm") -> None:
        """Of a queue.

        Args:
            logs: the folder for what submitit writes; all nodes must see it.
            parameters: as submitit's executors take them: ``slurm_partition``, ``timeout_min``, ``gpus_per_node``.
            cluster: ``slurm``, or ``local``: processes of this machine, to try it out.
        """
        self.logs, self.parameters, self.cluster = logs, parameters, cluster

    def draw(self, supply: Supply) -> Iterator[DrawnCell]:
        """See `Engine`; InputError if nothing can be queued here.

        A list is queued as one array, and what waits for shared steps as another one when these have ended. Jobs that
        depend on each other are queued one by one, `AT_ONCE` together where the supply does not say how many.
        """
        submitit = _library()
        queued: dict[Any, Job] = {}
        most = (supply.at_once or AT_ONCE) if supply.depends else math.inf
        try:
            while True:
                taken = list(_taken(supply, most - len(queued)))
                queued |= self._queued(submitit, taken)
                if not queued:
                    return
                for done in _ended(queued):
                    job = queued.pop(done)
                    supply.ended(job)
                    yield _received(done, job)
        finally:
            for one in queued:
                with contextlib.suppress(Exception):  # it may just have ended
                    one.cancel(check=False)

    def _queued(self, submitit: Any, jobs: Sequence[Job]) -> dict[Any, Job]:
        """The jobs, by what submitit has of them in the queue."""
        if not jobs:
            return {}
        try:
            executor = submitit.AutoExecutor(folder=str(self.logs), cluster=self.cluster)
            threads = max(job.threads for job in jobs)
            executor.update_parameters(**{"timeout_min": MINUTES, "cpus_per_task": threads, **self.parameters})
            return dict(zip(executor.map_array(Draw(), jobs), jobs, strict=True))
        except Exception as error:  # what submitit, and the commands that it calls, have to say
            raise InputError(f"--engine slurm: nothing could be queued ({one_line(error)})") from None


def _taken(supply: Supply, most: float) -> Iterator[Job]:
    """What there is now, at most so many."""
    while most >= 1 and (job := supply.take()) is not None:
        most -= 1
        yield job


def _ended(queued: Mapping[Any, Job]) -> list[Any]:
    """Those that have ended; waits for one."""
    while not (ended := [one for one in queued if one.done()]):
        time.sleep(POLL_SECONDS)
    return ended


class Draw:
    """What a job of the cluster calls."""

    def __call__(self, job: Job) -> DrawnCell:
        """Draw a cell, or go on with it."""
        return draw(job)

    def checkpoint(self, job: Job) -> Any:
        """What submitit queues in the place of a job that is pre-empted: the same, which goes on in its folder."""
        return _library().helpers.DelayedSubmission(self, job)


def read_parameters(texts: Sequence[str]) -> dict[str, Any]:
    """What several ``key=value`` say, whole numbers as such; InputError if one is none."""
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (equals and key.isidentifier()):
            raise InputError(f"--slurm {shown(text, 80)}: expected a parameter of submitit, such as timeout_min=60")
        found[key] = int(value) if value.isdecimal() and len(value) < 10 else value
    return found


def _library() -> Any:
    if find_spec("submitit") is None:
        raise InputError(f"--engine slurm: needs submitit; {INSTALL}")
    import submitit

    return submitit


def _received(done: Any, job: Job) -> DrawnCell:
    try:
        drawn: DrawnCell = done.result()
    except Exception as error:  # it was killed, or ran out of its time or its memory
        return DrawnCell(
            job.name, "failed", CellOutcome(reason=f"its job {done.job_id} failed ({one_line(error, 300)})")
        )
    return drawn
