"""Cells drawn by the jobs of a SLURM cluster, whose disk is shared: the extra ``artgen[slurm]``, by submitit.

A job that is pre-empted is queued again, and its cell goes on from its last checkpoint.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from artgen.errors import InputError, one_line, shown
from artgen.sweeps.drawing import DrawnCell, Job, draw
from artgen.sweeps.engines.agenda import Agenda
from artgen.sweeps.record import CellOutcome

INSTALL = 'pip install "artgen[slurm]"'
MINUTES = 240
"""How long a cell may take, where the parameters do not say it."""


class Slurm:
    """A cluster's queue."""

    def __init__(self, logs: Path, parameters: Mapping[str, Any], cluster: str = "slurm") -> None:
        """Of a queue.

        Args:
            logs: the folder for what submitit writes; all nodes must see it.
            parameters: as submitit's executors take them: ``slurm_partition``, ``timeout_min``, ``gpus_per_node``.
            cluster: ``slurm``, or ``local``: processes of this machine, to try it out.
        """
        self.logs, self.parameters, self.cluster = logs, parameters, cluster

    def draw(self, jobs: Sequence[Job]) -> Iterator[DrawnCell]:
        """See `Engine`; InputError if nothing can be queued here."""
        submitit, waiting = _library(), Agenda(jobs)
        queued: dict[int, tuple[Any, Job]] = {}
        try:
            executor = submitit.AutoExecutor(folder=str(self.logs), cluster=self.cluster)
            threads = max((job.threads for job in jobs), default=1)
            executor.update_parameters(**{"timeout_min": MINUTES, "cpus_per_task": threads, **self.parameters})
        except Exception as error:
            raise _unqueued(error) from None
        try:
            while waiting or queued:
                _queue(executor, waiting, queued)
                for done in submitit.helpers.as_completed([one for one, _ in queued.values()], poll_frequency=1):
                    _, job = queued.pop(id(done))
                    waiting.ended(job)
                    yield _received(done, job)
                    if job.first_steps is not None:
                        break  # what waited for it is queued, too
        finally:
            for one, _ in queued.values():
                with contextlib.suppress(Exception):  # it may just have ended
                    one.cancel(check=False)


def _queue(executor: Any, waiting: Agenda, queued: dict[int, tuple[Any, Job]]) -> None:
    """Queue all that can be begun, as an array."""
    jobs = list(iter(waiting.take, None))
    try:
        made = executor.map_array(Draw(), jobs) if jobs else []
    except Exception as error:
        raise _unqueued(error) from None
    queued |= {id(one): (one, job) for one, job in zip(made, jobs, strict=True)}


def _unqueued(error: Exception) -> InputError:
    """What submitit, and the commands that it calls, have to say."""
    return InputError(f"--engine slurm: nothing could be queued ({one_line(error)})")


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
