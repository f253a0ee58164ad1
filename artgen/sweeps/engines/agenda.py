"""In which order jobs are begun: each after the one whose steps are its first ones."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from artgen.sweeps.drawing import Job


class Agenda:
    """A `Supply` of jobs that are all known before the first is drawn."""

    depends = False
    at_once: int | None = None

    def __init__(self, jobs: Iterable[Job], is_parallel: bool) -> None:
        """In their order; where several are drawn at once, shared steps come first, for others wait for them.

        Then come the longest, so that all end together.
        """
        ordered = sorted(jobs, key=lambda job: (job.first_steps is None, -job.work)) if is_parallel else list(jobs)
        shared = {job.folder for job in ordered if job.first_steps is not None}
        self._ready: deque[Job] = deque()
        self._held: defaultdict[str, list[Job]] = defaultdict(list)
        """Those that wait for another, by its folder."""
        for job in ordered:
            if job.begins in shared:
                self._held[job.begins].append(job)
            else:
                self._ready.append(job)

    def take(self) -> Job | None:
        """See `Supply`; None also if all that there are wait for one that has not ended."""
        return self._ready.popleft() if self._ready else None

    def ended(self, job: Job) -> None:
        """See `Supply`; what waited for that one can be begun."""
        self._ready.extendleft(reversed(self._held.pop(job.folder, [])))
