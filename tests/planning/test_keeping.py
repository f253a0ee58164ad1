"""What was measured is remembered for every preset that costs the same, and for no other."""

import os

import pytest

import artgen as package
from artgen.planning import keeping
from tests.planning.test_estimate import trial


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / keeping.FOLDER


@pytest.mark.parametrize(
    "changes",
    [{"seed": 99}, {"prompts": "a bird:1 | a very long fox:0.5"}, {"about": "x"}, {"recipe": "none"}, {"frames": 9}],
)
def test_what_takes_no_time_is_no_part_of_the_key(flat, changes):
    assert keeping.key_of(package.load(flat, **changes), 1) == keeping.key_of(package.load(flat), 1)


def test_where_a_picture_lies_is_no_part_of_the_key(flat, made, tmp_path):
    other = tmp_path / "other.png"
    other.write_bytes(made.read_bytes())
    keys = {keeping.key_of(package.load(flat, prompts=[{"image": str(path)}]), 1) for path in (made, other)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "changes",
    [{"steps": 7}, {"size": 13}, {"batch": 1}, {"chunk": 2}, {"prompts": "a cat"}, {"deterministic": True}],
)
def test_what_takes_time_is_a_part_of_it(flat, changes):
    assert keeping.key_of(package.load(flat, **changes), 1) != keeping.key_of(package.load(flat), 1)


def test_how_it_is_drawn_is_a_part_of_it(flat):
    preset = package.load(flat)
    assert len({keeping.key_of(preset, 1), keeping.key_of(preset, 2), keeping.key_of(preset, 1, again=True)}) == 3


def test_what_is_kept_comes_back_and_what_is_damaged_is_missing(cache):
    assert keeping.recalled("a") is None
    keeping.keep("a", trial(), pytest.fail)
    assert keeping.recalled("a") == trial()
    assert keeping.speed() == pytest.approx((30 + 4) / 100)
    (cache / "a.json").write_text('{"start": -1}')
    assert keeping.recalled("a") is None and keeping.speed() is None


def test_the_oldest_goes_when_there_are_too_many(cache, monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 3)
    for number, key in enumerate("abcde"):
        keeping.keep(key, trial(), pytest.fail)
        os.utime(cache / f"{key}.json", (number, number))
    keeping.keep("f", trial(), pytest.fail)
    assert sorted(path.stem for path in cache.iterdir()) == ["d", "e", "f"]


def test_a_cache_that_cannot_be_written_is_noted(cache):
    cache.parent.mkdir()
    cache.write_text("a file")
    told = []
    keeping.keep("a", trial(), told.append)
    assert told and "is not kept" in told[0]
