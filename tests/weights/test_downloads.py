"""Downloads that break off and go on, over real HTTP."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from artgen import weights
from artgen.errors import InputError
from artgen.weights import downloads
from tests.helpers.web import DATA, DIGEST, OTHER, TAG, files


def begun(cache, data, url, tag=TAG):
    """A part of m.bin, as an earlier download from `url` left it."""
    (cache / "m.bin.part").write_bytes(data)
    (cache / "m.bin.part.json").write_text(json.dumps({"url": url, "validator": tag}))


def fetch(*mirrors, digest=DIGEST, notes=None):
    return weights.fetch("m.bin", mirrors, digest, [].append if notes is None else notes.append)


def test_a_download_that_breaks_off_goes_on_where_it_stopped(web, cache):
    notes = []
    assert fetch(web.url("drops"), notes=notes).read_bytes() == DATA
    ranges = [(None, None), ("bytes=40000-", TAG), ("bytes=80000-", TAG)]
    assert web.asked == [("drops", *asked) for asked in ranges]
    assert files(cache) == ["m.bin"]
    assert notes[1] == "m.bin: going on after 40.0 kB of 102.4 kB, from 127.0.0.1"


def test_what_one_mirror_began_the_next_one_ends(web, cache, monkeypatch):
    monkeypatch.setattr(downloads, "_TRIES", 1)
    with pytest.raises(InputError, match=r"ended after 40000 of 102400 bytes.* goes on after the 40\.0 kB") as caught:
        fetch(web.url("drops"))
    assert "\n" not in str(caught.value)
    assert files(cache) == ["m.bin.part", "m.bin.part.json"]
    assert fetch(web.url("whole")).read_bytes() == DATA
    assert web.asked[1:] == [("whole", "bytes=40000-", None)]


def test_a_file_that_has_changed_since_comes_whole(web, cache):
    begun(cache, OTHER[:500], web.url("whole"), tag='"version-0"')
    assert fetch(web.url("whole")).read_bytes() == DATA
    assert web.asked == [("whole", "bytes=500-", '"version-0"')]


def test_a_server_without_ranges_starts_again(web, cache):
    begun(cache, DATA[:500], web.url("plain"))
    assert fetch(web.url("plain")).read_bytes() == DATA
    assert len(web.asked) == 1


def test_a_spoilt_part_is_discarded_once_and_fetched_anew(web, cache):
    begun(cache, b"x" * 500, web.url("whole"))
    assert fetch(web.url("whole")).read_bytes() == DATA
    assert web.asked == [("whole", "bytes=500-", TAG), ("whole", None, None)]


@pytest.mark.parametrize("length", [len(DATA), len(DATA) + 7])
def test_a_part_with_nothing_left_to_come_is_judged(length, web, cache):
    begun(cache, (DATA + DATA)[:length], web.url("whole"))
    assert fetch(web.url("whole")).read_bytes() == DATA
    assert len(web.asked) == 1 + (length > len(DATA))


@pytest.mark.parametrize("part", [b"", DATA[:500]])
def test_a_wrong_file_is_never_there(part, web, cache):
    begun(cache, part, web.url("whole"))
    with pytest.raises(InputError, match="another file than expected"):
        fetch(web.url("wrong"))
    assert files(cache) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
def test_a_part_of_unknown_origin_is_not_continued(text, web, cache):
    begun(cache, DATA[:500], web.url("whole"))
    (cache / "m.bin.part.json").write_text(text)
    fetch(web.url("whole"))
    assert web.asked == [("whole", None, None)]


def test_without_a_digest_only_the_same_version_is_continued(web, cache):
    begun(cache, OTHER[:500], web.url("wrong"))
    assert fetch(web.url("whole"), digest="").read_bytes() == DATA
    assert web.asked == [("whole", None, None)]


def test_a_file_that_cannot_be_verified_is_told_by_its_digest(web, cache):
    notes = []
    fetch(web.url("whole"), digest="", notes=notes)
    assert f"m.bin: cannot be verified, since nobody has published its sha256; this one's is {DIGEST}" in notes
    fetch(web.url("whole"), digest="", notes=(again := []))
    assert again == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line_and_leaves_nothing(web, cache):
    (cache / "m.bin.part").symlink_to("/dev/full")
    (cache / "m.bin.part.json").write_text(json.dumps({"url": web.url("whole"), "validator": TAG}))
    with pytest.raises(InputError, match=r"No space left on device.*free some room, or choose another") as caught:
        fetch(web.url("whole"))
    assert "\n" not in str(caught.value)
    assert files(cache) == []


def test_a_file_larger_than_the_disk_is_not_begun(web, cache, monkeypatch):
    monkeypatch.setattr(weights, "MAX_BYTES", 1 << 61)
    with pytest.raises(InputError, match=r"m\.bin needs 1\.2 EB, and [\d.]+ [GT]B are free; free some room"):
        fetch(web.url("huge"))
    assert files(cache) == []


def test_a_cache_that_cannot_be_made_is_one_line(web, cache, monkeypatch):
    (cache / "file").touch()
    monkeypatch.setenv("ARTGEN_CACHE", str(cache / "file" / "cache"))
    with pytest.raises(InputError, match=r"cannot write here .*choose another folder with ARTGEN_CACHE"):
        fetch(web.url("whole"))


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal to look at")
def test_people_at_a_terminal_see_a_bar(web, cache):
    program = "import sys; from artgen import weights; weights.fetch('m.bin', sys.argv[1:2], sys.argv[2], print)"
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", program, web.url("whole"), DIGEST]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(command, stderr=theirs, env=environment, stdout=subprocess.PIPE, timeout=60, check=True)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "━" in shown and "102.4/102.4 kB" in shown
    assert b"downloading 102.4 kB" in done.stdout


def test_two_processes_fetch_a_file_once(web, cache):
    program = "import sys; from artgen import weights; weights.fetch('m.bin', sys.argv[1:2], sys.argv[2], print)"
    command = [sys.executable, "-c", program, web.url("slow"), DIGEST]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert len(web.asked) == 1 and (cache / "m.bin").read_bytes() == DATA
    assert sorted("downloading" in text for text in said) == [False, True]
    assert files(cache) == ["m.bin"]


@pytest.fixture
def command(artgen, web, cache):
    """Runs ``artgen weights`` with a plugin whose file is at web's /whole."""

    def run(*arguments, at="whole", **options):
        addresses = " ".join(web.url(name) for name in at.split())
        return artgen("weights", *arguments, dists=("ok", "published"), PUBLISHED_AT=addresses, **options)

    return run
