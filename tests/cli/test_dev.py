"""`artgen dev`: draws again whenever the plugin's file or the preset is saved; a mistake costs a line."""

import os
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from tests.helpers.command import SETTINGS
from tests.registry.test_local import BRUSH, PRESET


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brush.py").write_text(BRUSH)
    (tmp_path / "mine.yaml").write_text(PRESET)
    yield tmp_path
    from artgen.registry.plugins import discover

    discover.cache_clear()


def test_once(artgen, folder):
    done = artgen("dev", "brush.py", "mine.yaml", "--once", "--size", 12, code=0)
    assert done.stdout.startswith("mine-dev.png: 2 steps, loss ")
    with Image.open(folder / "mine-dev.png") as picture:
        assert picture.size == (12, 12)
    (folder / "brush.py").write_text("broken(")
    assert artgen("dev", "brush.py", "mine.yaml", "--once", code=2).stderr.startswith("brush.py: SyntaxError")


class Watched:
    """A process whose lines are waited for."""

    def __init__(self, folder, *words):
        from tests.helpers.paths import DISTS

        environment = {**os.environ, **SETTINGS, "PYTHONPATH": str(DISTS / "ok"), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "artgen", "dev", *words]
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)

    def wait_for(self, said, count=1, seconds=90):
        end = time.monotonic() + seconds
        while self.log.read_text().count(said) < count:
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


@pytest.mark.slow
def test_it_draws_again_whenever_one_of_them_is_saved(folder):
    watched = Watched(folder, "brush.py", "mine.yaml")
    try:
        watched.wait_for("mine-dev.png: 2 steps")
        (folder / "brush.py").write_text("broken(")
        watched.wait_for("brush.py: SyntaxError")
        (folder / "brush.py").write_text(BRUSH.replace("self.much *", "2 + 0 *"))
        watched.wait_for("mine-dev.png: 2 steps, loss 2,")
        (folder / "mine.yaml").write_text(PRESET.replace("steps: 2", "steps: 3"))
        watched.wait_for("mine-dev.png: 3 steps, loss 2,")
        (folder / "mine.yaml").write_text("steps: many\n")
        watched.wait_for("mine.yaml:")
    finally:
        code = watched.stop()
    assert code == 130 and watched.log.read_text().splitlines()[-1] == "interrupted"


def test_perceptors_stay_for_the_next_run(flat):
    from artgen.engine import run as engine
    from artgen.engine.assembly import build_parts
    from artgen.engine.reuse import keeping_perceptors
    from artgen.preset.loading import parse

    def seen(**changes):
        # Each run gets a copy, which shares what is large.
        return build_parts(parse({**flat, **changes}), print).guidance.perceptors["toy"].perceptor.matrix

    with keeping_perceptors():
        first = seen()
        # It reads nothing of its run but the device.
        assert all(seen(**change) is first for change in ({}, {"seed": 6}, {"prompts": "a hat"}, {"size": [9, 9]}))
        assert seen(perceptors={"toy": {"type": "toy", "room": 9}}) is not first
        kept = engine.run(parse(flat))
    assert seen() is not first
    fresh = engine.run(parse(flat))
    assert kept.images.equal(fresh.images) and kept.recipe == fresh.recipe
