"""`artgen plan`: how long a picture takes, and what it needs."""

import json

import pytest
import torch
import yaml

import artgen as package
from artgen.planning import keeping
from tests.planning.test_estimate import trial


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def mine(flat, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))


def test_it_says_what_each_part_takes(artgen, flat, mine, tmp_path):
    preset = package.load(flat, steps=11)
    keeping.keep(keeping.key_of(preset, torch.get_num_threads()), trial(), pytest.fail)
    done = artgen("plan", "mine.yaml", "--steps", "11", "--seed", "9", "--set", "auto_stop=true", code=0)
    assert [line.split() for line in done.stdout.splitlines()[:5]] == [
        ["start", "2.0", "s"],
        ["building", "3.0", "s"],
        ["steps", "30.0", "s", "11", "of", "2.73", "s"],
        ["finish", "4.5", "s", "and", "the", "files"],
        ["in", "all", "0:40", "at", "most:", "it", "may", "stop", "early"],
    ]
    names = [line[:9].strip() for line in done.stdout.splitlines()[5:]]
    assert names == ["memory", "disk", "at once"]
    assert not done.stderr
    assert not (tmp_path / "runs").exists()


def test_for_programs_it_is_json(artgen, mine):
    told = json.loads(artgen("plan", "mine.yaml", "--quick", "--json", code=0).stdout)
    assert told["rough"] is True and told["steps"] == 6 and told["advice"] == []
    parts = [told[name] for name in ("start", "build", "stepping", "finish")]
    assert told["seconds"] == pytest.approx(sum(parts))


def test_what_has_to_be_downloaded_is_not_tried_out(artgen):
    done = artgen("plan", "stable-diffusion", code=0)
    assert "not downloaded yet" in done.stderr
    assert "roughly" in done.stdout and "stable-diffusion-v1-5" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mine.yaml", "--steps", "none"), "--steps: expected a whole number"),
        (("mine.yaml", "--set", "lossses=[]"), "lossses"),
        (("nothing",), "nothing"),
        ((), "PRESET"),
    ],
)
def test_mistakes_are_told_as_a_run_tells_them(artgen, mine, words, said):
    assert said in artgen("plan", *words, code=2).stderr
