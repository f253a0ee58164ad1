"""Cells drawn by processes of this machine, which keep their models from one cell to the next."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Container, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess

from artgen.sweeps.drawing import DrawnCell, Job, draw
from artgen.sweeps.engines.supply import Supply
from artgen.sweeps.record import CellOutcome

MOST_DEATHS = 2
"""So often may the process that draws a cell be killed before the cell is given up."""
KILLED = "the process that drew it was killed, maybe for want of memory; draw fewer at once with --jobs 1"


class Local:
    """So many processes, each with its share of the machine."""

    is_parallel = True

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def draw(self, supply: Supply) -> Iterator[DrawnCell]:
        """See `Engine`."""
        waiting = _Waiting(supply)
        deaths: Counter[str] = Counter()
        while waiting:
            yield from self._until_broken(waiting, deaths)

    def _until_broken(self, waiting: _Waiting, deaths: Counter[str]) -> Iterator[DrawnCell]:
        """Draw until nothing is `waiting`, or a process was killed; what it drew is then waiting again."""
        running: dict[Future[DrawnCell], Job] = {}
        others = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.processes, context, initializer=_begin)
        try:
            while running or waiting:
                # No more than can be begun at once: what has been handed over cannot be taken back.
                while len(running) < self.processes and waiting:
                    running[pool.submit(draw, waiting.first)] = waiting.first
                    waiting.remove_first()
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    result = done.result()
                    waiting.ended(running[done])
                    yield result
                    del running[done]
        except BrokenProcessPool:
            for job in running.values():
                deaths[job.name] += 1
                if deaths[job.name] < MOST_DEATHS:
                    waiting.add(job)
                else:
                    waiting.ended(job)
                    yield DrawnCell(job.name, "failed", CellOutcome(reason=KILLED))
        finally:
            if running:
                _stop(others)
            pool.shutdown(wait=True, cancel_futures=True)


class _Waiting:
    """What is to be drawn next: what a killed process has left, then what the supply has."""

    def __init__(self, supply: Supply) -> None:
        self._supply = supply
        self._jobs: deque[Job] = deque()

    def __bool__(self) -> bool:
        """Whether there is anything now, for which the supply may be asked."""
        if not self._jobs and (job := self._supply.take()) is not None:
            self._jobs.append(job)
        return bool(self._jobs)

    @property
    def first(self) -> Job:
        return self._jobs[0]

    def remove_first(self) -> None:
        self._jobs.popleft()

    def add(self, job: Job) -> None:
        self._jobs.append(job)

    def ended(self, job: Job) -> None:
        self._supply.ended(job)


def _stop(others: Container[BaseProcess]) -> None:
    """Let the processes end, each after its step, with a checkpoint; not those that somebody else has begun."""
    for process in multiprocessing.active_children():
        if process not in others:
            process.terminate()


def _begin() -> None:
    """What a process does first."""
    from artgen.engine import reuse

    # A terminal sends Ctrl-C to all; what it means to a cell is for the process at the terminal to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()
    _KEPT.enter_context(reuse.keeping_perceptors())


_KEPT = contextlib.ExitStack()


def _follow() -> None:
    """End with the process that began this one, however it ends: nobody else would hear of what is drawn here."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        if threading.main_thread().is_alive():
            os.kill(os.getpid(), signal.SIGTERM)
