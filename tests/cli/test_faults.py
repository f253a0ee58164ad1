"""When the world does not play along: a clear line, and nothing half-written."""

import hashlib
from pathlib import Path

import pytest
import torch
import yaml
from PIL import Image

import artgen as package
from artgen.errors import InputError
from tests.helpers.paths import DOCS


@pytest.fixture
def saved(tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    return tmp_path


def test_a_folder_that_takes_no_files_is_named(artgen, saved):
    """A read-only folder; /proc is one for root too."""
    done = artgen("run", "mine.yaml", "--out", "/proc/artgen", code=2)
    assert done.stderr.startswith("/proc/artgen: cannot be made (")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("setting", ["start", "overlay"])
def test_an_input_that_vanishes_before_the_run_is_named(tmp_path, flat, setting):
    picture = tmp_path / "photo.png"
    Image.new("RGB", (8, 8), "red").save(picture)
    flat["generator"] = {"type": "pixel"}
    preset = package.load({**flat, setting: {"image": str(picture)}})
    picture.unlink()
    with pytest.raises(InputError, match=r"photo\.png: ") as refusal:
        package.run(preset)
    assert "\n" not in str(refusal.value)


def test_an_input_may_vanish_once_the_run_has_begun(tmp_path, flat):
    picture = tmp_path / "photo.png"
    Image.new("RGB", (8, 8), "red").save(picture)
    flat["generator"] = {"type": "pixel"}
    preset = {**flat, "start": str(picture), "overlay": {"image": str(picture), "every": 2}}
    result = package.run(preset, on_step=lambda event: picture.unlink(missing_ok=True))
    assert result.failure is None
    assert result.steps_done == flat["steps"]


class Deleting:
    """A user who tidies up once the run has begun."""

    def __init__(self, path):
        self.path = path

    def on_start(self, steps):
        self.path.unlink()

    def on_step(self, event):
        pass

    def on_end(self, result):
        pass


@pytest.mark.parametrize(
    "asks",
    [
        {"prompts": [{"image": "photo.png", "views": True}], "losses": [{"type": "clip"}]},
        {"prompts": [{"image": "photo.png"}], "losses": [{"type": "clip"}]},
        {"prompts": [{"text": "a cat", "where": {"mask": "photo.png"}}], "losses": [{"type": "clip"}]},
        {"filters": [{"type": "mask", "image": "photo.png", "background": "blue"}]},
        {"start": "photo.png", "losses": [{"type": "match"}, {"type": "stay"}]},
        {"overlay": {"image": "photo.png"}},
    ],
    ids=["views", "prompt", "where", "filter", "start", "overlay"],
)
def test_a_picture_is_read_once_whenever_a_part_wants_it(tmp_path, flat, monkeypatch, asks):
    monkeypatch.chdir(tmp_path)
    picture = tmp_path / "photo.png"
    docs = DOCS / "examples" / "star.png"
    picture.write_bytes(docs.read_bytes())
    preset = package.load({**flat, "generator": {"type": "pixel"}, **asks})
    straight = package.run(preset)
    result = package.run(preset, out="out", reporters=[Deleting(picture)])
    assert not picture.exists()
    assert torch.equal(result.images, straight.images)
    assert result.recipe["inputs"] == {"photo.png": hashlib.sha256(docs.read_bytes()).hexdigest()}
    assert (tmp_path / "out" / "preset.yaml").exists()


def test_ctrl_c_twice_leaves_whole_files_and_a_run_that_can_go_on(artgen, saved):
    """The second one comes while the first is being answered."""
    losses = "losses=[{type: match}, {type: misbehave, how: interrupt, at_step: 3, weight: 0.1}]"
    impatient = "reporters=[{type: impatient}]"
    wishes = ("--checkpoint", "1", "--set", losses, "--set", impatient)
    done = artgen("run", "mine.yaml", "--out", "out", *wishes, code=130)
    assert done.stderr.splitlines()[-1] == "interrupted; `artgen run --resume out` goes on after step 4"
    left = sorted(path.name for path in (saved / "out").iterdir())
    assert left == ["checkpoint-0000003.pt", "checkpoint-0000004.pt", "preview.png", "progress.json", "run.json"]


def test_a_run_that_never_drew_leaves_nothing(artgen, saved):
    losses = "losses=[{type: match}, {type: misbehave, how: nan, at_step: 0}]"
    artgen("run", "mine.yaml", "--out", "out", "--set", losses, code=1)
    assert not Path(saved / "out").exists()


def test_one_name_that_the_system_refuses_does_not_hide_other_presets(artgen):
    done = artgen("check", "quickstart", "x" * 300, "nope", "print", code=2)
    assert done.stdout.splitlines() == ["quickstart: ok", "print: ok"]
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    "words",
    [
        ("diff", "{name}", "{name}"),
        ("run", "{name}"),
        ("run", "pixel", "--steps", "1", "--out", "{name}"),
        ("run", "--resume", "{name}"),
        ("replay", "{name}"),
        ("check", "{name}"),
        ("score", "{name}", "--prompt", "a cat"),
        ("export", "{name}", "a.png"),
        ("gallery", "add", "{name}"),
        ("search", "a cat", "{name}"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("ending", [".png", ".yaml", ""])
def test_a_name_that_the_system_refuses_costs_a_line(artgen, words, ending):
    done = artgen(*(word.format(name="a" * 300 + ending) for word in words), code=2)
    assert done.stderr.count("\n") == 1
    assert "aaaa" in done.stderr
