"""What a studio leaves when it ends, however it ends, and what the next one finds."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import artgen
from tests.helpers import studio
from tests.helpers.paths import DISTS
from tests.helpers.studio import FLAT, PATIENCE, Browser


class Command:
    """`artgen studio` in a process of its own."""

    def __init__(self, folder, *words):
        environment = {**os.environ, "PYTHONPATH": str(DISTS / "ok")}
        command = [sys.executable, "-m", "artgen", "studio", "--no-open", "--port", "0", *words]
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
        found = None
        while found is None:
            line = self.process.stderr.readline()
            assert line, "it has ended"
            found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)", line)
        self.port, self.token = int(found[1]), found[2]

    def browser(self, folder):
        return Browser(_Server(self, folder))

    def end(self, number):
        self.process.send_signal(number)
        try:
            return self.process.communicate(timeout=PATIENCE)[1]
        finally:
            self.process.kill()
            self.process.wait()


class _Gate:
    def __init__(self, command):
        self.cookie, self.token = f"artgen-{command.port}", command.token


class _Server:
    """What a `Browser` knows of the server."""

    def __init__(self, command, folder):
        self.gate, self.port = _Gate(command), command.port
        self.studio = type("Studio", (), {"folder": folder})


def alone(folder):
    """Whether nobody is at work in a run's folder any more, after a while."""
    end = time.monotonic() + PATIENCE
    while (folder / ".run.lock").exists() and time.monotonic() < end:
        time.sleep(0.05)
    return not (folder / ".run.lock").exists()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_runs_outlive_a_studio_that_is_killed_and_one_that_is_ended(tmp_path):
    folder = tmp_path / "studio"
    killed = Command(tmp_path)
    browser = killed.browser(folder)
    run = browser.post("/api/runs", {"data": {**FLAT, "steps": 9}, "paused": True}).json["id"]
    browser.touch(run, "step", {"count": 3})
    assert browser.until(run, "paused")["step"] == 3
    other = browser.begin(steps=100_000)
    browser.until(other, "running")
    killed.end(signal.SIGKILL)
    assert alone(folder / run)
    assert alone(folder / other)
    assert list((folder / other).glob("checkpoint-*.pt"))

    ended = Command(tmp_path)
    browser = ended.browser(folder)
    found = {one["id"]: one for one in browser.get("/api/state").json["runs"]}
    assert found[run]["state"] == found[other]["state"] == "stopped"
    assert found[run]["step"] == 3
    assert found[other]["step"] > 0
    browser.touch(run, "step", {"count": 2})
    there = browser.until(run, "paused")
    assert there["step"] == 5
    assert len(there["losses"]["total"]) == 5
    said = ended.end(signal.SIGINT)
    assert ended.process.returncode == 130
    assert said.splitlines()[-1].startswith("interrupted; the runs are in studio")
    assert alone(folder / run)

    straight = artgen.run({**FLAT, "steps": 9})
    assert torch.equal(artgen.resume(folder / run, note=lambda line: None).images, straight.images)


def test_a_drawing_process_that_is_killed_costs_the_steps_since_a_checkpoint(shared):
    run = shared.begin(steps=100_000)
    shared.until(run, "running")
    shared.touch(run, "pause")
    kept = shared.until(run, "paused")["step"]
    shared.touch(run, "go")
    shared.until(run, "running")
    os.kill(shared.server.studio.orders.warm().pid, signal.SIGKILL)
    assert "memory" in shared.until(run, "stopped")["reason"]
    shared.touch(run, "step")
    assert shared.until(run, "paused")["step"] > kept


def test_runs_of_the_command_are_the_studios_too(tmp_path):
    folder = tmp_path / "studio"
    artgen.run({**FLAT, "steps": 2}, out=folder / "mine-0001", note=lambda line: None)
    (folder / "nothing").mkdir()
    (folder / "stray.txt").write_text("no run")
    with studio.opened(folder) as browser:
        [found] = browser.get("/api/state").json["runs"]
        assert (found["id"], found["state"], found["step"]) == ("mine-0001", "finished", 2)
        assert browser.run("mine-0001")["data"]["seed"] == 5
        assert browser.get("/api/runs/mine-0001/picture?width=16").status == 200


def test_a_damaged_record_costs_what_it_says_and_no_more(tmp_path):
    folder = tmp_path / "studio"
    run = folder / "mine-0001"
    artgen.run({**FLAT, "steps": 2}, out=run, note=lambda line: None)
    (run / "studio").mkdir()
    for name in ("run.json", "wanted.yaml", "losses.json"):
        (run / "studio" / name).write_bytes(b"\xff{")
    (run / "recipe.json").write_text('{"preset": 3}')
    with studio.opened(folder) as browser:
        [found] = browser.get("/api/state").json["runs"]
        assert found["state"] == "finished"
        assert browser.get(f"/api/runs/{found['id']}").status in (200, 422)


def test_a_port_that_is_taken_is_one_line(artgen):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = artgen("studio", "--no-open", "--port", port, code=2)
    assert done.stderr.count("\n") == 1
    assert f"--port {port}" in done.stderr


def test_other_machines_are_let_in_only_on_purpose(artgen):
    done = artgen("studio", "--no-open", "--host", "0.0.0.0", code=2)
    assert "--allow-remote" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_its_packages_a_line_names_the_extra(artgen, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = artgen("studio", "--no-open", code=2)
    assert done.stderr.strip().endswith('pip install "artgen[studio]"')
    assert done.stderr.count("\n") == 1


def test_a_preset_that_is_not_there_is_said_at_once(artgen, tmp_path):
    done = artgen("studio", "nowhere.yaml", code=2)
    assert "nowhere.yaml" in done.stderr
    assert not Path(tmp_path / "studio").exists()
