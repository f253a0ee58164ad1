"""A picture is made again from what it carries, and the verdict is right."""

import json

import numpy as np
import pytest
import yaml
from PIL import Image, PngImagePlugin

import artgen as package
from artgen.compare import replay
from artgen.errors import InputError
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from tests.helpers.pictures import again, rewritten


@pytest.mark.parametrize("name", ["picture.png", "picture.webp", "picture.jpg"])
def test_a_picture_of_any_format_is_identical(tmp_path, flat, name):
    path = tmp_path / name
    package.run(flat).save(path)
    assert again(path).word == "identical"


def test_every_picture_of_a_batch_is_identical(artgen, tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    artgen("run", "mine.yaml", "--out", "out", code=0)
    for picture in (tmp_path / "out" / "batch").iterdir():
        assert again(picture).word == "identical"
    done = artgen("replay", "out", code=0)
    assert done.stdout == "identical: the same pixels\n"
    assert "a cat | a dog" in done.stderr
    assert json.loads((tmp_path / "out" / "recipe.json").read_text()) == metadata.read(tmp_path / "out")


def test_a_recipe_alone_is_compared_by_the_hash_of_its_pixels(tmp_path, made):
    file = tmp_path / "alone.json"
    found = metadata.read(made)
    file.write_text(recipe.to_json(found))
    assert again(file).word == "identical"
    file.write_text(recipe.to_json({**found, "pixels": "0" * 64}))
    assert again(file).word == "different"


def test_an_interrupted_run_is_stopped_at_the_same_step(tmp_path, flat):
    run = package.steps(flat)
    for event in run:
        if event.step == 3:
            break
    run.result.save(tmp_path / "part.png")
    assert metadata.read(tmp_path / "part.png")["interrupted"]
    assert again(tmp_path / "part.png").word == "identical"


def test_a_run_that_stopped_by_itself_is_identical(tmp_path, flat):
    flat |= {"steps": 40, "auto_stop": {"patience": 3, "progress": 0.9}}
    result = package.run(flat, note=lambda line: None)
    assert result.steps_done < 40
    result.save(tmp_path / "stopped.png")
    assert again(tmp_path / "stopped.png").word == "identical"


def test_a_picture_changed_afterwards_is_different_and_says_so(made):
    with Image.open(made) as picture:
        text, levels = picture.text[metadata.KEY], np.array(picture)
    info = PngImagePlugin.PngInfo()
    info.add_itxt(metadata.KEY, text)
    Image.fromarray(255 - levels).save(made, pnginfo=info)
    verdict = again(made)
    assert verdict.word == "different"
    assert "changed after it was made" in str(verdict)


def test_a_hair_of_a_difference_is_equivalent(artgen, tmp_path, flat):
    flat |= {"size": [32, 32]}
    result = package.run(flat)
    result.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        info = PngImagePlugin.PngInfo()
        info.add_itxt(metadata.KEY, picture.text[metadata.KEY])
        levels = np.array(picture)
        Image.fromarray(levels - (levels > 128)).save(tmp_path / "a.png", pnginfo=info)
    assert "equivalent" in artgen("replay", "a.png", code=1).stdout
    assert "equivalent" in artgen("replay", "a.png", "--tolerance", code=0).stdout


def test_the_cause_is_named_where_it_is_known(made):
    def older(found):
        found["libraries"]["torch"] = "1.0"
        found["device"] = "cuda"
        found["preset"]["seed"] += 1

    verdict = again(rewritten(made, older))
    assert verdict.word == "different"
    assert "(was 1.0)" in str(verdict)
    assert "device cpu (was cuda)" in str(verdict)


def test_as_many_threads_as_the_recipe_says_count(made):
    import torch

    before = torch.get_num_threads()
    seen = []
    plan = replay.plan(rewritten(made, lambda found: found.update(threads=before + 1)))
    replay.replay(plan, on_step=lambda event: seen.append(torch.get_num_threads()), note=lambda line: None)
    assert set(seen) == {before + 1}
    assert torch.get_num_threads() == before


def test_a_plugin_that_is_missing_is_named_with_the_command(artgen, made):
    rewritten(made, lambda found: found["plugins"].update({"artgen-clouds": "1.3"}))
    done = artgen("replay", made, code=2)
    assert done.stderr == (
        f"{made}: needs the plugin 'artgen-clouds 1.3', which is not installed; "
        "if you trust it: pip install artgen-clouds==1.3\n"
    )


def test_what_takes_long_is_not_run_unasked(artgen, made):
    rewritten(made, lambda found: found["preset"].update(steps=1_000_000))
    done = artgen("replay", made, code=2)
    assert "say --yes to run it" in done.stderr
    assert artgen("replay", made, "--dry-run", code=0).stdout == ""


def test_reporters_are_no_part_of_a_recipe(made):
    assert "reporters" not in metadata.read(made)["preset"]
    old = {"format": 1, "preset": {"reporters": [{"type": "clumsy"}]}}
    assert "reporters" not in recipe.from_json(json.dumps(old), "old")["preset"]


@pytest.mark.parametrize(
    "change",
    [
        {"threads": 0},
        {"threads": "many"},
        {"picture": 7},
        {"picture": -1},
        {"weights": {"a": "b"}},
        {"plugins": ["a"]},
        {"preset": {"generator": {"type": "flat"}, "losses": [{"type": "dark"}], "size": [100_000, 100_000]}},
        {"libraries": {"torch": 3}},
        {"format": True},
        {"format": 2.5},
    ],
)
def test_a_tampered_recipe_is_refused_in_one_line(made, change):
    rewritten(made, lambda found: found.update(change))
    with pytest.raises(InputError) as refusal:
        again(made)
    assert "\n" not in str(refusal.value)


def test_weights_that_are_missing_are_named_with_the_command(artgen, made):
    hub = {"type": "open_clip", "model": "ViT-B-32", "pretrained": "laion2b_s34b_b79k"}
    rewritten(made, lambda found: found["preset"]["perceptors"].update(toy=hub))
    done = artgen("replay", made, "-q", code=2, ARTGEN_OFFLINE="1", HF_HOME=str(made.parent / "empty"))
    assert done.stderr.endswith(f"; `artgen weights fetch --preset {made}` gets the weights\n")
    assert done.stderr.count("\n") == 1


def test_a_stranger_cannot_ask_for_thousands_of_threads(made):
    import torch

    notes, seen = [], []
    plan = replay.plan(rewritten(made, lambda found: found.update(threads=4096)))
    replay.replay(plan, on_step=lambda event: seen.append(torch.get_num_threads()), note=notes.append)
    assert max(seen) < 1024
    assert "4096 threads, which is too many here" in notes[0]
