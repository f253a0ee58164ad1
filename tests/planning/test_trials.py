"""A preset is tried out in a process of its own, whose failures are told in a line."""

import pytest

import artgen as package
from artgen import InputError
from artgen.planning import keeping
from artgen.registry import local
from artgen.registry.plugins import discover

BRUSH = '''
import os
import signal
from typing import Literal

from artgen.api import LossSpec


class Odd(LossSpec):
    """Goes wrong."""

    type: Literal["odd"] = "odd"
    how: str = ""
    """What happens."""

    def build(self, env):
        if self.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        return lambda look: 1 / 0
'''


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield
    discover.cache_clear()


@pytest.fixture
def odd(flat, tmp_path):
    (tmp_path / "odd.py").write_text(BRUSH)
    local.add(tmp_path / "odd.py")
    return lambda how: package.load({**flat, "losses": [*flat["losses"], {"type": "odd", "how": how}]})


def test_a_picture_is_measured_once_and_remembered(flat, tmp_path):
    finish = [{"type": "upscale", "scale": 2}]
    before = set(tmp_path.iterdir())
    found = package.plan(package.load(flat, steps=40, finish=finish, auto_stop=True), note=pytest.fail)
    assert found.steps == 40 and found.at_most and not found.rough
    assert 0 < found.stepping < 600 and 0.2 < found.start < 600
    assert found.seconds == pytest.approx(found.start + found.build + found.stepping + found.finish)
    assert 100e6 < found.memory < 4e9 and found.disk > 1000 and found.at_once >= 1
    (kept,) = (tmp_path / "cache" / keeping.FOLDER).iterdir()
    assert {path.name for path in set(tmp_path.iterdir()) - before} == {"cache"}
    # What is kept is taken as it is, for other seeds and other words.
    slow = keeping.recalled(kept.stem).model_copy(update={"build": 1234.0})
    keeping.keep(kept.stem, slow, pytest.fail)
    again = {**flat, "finish": finish, "auto_stop": True, "steps": 40, "seed": 8, "prompts": "an owl:1 | a bee:0.5"}
    assert package.plan(package.load(again), note=pytest.fail).build == 1234.0


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("killed", "the trial of the preset was ended by SIGKILL, maybe for want of memory"),
        ("raises", "ZeroDivisionError"),
    ],
)
def test_a_trial_that_fails_is_told_in_a_line_and_the_answer_is_rough(odd, how, said):
    told = []
    found = package.plan(odd(how), note=told.append)
    assert found.rough
    (line,) = told
    assert said in line and line.endswith("what is said is rough") and "\n" not in line


def test_a_sweep_is_none_that_can_be_planned(flat):
    with pytest.raises(InputError, match="the preset makes many pictures"):
        package.plan({**flat, "sweep": {"over": {"seed": "1..2"}}})
