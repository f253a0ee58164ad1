"""The faults: each is a function of a place that raises Lost for what must not happen."""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.place import PRESET, Lost, Place, Skip, ended, limited, mounted, powerless, whole

Fault = Callable[[Place], None]
_BACK = (
    "import time; t = time.time; n = [0]\ndef clock():\n n[0] += 1\n return t() - 3e8 * (n[0] > 20)\ntime.time = clock"
)


def _disk(place: Place, size: str) -> None:
    with mounted(place.folder / "mnt", f"size={size}") as disk:
        place.run("run", "p.yaml", "--out", disk / "run", "--checkpoint", "1")
        whole(disk)


def _read_only(place: Place) -> None:
    with mounted(place.folder / "mnt", "size=1m,ro") as disk:
        for command in (
            ("run", "p.yaml", "--out", disk / "run"),
            ("export", place.straight, disk / "x.webp"),
            ("new", "filter", "mine", "--out", disk / "new"),
            ("views", "p.yaml", "--out", disk / "v.png"),
            ("diff", "straight", "straight/image.png", "--out", disk / "d.png"),
        ):
            if place.run(*command).code == 0:
                raise Lost(f"{command[0]} wrote where nothing can be written")


def _forbidden(place: Place) -> None:
    if os.geteuid() != 0:
        raise Skip("needs root, to take its rights away")
    locked = place.folder / "locked"
    shutil.copytree(place.straight, locked / "run", dirs_exist_ok=True)
    shutil.copy(place.folder / "p.yaml", locked)
    locked.chmod(0)
    try:
        for command in (
            ("check", "locked/p.yaml"),
            ("run", "locked/p.yaml"),
            ("run", "p.yaml", "--out", "locked/out"),
            ("run", "--resume", "locked/run"),
            ("replay", "locked/run"),
            ("diff", "locked/run", "straight"),
            ("export", "locked/run", "x.webp"),
            ("views", "locked/p.yaml", "--out", "x.png"),
            ("score", "locked/run/image.png", "a cat", "a dog"),
            ("search", "a cat", "locked"),
            ("gallery", "build", "--gallery", "locked"),
            ("gallery", "add", "locked/run"),
        ):
            if place.run(*command, before=powerless).code == 0:
                raise Lost(f"{' '.join(map(str, command[:2]))} succeeds without permission")
    finally:
        locked.chmod(0o755)
        shutil.rmtree(locked)


def _signal(place: Place, number: signal.Signals) -> None:
    out = place.folder / f"out-{number.name}"
    process = place.start("run", "p.yaml", "--out", out, "--checkpoint", "1", "--set", "steps=40", prelude=_slowed())
    _wait(lambda: any(out.glob("checkpoint-*")), process)
    process.send_signal(number)
    ended(process, (130, 128 + number, -number, 1, 2, 0))
    _resumed(place, out)


def _slowed() -> str:
    """Python that makes each step take a moment, so that there is time for a fault."""
    return (
        "import time, artgen.engine.loop as loop; step = loop.take_step\n"
        "def slow(*a):\n time.sleep(0.05)\n return step(*a)\n"
        "loop.take_step = slow"
    )


def _wait(there: Callable[[], bool], process: object = None, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            raise Lost("the run did not begin")
        time.sleep(0.01)


def _resumed(place: Place, out: Path) -> None:
    if (out / "run.json").exists() or any(out.glob("checkpoint-*")):
        place.run("run", "--resume", out)
    place.same(out)


def _kills(place: Place) -> None:
    """Killed at growing moments, and resumed each time."""
    out = place.folder / "killed"
    process = place.start("run", "p.yaml", "--out", out, "--checkpoint", "1", prelude=_slowed())
    _wait(lambda: any(out.glob("checkpoint-*")))
    for wait in (0.0, 0.13, 0.31, 0.57):
        time.sleep(wait)
        process.kill()
        process.communicate()
        process = place.start("run", "--resume", out, "--checkpoint", "1", prelude=_slowed())
        time.sleep(2.5)
    ended(process)
    _resumed(place, out)


def _limit(place: Place, kind: int, most: int) -> None:
    out = place.folder / f"limit-{kind}-{most}"
    place.run("run", "p.yaml", "--out", out, "--checkpoint", "5", before=limited({kind: most}))
    whole(out)


def _clock(place: Place) -> None:
    out = place.folder / "clock"
    if place.run("run", "p.yaml", "--out", out, prelude=_BACK).code:
        raise Lost("the run ended when the clock went back")
    place.same(out)


def _two(place: Place) -> None:
    """Two starts at once into one folder: one owns it, the other says so; its picture is whole."""
    out = place.folder / "both"
    processes = [place.start("run", "p.yaml", "--out", out, "--seed", seed) for seed in (3, 9)]
    codes = [ended(process).code for process in processes]
    if codes.count(0) != 1:
        raise Lost(f"{codes.count(0)} of two say that the folder is theirs")
    whole(out)
    seeds = sorted(path.name for path in (out / "batch").glob("*.png"))
    if len(seeds) != 2:
        raise Lost(f"the batch has {len(seeds)} pictures of 2")


def _input_gone(place: Place) -> None:
    """The picture that the run began with is deleted while it goes on."""
    out, photo = place.folder / "gone", place.folder / "photo.png"
    kept = photo.read_bytes()
    process = place.start("run", "p.yaml", "--out", out, "--checkpoint", "1", prelude=_slowed())
    _wait(lambda: any(out.glob("checkpoint-*")))
    photo.unlink()
    try:
        if ended(process).code:
            raise Lost("the run does not end without a file that it has read already")
    finally:
        photo.write_bytes(kept)
    place.same(out)


def _folder_replaced(place: Place) -> None:
    out = place.folder / "replaced"
    process = place.start("run", "p.yaml", "--out", out, prelude=_slowed())
    _wait(lambda: (out / "run.json").exists())
    shutil.rmtree(out)
    out.write_text("a file")
    ended(process)


def _output_full(place: Place) -> None:
    if not Path("/dev/full").exists():
        raise Skip("has no /dev/full")
    for command in (("presets",), ("check", "p.yaml", "--resolved"), ("plugins",)):
        with Path("/dev/full").open("w") as full:
            ended(place.start(*command, stdout=full.fileno()), (0, 1, 2, 120))


def _encoding(place: Place) -> None:
    (place.folder / "é.yaml").write_text(PRESET + "about: 'Ümlaut 🎨'\n", encoding="utf-8")
    for command in (("presets",), ("check", "é.yaml", "--resolved"), ("diff", "straight", "é.yaml"), ("plugins",)):
        for encoding in ("ascii", "latin-1"):
            if place.run(*command, PYTHONIOENCODING=encoding).code == 2:
                raise Lost(f"{command[0]} fails in {encoding}")


def _homeless(place: Place) -> None:
    for home in ("/nonexistent", "/dev/null", ""):
        if place.run("check", "p.yaml", HOME=home, ARTGEN_CACHE=f"{home}/cache").code:
            raise Lost(f"check needs a home ({home!r})")


@contextlib.contextmanager
def _silent() -> Iterator[str]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    kept.append(server.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for connection in kept:
            connection.close()


def _hub(place: Place) -> None:
    """The hub never answers: about 30 s, with a sign of life, and one line at the end."""
    with _silent() as address:
        online = {"HF_ENDPOINT": address, "ARTGEN_OFFLINE": "", "HF_HUB_OFFLINE": "", "HF_HUB_CACHE": "hub"}
        began = time.monotonic()
        vqgan = ("--set", "generator={type: vqgan, model: owner/name}", "--set", "start=null")
        said = place.run("run", "p.yaml", "--out", "hub-run", *vqgan, **online)
        if said.code != 2 or said.err.count("still waiting for") < 3 or time.monotonic() - began > 60:
            raise Lost(f"{time.monotonic() - began:.0f} s, exit code {said.code}")


def faults() -> dict[str, Fault]:
    """By what the table calls them."""
    found: dict[str, Fault] = {
        f"disk full at {size}": functools.partial(_disk, size=size) for size in ("8k", "64k", "300k", "1m")
    }
    found |= {"read-only file system": _read_only, "no permission": _forbidden}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        found[f"{number.name} in a run"] = functools.partial(_signal, number=number)
    found |= {"killed four times": _kills, "clock back ten years": _clock, "two into one folder": _two}
    for name, kind, values in (
        ("open files", resource.RLIMIT_NOFILE, (64, 16)),
        ("size of a file", resource.RLIMIT_FSIZE, (20_000, 1000)),
    ):
        found |= {f"limit {most}: {name}": functools.partial(_limit, kind=kind, most=most) for most in values}
    found |= {
        "input deleted in a run": _input_gone,
        "folder replaced by a file": _folder_replaced,
        "output to a full device": _output_full,
        "output that is not UTF-8": _encoding,
        "no home": _homeless,
        "hub that never answers": _hub,
    }
    return found
