"""A plugin that was written for the API as it first was: what it says by flags, and the members that it may have."""

import importlib
import json
import sys

import pytest
from pydantic import ValidationError

from artgen.api import HasCredits, HasFeatures, HasReadAs, Judged, Need, Paints, PaintsOver, Rewords, WatchesFinish
from artgen.testing import make_env
from tests.helpers.paths import DISTS

PRESET = """
prompts: a moggy
seed: 3
size: [16, 12]
steps: 4
batch: 2
start: red
generator: {type: wash}
perceptors: {glimpse: {type: glimpse}}
views: [{type: cutouts, count: 3}]
losses: [{type: follow}, {type: apart}, {type: remember, weight: 0.1}]
reporters: [{type: diary}]
finish: [{type: doubled}]
overlay: {image: mark.png, every: 2}
"""


@pytest.fixture
def first(monkeypatch):
    """The plugin's module, imported anew, and what its author is warned of."""
    monkeypatch.syspath_prepend(str(DISTS / "first"))
    monkeypatch.delitem(sys.modules, "first", raising=False)
    with pytest.warns(DeprecationWarning) as told:
        module = importlib.import_module("first")
    return module, [str(warning.message) for warning in told]


def test_its_author_is_told_what_to_write(first):
    assert first[1] == [
        "first.Wash.can_stop: say Need.ALL_STEPS in `needs`; the flag goes in 1.0",
        "first.Wash.uses_prompts: say Need.PROMPTS in `needs`; the flag goes in 1.0",
        "first.Wash.uses_start: say Need.START in `needs`; the flag goes in 1.0",
        "first.Follow.uses_perceptors: say Need.VIEWS in `needs`; the flag goes in 1.0",
        "first.Follow.uses_prompts: say Need.PROMPTS in `needs`; the flag goes in 1.0",
        "first.Apart.compares_batch: say Need.BATCH in `needs`; the flag goes in 1.0",
        "first.Remember.reads_perceptors: say Need.PERCEPTORS in `needs`; the flag goes in 1.0",
        "first.Remember.uses_start: say Need.START in `needs`; the flag goes in 1.0",
    ]


def test_its_flags_are_needs(first):
    module, _ = first
    assert module.Wash().needs() == {Need.START, Need.ALL_STEPS}
    assert module.Wash(reads=True).needs() == {Need.START, Need.ALL_STEPS, Need.PROMPTS}
    assert module.Follow().needs() == {Need.PROMPTS, Need.VIEWS}
    assert module.Apart().needs() == {Need.BATCH}
    assert module.Remember().needs() == {Need.START, Need.PERCEPTORS}
    assert module.Glimpse().needs() == set()


def test_its_own_validator_still_refuses(first):
    with pytest.raises(ValidationError, match="'near' is above 'far'; swap them"):
        first[0].Apart(near=0.9)


def test_its_members_are_found(first):
    module, _ = first
    env = make_env(size=(4, 4))
    generator, perceptor = module.Wash().build(env), module.Glimpse().build(env)
    assert all(isinstance(generator, kind) for kind in (Judged, Paints, PaintsOver, HasCredits))
    assert all(isinstance(perceptor, kind) for kind in (HasFeatures, Rewords, HasReadAs))
    assert not isinstance(perceptor, Paints) and not isinstance(generator, HasFeatures)
    assert isinstance(module.Diary().build(env), WatchesFinish)


def test_it_draws(artgen, tmp_path):
    from PIL import Image

    Image.new("RGBA", (16, 12), (0, 0, 255, 128)).save(tmp_path / "mark.png")
    (tmp_path / "mine.yaml").write_text(PRESET)
    done = artgen("run", "mine.yaml", "--out", "made", dists=("ok", "first"), code=0)
    lines = [line for line in done.stdout.splitlines() if line.startswith("diary")]
    assert lines[0] == "diary: begin 4" and lines[-1] == "diary: end 4" and "diary: finish finish" in lines
    assert "Deprecat" not in done.stderr
    recipe = json.loads((tmp_path / "made" / "recipe.json").read_text())
    assert {"wash/water", "glimpse/lens"} <= set(recipe["weights"])
    assert recipe["credits"] == ["the river"] and recipe["read_as"] == {"moggy": "cat"}
    assert recipe["plugins"]["artgen-first"] == "1.0"
    assert artgen("replay", "made/image.png", dists=("ok", "first"), code=0).stdout.splitlines()[-1].startswith("ident")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("prompts: []", "losses[0]: it has nothing to look for; add 'prompts'"),
        ("start: null", "losses[2]: it compares with the start; add 'start' to the preset"),
        ("views: []", "losses[0]: it looks at views through perceptors; add 'views'"),
        ("auto_stop: true", "auto_stop: the generator 'wash' needs all of its steps; leave it out"),
    ],
)
def test_what_its_flags_ask_for_is_checked(artgen, tmp_path, change, said):
    (tmp_path / "mine.yaml").write_text(PRESET.replace("overlay: {image: mark.png, every: 2}\n", ""))
    (tmp_path / "other.yaml").write_text(f"extends: mine.yaml\n{change}\n")
    assert said in artgen("check", "other.yaml", dists=("ok", "first"), code=2).stderr
