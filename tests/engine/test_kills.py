"""A run that is killed goes on where it was and ends in the same bytes."""

import json
import os
import random
import signal
import subprocess
import sys

import pytest
import yaml

from artgen.fields.paths import RUN_FILE
from artgen.recipe import metadata
from tests.helpers.paths import DISTS, DOCS, ROOT

EVERYTHING = {
    "prompts": "a cat:1 | a dog:0.5",
    "seed": 5,
    "size": [20, 16],
    "steps": 24,
    "batch": 2,
    "start": "perlin",
    "overlay": {"image": "star.png", "every": 7, "alpha": 0.5},
    "transparent": True,
    "auto_stop": True,
    "generator": {"type": "pixel", "pyramid": [4, 16], "ema": 0.5, "optimiser": "nadam"},
    "perceptors": {"toy": {"type": "toy"}},
    "views": [{"type": "corners", "count": 3}],
    "losses": [{"type": "match"}, {"type": "symmetry"}, {"type": "smoothness", "weight": {0: 1, "100%": 0}}],
    "filters": [{"type": "grey"}],
}
"""Whatever has a state."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    (folder / "star.png").write_bytes((DOCS / "examples" / "star.png").read_bytes())
    (folder / "mine.yaml").write_text(yaml.safe_dump(EVERYTHING))
    return folder


@pytest.fixture(scope="module")
def fork(place):
    """Runs artgen in a fork of a process that has torch; can kill it."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(DISTS / "ok")}
    server = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "helpers" / "killed.py"],
        env=environment,
        stdin=-1,
        stdout=-1,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def run(*arguments, kill_after=None, out=None, steps=0):
        request = {"arguments": list(map(str, arguments)), "folder": str(place), "kill_after": kill_after}
        request |= {"out": str(out) if out else None, "steps": steps}
        print(json.dumps(request), file=server.stdin, flush=True)
        return json.loads(server.stdout.readline())

    yield run
    server.stdin.close()
    server.wait()


def content(folder):
    """Every file of a run that is finished."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(fork, place):
    """What a run that nobody disturbs leaves, how many steps it takes and how long one takes."""
    fork("run", "mine.yaml", "--out", "warm", "-q")
    done = fork("run", "mine.yaml", "--out", "whole", "-q", "--checkpoint", "1", out=place / "whole")
    assert done["code"] == 0
    steps = metadata.read(place / "whole" / "image.png")["steps_done"]
    return content(place / "whole"), steps, done["seconds"] / steps


@pytest.mark.slow
def test_a_run_killed_at_any_moment_ends_in_the_same_bytes(fork, place, whole):
    """Thirty times, with a checkpoint after every step, so that many a kill falls into a write.

    A kill waits for a step of the run and then for a part of a step's time, so that it meets the run however fast the
    machine is: every step of it, one after the other. One in five comes soon after the start, when there may be nothing
    to resume.
    """
    expected, steps, step = whole
    draws, resumed = random.Random(7), 0
    for number in range(30):
        folder = place / f"run-{number}"
        begun = ("run", "mine.yaml", "--out", folder, "-q", "--checkpoint", "1")
        at, wait = number * 7 % (steps + 1), draws.random() * step
        moment = {"kill_after": 2 * wait, "out": folder, "steps": at} if number % 5 else {"kill_after": 5 * wait}
        killed = fork(*begun, **moment)
        if (folder / RUN_FILE).exists():
            resumed += 1
            assert killed["code"] == -signal.SIGKILL
            if number % 3 == 0:
                fork("run", "--resume", folder, "-q", "--checkpoint", "2", kill_after=5 * wait)
            assert fork("run", "--resume", folder, "-q")["code"] == 0
        elif killed["code"]:
            assert fork(*begun, "--overwrite")["code"] == 0
        assert content(folder) == expected, f"run {number}"
    assert resumed >= 18


def test_a_finished_run_is_left_alone(fork, place, whole):
    before = content(place / "whole")
    assert fork("run", "--resume", "whole")["code"] == 0
    assert content(place / "whole") == before
