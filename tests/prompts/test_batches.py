"""Choices of a batch: each picture draws what its seed draws alone, and its recipe says what it was told."""

import json

import pytest
import torch

import artgen as package
from artgen.compare.replay import replay
from artgen.errors import PresetError
from artgen.preset import loading
from artgen.prompts.choices import resolve_batch, resolve_choices
from artgen.recipe import metadata

WILD = "a {red|yellow|blue|green} {fish|bird}"
GUESSES = {"vqgan": ["generator.guesses=2"]}
"""Few of what takes most of the time."""


def quick(**more):
    small = {"size": [24, 24], "steps": 3, "seed": 40, "deterministic": True, "finish": None}
    return loading.load("pixel", **{**small, **more})


def texts(preset):
    return [preset.prompts[0].told(picture).text for picture in range(preset.batch)]


def test_each_picture_is_told_what_its_seed_draws_alone():
    batch = resolve_batch(quick(prompts=WILD, batch=6), range(40, 46))
    alone = [resolve_choices(quick(prompts=WILD, batch=1), seed).prompts[0].text for seed in range(40, 46)]
    assert texts(batch) == alone and len(set(alone)) > 2
    again = loading.parse(batch.resolved())
    assert again == batch and resolve_batch(again, range(40, 46)) == batch


def test_a_choice_that_comes_out_alike_is_one_text():
    batch = resolve_batch(quick(prompts="a {red|red} fish", batch=3), range(3))
    assert batch.prompts[0].each is None and batch.prompts[0].text == "a red fish"


@pytest.mark.parametrize(
    "changes",
    [
        {"prompts": WILD},
        {"prompts": [{"label": "{cat|dog|fish|bird}"}, f"{WILD}:-0.5", "a house"]},
        {"prompts": [{"direction": {"from": "a photo", "to": "a {red|blue} {fish|bird}"}}], "start": "perlin"},
        {"losses": [{"type": "clip", "distance": "spherical", "prompts": [WILD]}]},
    ],
)
def test_a_picture_of_a_batch_is_the_one_that_its_seed_draws(changes):
    batch = package.run(quick(batch=2, **changes))
    for picture in range(2):
        alone = package.run(quick(batch=1, **{**changes, "seed": 40 + picture}))
        assert torch.equal(batch.images[picture], alone.images[0])


@pytest.mark.parametrize("preset", ["vqgan", "diffusion", "stable"])
def test_generators_that_read_prompts_are_told_for_each_picture(preset, stable):
    latent = {"type": "latent_diffusion", "model": stable, "cfg": 2}
    more = {"generator": latent} if preset == "stable" else {}
    small = {"size": [32, 32], "steps": 2, "deterministic": True, "prompts": WILD, "filters": [], **more}
    name, few = "pixel" if preset == "stable" else preset, GUESSES.get(preset, [])
    batch = package.run(loading.load(name, few, **{**small, "batch": 2, "seed": 40}))
    assert len(set(batch.recipe["preset"]["prompts"][0]["each"])) == 2
    for picture in range(2):
        alone = package.run(loading.load(name, few, **{**small, "batch": 1, "seed": 40 + picture}))
        torch.testing.assert_close(batch.images[picture], alone.images[0], atol=2e-3, rtol=0)


@pytest.mark.parametrize("preset", ["vqgan", "diffusion", "stable"])
def test_generators_that_read_prompts_are_told_the_labels(preset, stable):
    """Whatever the losses see: they are told of another thing."""
    latent = {"type": "latent_diffusion", "model": stable, "cfg": 2}
    more = {"generator": latent} if preset == "stable" else {}
    loss = [{"type": "clip", "prompts": "a house", "weight": 0.01}]
    small = {"size": [32, 32], "steps": 2, "batch": 1, "seed": 4, "losses": loss, "filters": [], **more}
    name, few = "pixel" if preset == "stable" else preset, GUESSES.get(preset, [])

    def drawn(*prompts):
        return package.run(loading.load(name, few, prompts=list(prompts), **small), note=lambda _: None).images

    label = drawn({"label": "cat"})
    torch.testing.assert_close(label, drawn("cat"))
    assert not torch.equal(label, drawn({"label": "dog"}))


@pytest.mark.parametrize("preset", ["vqgan", "diffusion"])
def test_what_is_not_drawn_is_told_of_each_picture(preset):
    notes = []
    small = {
        "size": [32, 32],
        "steps": 1,
        "batch": 3,
        "seed": 40,
        "prompts": "a cat {wearing a crown|playing a drum|reading}",
    }
    package.run(loading.load(preset, GUESSES.get(preset, []), **small), note=notes.append)
    told = texts(resolve_batch(loading.load(preset, **small), range(40, 43)))
    assert len(set(told)) > 1
    for text in told:
        assert [note for note in notes if text.removeprefix("a cat ") in note and "left to the guidance" in note]


def test_a_recipe_says_what_its_picture_was_told_and_comes_out_again(tmp_path):
    result = package.run(quick(prompts=WILD, batch=3))
    for picture in range(3):
        path = result.save(tmp_path / f"{picture}.png", picture)
        (prompt,) = metadata.read(path)["preset"]["prompts"]
        alone = resolve_choices(quick(prompts=WILD), 40 + picture).prompts[0].text
        assert prompt["text"] == alone == prompt["each"][picture]
        assert replay(path, note=pytest.fail).word == "identical"


def test_a_picture_of_a_batch_may_be_taken_on_its_own(tmp_path):
    result = package.run(quick(prompts=WILD, batch=3))
    path = result.save(tmp_path / "2.png", 2)
    notes = []
    made = package.run(loading.load(path, batch=1, seed=42), note=notes.append)
    assert torch.equal(made.images[0], result.images[2])
    assert notes == [
        f"'{made.recipe['preset']['prompts'][0]['text']}' was told to a batch of 3 in as many ways; "
        "this is a batch of 1, which is told it alike"
    ]


def test_a_private_picture_of_a_batch_is_replayed_with_its_choices(tmp_path):
    result = package.run(quick(prompts=WILD, batch=3, recipe="private"))
    path = result.save(tmp_path / "1.png", 1)
    assert "fish" not in json.dumps(metadata.read(path))
    assert replay(path, prompts=WILD, note=pytest.fail).word == "identical"


def test_the_files_of_a_run_name_what_each_was_told(artgen, tmp_path):
    artgen("run", "pixel", "--prompt", WILD, "--set", "size=16", "--set", "steps=2", "--out", "x", code=0)
    told = {
        path.name: metadata.read(path)["preset"]["prompts"][0]["text"]
        for path in (tmp_path / "x/batch").glob("seed-??.png")
    }
    assert told == {
        f"seed-{seed}.png": resolve_choices(quick(prompts=WILD), seed).prompts[0].text for seed in range(40, 44)
    }


@pytest.mark.parametrize(
    "prompt",
    [
        {"image": __file__, "each": ["a"]},
        {"text": "a", "each": [{"from": "a", "to": "b"}]},
        {"direction": {"from": "a", "to": "b"}, "each": ["a"]},
        {"text": "a", "each": []},
    ],
)
def test_what_is_told_to_each_fits_the_prompt(prompt, flat):
    with pytest.raises(PresetError, match=r"each|expected 1 values"):
        loading.parse({**flat, "prompts": [prompt]})
