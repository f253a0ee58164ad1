"""`artgen plan`: how long a picture takes, and what it needs."""

import json

import pytest
import yaml


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def mine(flat, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))


def test_it_says_what_each_part_takes(artgen, mine, tmp_path):
    done = artgen("plan", "mine.yaml", "--steps", "9", "--set", "auto_stop=true", code=0)
    rows = {line[:9].strip(): line[9:].split() for line in done.stdout.splitlines()}
    assert list(rows) == ["start", "building", "steps", "finish", "in all", "memory", "disk", "at once"]
    assert rows["steps"][1:4] == ["s", "9", "of"]
    assert "at most: it may stop early" in done.stdout and "that are free" in done.stdout
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
