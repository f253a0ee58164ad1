"""Cells drawn by the workers of a Ray cluster that is already up: the extra ``artgen[ray]``.

What a cell needs goes there and what came of it comes back by content, so that no disk has to be shared. While a cell
is drawn its checkpoints come back, too: where its worker is lost, Ray runs it again, and it goes on from the last of
them. Which worker draws which cell is Ray's affair.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Any

from artgen.errors import InputError, one_line, shown
from artgen.files import read_bytes
from artgen.sweeps.drawing import DrawnCell, Job, draw
from artgen.sweeps.engines.contents import Files, files_in, written
from artgen.sweeps.engines.supply import Supply
from artgen.sweeps.record import CellOutcome
from artgen.version import own_version

INSTALL = 'pip install "artgen[ray]"'
MOST_LOSSES = 3
"""So often may the worker of a cell be lost before the cell is given up."""
MAX_INPUT = 1 << 28
"""Bytes of a file that is sent to the workers."""
KNOCK_SECONDS = 10
"""How long the cluster may take to answer at all."""
OFTEN = 1.0
"""Seconds between two looks for a new checkpoint."""


@dataclass(frozen=True)
class Parcel:
    """A job and all that its worker needs."""

    job: Job
    version: str
    """Of artgen, which must be the worker's, too: another may draw other pictures."""
    inputs: Mapping[str, Any]
    """References of the files that its preset names, by their paths as they stand there."""
    begun: Files = field(default_factory=dict)
    """What its folder holds already."""
    origin: Any = None
    """A reference of the files of the folder where it begins, if it begins anywhere."""


class Ray:
    """A cluster of Ray."""

    is_parallel = True

    def __init__(self, address: str | None = None, gpus: float = 0) -> None:
        """`address`: ``ray://HOST:PORT``, or ``HOST:PORT``; None: the cluster of this machine. `gpus`: of each cell."""
        self.address, self.gpus = address, gpus

    def draw(self, supply: Supply) -> Iterator[DrawnCell]:
        """See `Engine`; InputError if there is no cluster, or a file cannot be sent there.

        All of a list waits in the cluster, which may grow by it. Of jobs that depend on each other there are never more
        than it has CPUs for.
        """
        ray = _connected(self.address)
        store = _store(ray)
        task = ray.remote(_draw_there)
        sent: dict[str, Any] = {}
        waiting: dict[Any, Job] = {}
        try:
            while True:
                while len(waiting) < _places(ray, supply, waiting) and (job := supply.take()) is not None:
                    parcel = _parcel(ray, job, sent)
                    needs = {"num_cpus": job.threads, **({"num_gpus": self.gpus} if self.gpus else {})}
                    asked = task.options(name=job.name, max_retries=MOST_LOSSES - 1, **needs)
                    waiting[asked.remote(parcel, store)] = job
                if not waiting:
                    return
                # Now and then without a result, so that Ctrl-C is heard.
                for done in ray.wait(list(waiting), timeout=1)[0]:
                    ended = waiting.pop(done)
                    received = _received(ray, done, ended)
                    supply.ended(ended)
                    yield received
        finally:
            if waiting:
                _stop(ray, store, waiting)


def _places(ray: Any, supply: Supply, waiting: Mapping[Any, Job]) -> float:
    """How many jobs may be in the cluster: one at least."""
    most = supply.at_once or math.inf
    if not supply.depends:
        return most
    return max(
        1.0,
        min(
            most,
            float(ray.cluster_resources().get("CPU", 1)) // max((job.threads for job in waiting.values()), default=1),
        ),
    )


class CheckpointStore:
    """Of all cells, the files of their folders; one process of the cluster holds it."""

    def __init__(self) -> None:
        self._of: dict[str, Files] = {}

    def keep(self, name: str, files: Files) -> None:
        """Remember the files of a cell, all that there are."""
        self._of[name] = files

    def of(self, name: str) -> Files:
        """What is remembered of it."""
        return self._of.get(name, {})


def _store(ray: Any) -> Any:
    """The process that holds the checkpoints: on this machine where that can be, which is the last that may go."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    return ray.remote(CheckpointStore).options(num_cpus=0, scheduling_strategy=here).remote()


def _connected(address: str | None) -> Any:
    """Ray, connected; InputError, in one line, if that cannot be."""
    if find_spec("ray") is None:
        raise InputError(f"--engine ray: needs Ray; {INSTALL}")
    import ray

    if not ray.is_initialized():
        before = signal.getsignal(signal.SIGTERM)
        try:
            _knock(address)
            ray.init(address=address or "auto", log_to_driver=False, logging_level=40, configure_logging=False)
        except Exception as error:
            where = f"no cluster answers at {address}" if address else "no cluster is up on this machine"
            advice = "start one with `ray start --head`, or give the --address of one"
            raise InputError(f"--engine ray: {where} ({one_line(error)}); {advice}") from None
        finally:
            # Ray has its own, which would end the program without what is under way being stopped.
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, before)
    return ray


def _knock(address: str | None) -> None:
    """OSError if nobody answers at HOST:PORT; Ray itself would try for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), KNOCK_SECONDS).close()


def _parcel(ray: Any, job: Job, sent: dict[str, Any]) -> Parcel:
    """A job with all that it needs; the files of a folder from which several begin are sent once."""
    if job.begins and job.begins not in sent:
        sent[job.begins] = ray.put(files_in(Path(job.begins)))
    inputs, origin = _sent(ray, job, sent), sent[job.begins] if job.begins else None
    return Parcel(job, own_version(), inputs, files_in(Path(job.folder)), origin)


def _sent(ray: Any, job: Job, sent: dict[str, Any]) -> dict[str, Any]:
    """References of the files that a job's preset names; each file is sent once."""
    for path in job.inputs:
        if path not in sent:
            sent[path] = ray.put(read_bytes(Path(path), MAX_INPUT, "file to be sent to the workers"))
    return {path: sent[path] for path in job.inputs}


def _received(ray: Any, done: Any, job: Job) -> DrawnCell:
    try:
        drawn, files = ray.get(done)
        written(Path(job.folder), files)
    except ray.exceptions.RayTaskError as error:
        return DrawnCell(job.name, "failed", CellOutcome(reason=one_line(error.cause, 1000)))
    except ray.exceptions.RayError as error:
        lost = f"its worker was lost {MOST_LOSSES} times ({one_line(error)})"
        return DrawnCell(job.name, "failed", CellOutcome(reason=lost))
    except OSError as error:
        return DrawnCell(job.name, "failed", CellOutcome(reason=f"could not be written ({error.strerror or error})"))
    return drawn  # type: ignore[no-any-return]


def _stop(ray: Any, store: Any, waiting: Mapping[Any, Job]) -> None:
    """End what is under way, and keep its checkpoints for going on."""
    for ref in waiting:
        with contextlib.suppress(Exception):
            ray.cancel(ref, force=True)
    for job in waiting.values():
        with contextlib.suppress(Exception):  # the cluster may be what has failed
            if files := ray.get(store.of.remote(job.name), timeout=10):
                written(Path(job.folder), files)


def _draw_there(parcel: Parcel, store: Any) -> tuple[DrawnCell, Files]:
    """Run by a worker: draw a cell in a folder of its own, and give what is then in it."""
    import ray

    if own_version() != parcel.version:
        raise InputError(f"the worker has artgen {own_version()}, and the sweep {parcel.version}; install the same")
    job, before = parcel.job, Path.cwd()
    begun = _last(store, job.name) or parcel.begun
    with tempfile.TemporaryDirectory(prefix="artgen-") as home:
        place = _furnished(Path(home), {path: ray.get(one) for path, one in parcel.inputs.items()})
        folder = place / "cell" if Path(job.folder).is_absolute() else Path(job.folder)
        origin = Path(home) / "origin"
        try:
            os.chdir(place)
            if begun:
                written(folder, begun)
            files: Files = ray.get(parcel.origin) if parcel.origin is not None else {}
            if files:
                written(origin, files)
            with _telling(job.name, folder, store):
                drawn = draw(replace(job, folder=str(folder), begins=job.begins and str(origin)))
            return drawn, files_in(folder)
        finally:
            os.chdir(before)


def _last(store: Any, name: str) -> Files:
    """The last checkpoint of a cell that another worker has drawn before; without the store it begins anew."""
    import ray
    from ray.exceptions import RayActorError

    try:
        found: Files = ray.get(store.of.remote(name))
    except RayActorError:
        return {}
    return found


def _furnished(home: Path, inputs: Mapping[str, bytes]) -> Path:
    """A folder from which the paths lead to these files, as they did where the sweep was begun.

    InputError if one cannot be had there.
    """
    up = max((PurePath(path).parts.count("..") for path in inputs), default=0)
    place = home.joinpath(*["below"] * (up + 1))
    place.mkdir(parents=True)
    for path, content in inputs.items():
        there = place / path
        if PurePath(path).is_absolute():
            if not there.is_file() or there.read_bytes() != content:
                raise InputError(f"{shown(path)}: is not on the worker; name it by a path from the current folder")
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(content)
    return place


@contextlib.contextmanager
def _telling(name: str, folder: Path, store: Any) -> Iterator[None]:
    """Inside, the `store` is sent what is in the folder, whenever there is a new checkpoint or frame."""
    ended, told = threading.Event(), set[str]()

    def look() -> None:
        while not ended.wait(OFTEN):
            there = {str(path) for path in (*folder.glob("checkpoint-*.pt"), *folder.glob("frames/*.png"))}
            if there - told:
                told.update(there)
                store.keep.remote(name, files_in(folder))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
