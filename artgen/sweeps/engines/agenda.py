"""In which order jobs are begun: each after the one whose steps are its first ones."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from artgen.sweeps.drawing import Job


class Agenda:
    """Jobs that wait. Shared steps come first, for others wait for them, then the longest, so that all end together."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        ordered = sorted(jobs, key=lambda job: (job.first_steps is None, -job.work))
        shared = {job.folder for job in ordered if job.first_steps is not None}
        self._ready: deque[Job] = deque()
        self._held: defaultdict[str, list[Job]] = defaultdict(list)
        """Those that wait for another, by its folder."""
        for job in ordered:
            if job.begins in shared:
                self._held[job.begins].append(job)
            else:
                self._ready.append(job)

    def __len__(self) -> int:
        return len(self._ready) + sum(map(len, self._held.values()))

    def take(self) -> Job | None:
        """The next that can be begun; None if all that there are wait for one that has not ended."""
        return self._ready.popleft() if self._ready else None

    def again(self, job: Job) -> None:
        """Take one back that came to no end."""
        self._ready.append(job)

    def ended(self, job: Job) -> None:
        """What waited for that one, however it ended, can be begun."""
        self._ready.extendleft(reversed(self._held.pop(job.folder, [])))
