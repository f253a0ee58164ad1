"""What a notebook's cells do with a studio."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch
from PIL import Image

import artgen
from artgen.notebook import Studio
from tests.helpers.paths import DISTS, DOCS
from tests.helpers.studio import FLAT
from tests.notebook.conftest import DRAWN


def test_all_that_is_steered_is_in_the_recipe(studio):
    studio.step(3)
    assert (studio.run.state, studio.run.step) == ("paused", 3)
    studio.steer(prompts="an owl:2 | a cat", seed=77)
    studio.steer(["losses.smoothness.weight=0.5", ("generator.learning_rate", 0.01)])
    studio.step(2)
    studio.paint(Image.new("RGBA", (16, 16), (255, 0, 0, 90)))
    studio.save()
    assert studio.run.moments[-1] == 5
    studio.export("pdf")
    studio.start()
    assert studio.wait().state == "finished"
    assert artgen.replay(studio.run.folder).word == "identical"
    recipe = artgen.load(studio.run.folder)
    assert [(one.step, one.seed) for one in recipe.reseed] == [(3, 77)]
    assert [one.step for one in recipe.paint] == [5]
    assert len(studio.run.losses["total"]) == 12
    assert studio.picture().size == (16, 16)
    assert (studio.run.folder / "image.pdf").is_file()


def test_what_is_refused_is_raised_and_changes_nothing(studio):
    with pytest.raises(artgen.InputError, match="there is no run yet"):
        studio.pause()
    studio.step()
    before = studio.preset
    for settings, said in (
        ({"size": 32}, "size: cannot change"),
        ({"steps": "many"}, "steps: "),
        ({"wieght": 2}, "wieght"),
    ):
        with pytest.raises(artgen.InputError, match=said):
            studio.steer(**settings)
    with pytest.raises(artgen.InputError, match="dxf"):
        studio.export("dxf")
    assert studio.preset == before
    assert studio.run.state == "paused"


def test_one_goes_back_by_a_branch(studio):
    studio.step(4)
    first = studio.run
    studio.branch(2)
    assert (studio.run.state, studio.run.step) == ("paused", 2)
    assert studio.run.name != first.name
    studio.choose(first.name)
    assert studio.run == first
    with pytest.raises(artgen.InputError, match="has no run 'nowhere'"):
        studio.choose("nowhere")


def test_what_is_changed_before_the_first_step_is_how_it_begins(studio):
    studio.steer(steps=4)
    studio.steer(prompts="a fish")
    studio.start()
    studio.steer(["losses.smoothness.weight=0.3"])
    studio.wait()
    assert studio.preset.steps == 4
    assert artgen.replay(studio.run.folder).word == "identical"
    assert repr(studio) == f"<Studio preset: {studio.run.name}, finished, 4 of 4 steps>"


def test_it_begins_with_whatever_names_a_preset(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (16, 16), "red").save("start.png")
    (tmp_path / "mine.yaml").write_text(artgen.load(DRAWN, start="start.png").to_yaml())
    for given in ("mine.yaml", tmp_path / "mine.yaml", artgen.load(DRAWN)):
        assert Studio(given, folder=folder, seed=9).preset.seed == 9
    with pytest.raises(artgen.InputError, match=r"nowhere\.yaml"):
        Studio("nowhere.yaml", folder=folder)
    with pytest.raises(artgen.InputError, match="steps"):
        Studio(DRAWN, folder=folder, steps=-1)
    with pytest.raises(artgen.InputError, match="film"):
        Studio({**DRAWN, "film": {"frames": 3}}, folder=folder)


def test_a_run_that_was_left_is_gone_on_with_by_its_folder(studio):
    studio.step(2)
    place = studio.run.folder
    studio.leave()
    assert studio.run.state == "stopped"
    again = Studio(place)
    assert (again.run.name, again.run.step) == (place.name, 2)
    again.step()
    assert again.run.step == 3


@pytest.mark.slow
def test_the_documentations_example_does_what_it_says(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    names = {}
    for block in re.findall(r"^```python\n(.*?)^```", (DOCS / "studio.md").read_text(), re.MULTILINE | re.DOTALL):
        exec(block, names)
    studio = names["studio"]
    assert studio.run.state == "finished"
    assert [prompt.text for prompt in studio.preset.prompts] == ["a red heart", "a green leaf"]
    assert len(artgen.load(studio.run.folder).losses) == len(artgen.load("pixel").losses)


def test_without_its_package_a_line_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(artgen.InputError, match=r'^[^\n]*pip install "artgen\[notebook\]"$'):
        Studio(DRAWN)


PROGRAM = f"""
import time
from artgen.notebook import Studio
if __name__ == "__main__":
    studio = Studio({ {**FLAT, "steps": 100_000}!r})
    studio.start()
    try:
        while True:
            time.sleep(0.05)
            if studio.run.step > 2:
                print("drawing", flush=True)
                time.sleep(60)
    except KeyboardInterrupt:
        step = studio.run.step
        time.sleep(0.3)
        print("goes on" if studio.run.step > step else studio.run, flush=True)
        time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no process groups")
def test_an_interrupt_stops_no_step_and_a_kernel_that_is_killed_leaves_a_run_to_go_on_with(tmp_path):
    (tmp_path / "cells.py").write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(DISTS / "ok")}
    command = [sys.executable, "cells.py"]
    kernel = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert kernel.stdout.readline() == "drawing\n"
        os.killpg(kernel.pid, signal.SIGINT)
        assert kernel.stdout.readline() == "goes on\n"
    finally:
        os.killpg(kernel.pid, signal.SIGKILL)
        kernel.communicate()
    [run] = (tmp_path / "studio").iterdir()
    end = time.monotonic() + 30
    while (run / ".run.lock").exists() and time.monotonic() < end:
        time.sleep(0.05)

    def stop(event):
        if event.step >= kept + 3:
            raise KeyboardInterrupt

    kept = max(int(path.stem.rpartition("-")[2]) for path in run.glob("checkpoint-*.pt"))
    assert kept > 2
    found = artgen.resume(run, note=lambda line: None, on_step=stop)
    steps = found.steps_done
    straight = artgen.steps({**FLAT, "steps": 100_000})
    for _ in zip(range(steps), straight, strict=False):
        pass
    assert torch.equal(found.images, straight.result.images)
