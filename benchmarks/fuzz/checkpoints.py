"""Checkpoints with a bit flipped, or worse: a run goes on from a sound one, and ends in the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.fuzz import damage
from benchmarks.fuzz.watch import Undocumented

_KILLED = """
import os, signal, sys
import artgen
preset = {
    "seed": 3, "size": [16, 16], "steps": 6, "batch": 2, "transparent": True,
    "generator": {"type": "pixel", "grid": [8, 8]}, "losses": [{"type": "smoothness"}, {"type": "saturation"}],
}
def after(event):
    if event.step == 4:
        os.kill(os.getpid(), signal.SIGKILL)
artgen.run(preset, out=sys.argv[1], checkpoint="1", on_step=after, note=lambda line: None, show=False)
"""


class Damage(NamedTuple):
    """What the newest checkpoint, or the one before, has become."""

    name: str
    data: bytes


class Checkpoints:
    """A run that was killed, and goes on."""

    def __init__(self, folder: Path) -> None:
        self._stopped, self._again = folder / "stopped", folder / "again"
        command = [sys.executable, "-c", _KILLED, str(self._stopped)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        self._files = {path.name: path.read_bytes() for path in sorted(self._stopped.glob("checkpoint-*"))}
        if not self._files:
            raise RuntimeError(f"the run that was to be killed left no checkpoint: {ended.stderr[-500:]}")
        newest = max(self._files)
        self._whole = self._resumed(Damage(newest, self._files[newest]))

    def base(self, random: Random) -> Damage:
        newest = max(self._files)
        return Damage(newest, self._files[newest])

    def damage(self, random: Random, found: Damage) -> Damage:
        if random.random() < 0.1 or not found.data:
            return Damage(found.name, damage.raw(random, found.data))
        data = bytearray(found.data)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        return Damage(found.name, bytes(data))

    def attempt(self, found: Damage) -> None:
        if self._resumed(found) != self._whole:
            raise Undocumented("checkpoints: a damaged one is believed")

    def _resumed(self, found: Damage) -> dict[str, bytes]:
        """Every file of the finished run."""
        import artgen

        shutil.rmtree(self._again, ignore_errors=True)
        shutil.copytree(self._stopped, self._again)
        (self._again / found.name).write_bytes(found.data)
        artgen.resume(self._again, note=lambda line: None, show=False)
        files = (path for path in self._again.rglob("*") if path.is_file())
        return {path.relative_to(self._again).as_posix(): path.read_bytes() for path in files}

    def keep(self, found: Damage, folder: Path) -> None:
        shutil.copytree(self._stopped, folder, dirs_exist_ok=True)
        (folder / found.name).write_bytes(found.data)
