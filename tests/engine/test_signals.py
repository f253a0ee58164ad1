"""What ends a program lets a run finish its step, and everything is as it was afterwards."""

import os
import signal
import subprocess
import sys
import threading

import pytest
import torch
import yaml

import artgen as package
from artgen.engine import signals
from tests.helpers.paths import DISTS
from tests.helpers.stopped import resumed

ENDING = ["SIGINT", "SIGTERM", "SIGHUP"]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGHUP, and its SIGTERM asks nobody")


def handlers():
    return [signal.getsignal(getattr(signal, name)) for name in ENDING]


@pytest.fixture(autouse=True)
def untouched():
    """As a program begins: what other libraries set in other tests, such as a notebook's client, is put aside."""
    before = handlers()
    for name in ENDING[1:]:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    yield
    for name, found in zip(ENDING, before, strict=True):
        signal.signal(getattr(signal, name), found)


@pytest.fixture
def saved(tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    return tmp_path


def badly(how, at_step=3):
    return "--set", f"losses=[{{type: match}}, {{type: misbehave, how: {how}, at_step: {at_step}, weight: 0.1}}]"


@pytest.mark.parametrize(
    ("how", "code", "told"),
    [
        ("interrupt", 130, "interrupted after 4 steps; out/image.png is what there is"),
        ("terminate", 143, "ended by SIGTERM"),
        ("hang up", 129, "ended by SIGHUP"),
    ],
)
def test_a_checkpoint_is_written_first_and_the_resume_begins_where_it_is_said(artgen, saved, how, code, told):
    before = handlers()
    done = artgen("run", "mine.yaml", "--out", "out", *badly(how), code=code)
    assert done.stderr.splitlines()[-1] == f"{told}; `artgen run --resume out` goes on after step 4"
    assert (saved / "out" / "image.png").exists()
    assert handlers() == before
    steps, result = resumed(saved / "out")
    assert steps == [4, 5]
    straight = package.load(saved / "mine.yaml", [badly("nan", 99)[1]])
    assert torch.equal(result.images, package.run(straight).images)


@pytest.mark.parametrize(("how", "code"), [("interrupt", 130), ("terminate", 143)])
def test_without_checkpoints_it_is_said_that_a_resume_begins_anew(artgen, saved, how, code):
    done = artgen("run", "mine.yaml", "--out", "out", "--checkpoint", "off", *badly(how), code=code)
    assert done.stderr.splitlines()[-1].endswith("; `artgen run --resume out` begins anew")
    assert not list((saved / "out").glob("*.pt"))


def test_the_second_ctrl_c_does_not_wait_for_the_step(artgen, saved):
    done = artgen("run", "mine.yaml", "--out", "out", "--checkpoint", "2", *badly("interrupt twice"), code=130)
    told = "interrupted after 3 steps; out/image.png is what there is; `artgen run --resume out` goes on after step 2"
    assert done.stderr.splitlines()[-1] == told


def test_before_the_first_step_is_done_there_is_nothing_to_keep(artgen, saved):
    done = artgen("run", "mine.yaml", "--out", "out", *badly("interrupt twice", at_step=0), code=130)
    assert done.stderr == "interrupted\n"
    assert not (saved / "out").exists()


@pytest.mark.parametrize(("how", "code"), [("interrupt", 130), ("terminate", 143), ("hang up", 129)])
def test_the_cursor_comes_back(artgen, saved, how, code):
    terminal = {"TTY_COMPATIBLE": "1", "TERM": "xterm"}
    told = artgen("run", "mine.yaml", "--out", "out", *badly(how), code=code, **terminal).stderr
    assert "\x1b[?25l" in told
    assert told.rindex("\x1b[?25h") > told.rindex("\x1b[?25l")


def test_in_python_the_files_are_whole_before_sigterm_acts(tmp_path, flat):
    """Not in this process, which it ends."""
    program = f"""if True:
        import os, signal, artgen
        stop = lambda event: event.step == 2 and os.kill(os.getpid(), signal.SIGTERM)
        artgen.run({flat!r}, out="out", on_step=stop)
        print("not reached")
    """
    environment = {**os.environ, "PYTHONPATH": str(DISTS / "ok")}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == -signal.SIGTERM, done.stderr
    assert not done.stdout
    assert (tmp_path / "out" / "image.png").exists()
    assert resumed(tmp_path / "out")[0] == [3, 4, 5]


def test_a_handler_of_somebody_elses_is_left_alone(tmp_path, flat):
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        mine = signal.getsignal(signal.SIGTERM)
        result = package.run(flat, out=tmp_path, on_step=lambda event: os.kill(os.getpid(), signal.SIGTERM))
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM] * 6
    assert not result.interrupted


def test_what_is_ignored_stays_ignored(tmp_path, flat):
    """As nohup has it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.raised():
            result = package.run(flat, out=tmp_path, on_step=lambda event: os.kill(os.getpid(), signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert not result.interrupted


def test_in_a_thread_no_handler_is_set(tmp_path, flat):
    before, results = handlers(), []
    seen = []
    thread = threading.Thread(
        target=lambda: results.append(package.run(flat, out=tmp_path, on_step=lambda event: seen.append(handlers())))
    )
    thread.start()
    thread.join()
    assert results[0].steps_done == 6
    assert seen == [before] * 6


def test_what_on_step_raises_costs_no_step(tmp_path, flat):
    def on_step(event):
        if event.step == 3:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        package.run(flat, out=tmp_path, on_step=on_step)
    assert resumed(tmp_path)[0] == [4, 5]


def test_without_a_folder_ctrl_c_before_the_first_step_comes_through(flat):
    flat["losses"] = [{"type": "match"}, {"type": "misbehave", "how": "interrupt", "at_step": 0}]
    with pytest.raises(KeyboardInterrupt):
        package.run(flat)
