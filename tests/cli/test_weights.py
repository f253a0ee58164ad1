"""The command that lists, fetches and verifies weights, over real HTTP."""

import json
from pathlib import Path

import pytest

from tests.helpers.web import DATA, DIGEST, OTHER, files, serving


@pytest.fixture
def web():
    with serving() as server:
        yield server


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("ARTGEN_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def command(artgen, web, cache):
    """Runs ``artgen weights`` with a plugin whose file is at web's /whole."""

    def run(*arguments, at="whole", **options):
        addresses = " ".join(web.url(name) for name in at.split())
        return artgen("weights", *arguments, dists=("ok", "published"), PUBLISHED_AT=addresses, **options)

    return run


def test_a_file_is_fetched_from_the_first_mirror_that_has_it_and_found_again(command, cache, web):
    assert command("path", "taste.bin", code=2).stderr == (
        "taste.bin: is not on this machine; run: artgen weights fetch taste.bin\n"
    )
    done = command("fetch", "taste.bin", at="wrong whole", code=0)
    assert Path(done.stdout.strip()).read_bytes() == DATA
    assert [asked[0] for asked in web.asked] == ["wrong", "whole"]
    assert command("path", "taste.bin", code=0).stdout == done.stdout


def test_the_list_tells_names_what_is_cached_and_what_else_is_there(command, cache):
    (cache / "rumour.bin").write_bytes(DATA)
    (cache / "taste.bin.part").write_bytes(DATA[:50_000])
    (cache / "old.ckpt").write_bytes(b"1234")
    shown = command("list", code=0).stdout
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert rows["taste.bin"][1:] == ["102.4", "kB", "50.0", "kB", "of", "it", DIGEST[:8], "taste", "(artgen-published)"]
    assert rows["rumour.bin"][1:5] == ["102.4", "kB", "yes", "unverified"]
    assert rows["vqgan-coco.ckpt"][1:3] == ["?", "no"]
    assert "4 bytes  old.ckpt" in shown
    data = json.loads(command("list", "--json", code=0).stdout)
    assert data["others"] == [{"name": "old.ckpt", "bytes": 4}]
    assert data["bytes"] == len(DATA) + 50_000 + 4
    taste = next(entry for entry in data["weights"] if entry["name"] == "taste.bin")
    assert (taste["cached"], taste["begun"], taste["licence"], taste["sha256"]) == (False, 50_000, "MIT", DIGEST)


def test_verify_names_what_is_broken_and_deletes_it_on_request(command, cache):
    assert "nothing" in command("verify", code=0).stdout
    (cache / "taste.bin").write_bytes(OTHER)
    (cache / "rumour.bin").write_bytes(DATA)
    done = command("verify", code=1)
    assert "taste.bin: is not the file that was published" in done.stderr
    assert done.stderr.endswith("run: artgen weights fetch taste.bin\n")
    assert "rumour.bin: unverified" in done.stdout
    command("verify", "taste.bin", "--delete-broken", code=1)
    assert files(cache) == ["rumour.bin"]
    assert "is not on this machine" in command("verify", "taste.bin", code=2).stderr


def test_a_preset_s_files_are_fetched(command, cache, flat, tmp_path):
    data = {**flat, "prompts": [], "perceptors": {}, "views": [], "losses": [{"type": "taste"}]}
    (tmp_path / "mine.yaml").write_text(json.dumps(data))
    command("fetch", "--preset", "mine.yaml", code=0)
    assert files(cache) == ["taste.bin"]


def test_offline_nothing_is_asked(command, web):
    done = command("fetch", "taste.bin", "rumour.bin", "owner/name", "--offline", code=1)
    assert len(done.stderr.splitlines()) == 3 and done.stderr.count("downloads are switched off") == 3
    assert web.asked == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fetch", "tast.bin"], "no plugin knows weights called 'tast.bin'; did you mean 'taste.bin'?"),
        (["fetch"], "name what to fetch, or a --preset"),
    ],
)
def test_a_request_that_cannot_be_met_is_one_line(arguments, message, command, web):
    done = command(*arguments, code=2)
    assert message in done.stderr and done.stderr.count("\n") == 1
    assert web.asked == []
