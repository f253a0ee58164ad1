"""A folder with a preset and a picture, the command in processes of their own, and what a fault may leave behind."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PRESET = """\
seed: 3
size: [16, 16]
steps: 40
batch: 2
generator: {type: pixel, grid: [8, 8]}
start: photo.png
losses: [{type: smoothness}, {type: saturation}]
"""
SECONDS = 120
_WITHOUT_PERMISSION = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root read and write anything."""
_DROP_CAPABILITY = 24


class Skip(Exception):
    """This machine cannot have the fault; its text says why."""


class Lost(Exception):
    """What the fault cost that it may not cost."""


@dataclass(frozen=True)
class Ended:
    """A command that came to its end."""

    code: int
    out: str
    err: str


class Place:
    """Where the faults happen."""

    def __init__(self, folder: Path) -> None:
        from PIL import Image

        self.folder = folder
        (folder / "p.yaml").write_text(PRESET)
        Image.linear_gradient("L").convert("RGB").resize((16, 16)).save(folder / "photo.png")
        self.straight = folder / "straight"
        if self.run("run", "p.yaml", "--out", self.straight).code:
            raise RuntimeError("the preset does not run")

    def start(
        self,
        *arguments: object,
        prelude: str = "",
        before: Callable[[], None] | None = None,
        stdout: int = subprocess.PIPE,
        **variables: str,
    ) -> subprocess.Popen[str]:
        """``artgen`` in a new process; `prelude` is Python that it runs first, `before` runs in the process itself."""
        program = f"import sys; {prelude or 'pass'}\nfrom artgen.cli import main; sys.exit(main(sys.argv[1:]))"
        path = os.pathsep.join(entry for entry in sys.path if entry)
        environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "ARTGEN_OFFLINE": "1", **variables}
        return subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            preexec_fn=before,
        )

    def run(self, *arguments: object, **options: object) -> Ended:
        """`start`, and wait; Lost for a traceback, a hang or a code that is not documented."""
        return ended(self.start(*arguments, **options))  # type: ignore[arg-type]

    def content(self, folder: Path) -> dict[str, bytes]:
        """Every file of a run but the hidden ones."""
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    def same(self, folder: Path) -> None:
        """Lost unless the run in `folder` came to what an undisturbed one comes to."""
        one, other = self.content(self.straight), self.content(folder)
        if different := [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]:
            raise Lost(f"{min(different)} is another than without the fault")


def ended(process: subprocess.Popen[str], codes: Sequence[int] = (0, 1, 2, 130)) -> Ended:
    """What came of it; Lost for a traceback, a hang, or an exit code that is not documented."""
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Lost(f"no end within {SECONDS} s") from None
    if "Traceback (most recent call last)" in err:
        raise Lost(f"a traceback: {err.strip().splitlines()[-1][:100]}")
    if process.returncode not in codes:
        raise Lost(f"exit code {process.returncode}")
    return Ended(process.returncode, out or "", err)


def whole(folder: Path) -> None:
    """Lost if a file is half written: every one that is there can be read."""
    from PIL import Image

    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            if path.suffix == ".png":
                with Image.open(path) as picture:
                    picture.load()
            elif path.suffix == ".json":
                json.loads(path.read_text())
        except (OSError, ValueError):
            raise Lost(f"{path.name} is half written") from None


@contextlib.contextmanager
def mounted(place: Path, options: str) -> Iterator[Path]:
    """A small file system in memory; Skip where it cannot be had."""
    place.mkdir(exist_ok=True)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False
    ).returncode:
        raise Skip("needs the right to mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], capture_output=True, check=False)


def powerless() -> None:
    """In a new process: root may no longer read and write what permissions forbid."""
    library = ctypes.CDLL(None)
    for capability in _WITHOUT_PERMISSION:
        library.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)


def limited(limits: Mapping[int, int]) -> Callable[[], None]:
    """In a new process: the kernel's limits."""

    def set_them() -> None:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for kind, most in limits.items():
            resource.setrlimit(kind, (most, most))

    return set_them
