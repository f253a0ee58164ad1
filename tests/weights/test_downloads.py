"""Downloads that break off and go on, and the command that lists, fetches and verifies weights. All over real HTTP."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import time
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from artgen import weights
from artgen.errors import InputError
from artgen.preset import loading, shipped
from artgen.preset.needs import downloads as needs_of
from artgen.registry import known_weights
from artgen.registry.plugins import Registry, discover
from artgen.weights import downloads

DATA = bytes(range(256)) * 400
DIGEST = hashlib.sha256(DATA).hexdigest()
OTHER = bytes(reversed(DATA))
TAG = '"version-1"'


class Web(http.server.ThreadingHTTPServer):
    """Serves DATA; `asked` is the path, Range and If-Range of each request.

    /whole knows ranges; /drops ends each answer after 40,000 bytes; /plain knows no ranges; /wrong has other bytes;
    /slow takes half a second; /huge says that it has more than any disk.
    """

    daemon_threads = True

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), Answer)

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name, wanted, mark = self.path.strip("/"), self.headers.get("Range"), self.headers.get("If-Range")
        self.server.asked.append((name, wanted, mark))
        if name == "slow":
            time.sleep(0.5)
        data = OTHER if name == "wrong" else DATA
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and mark in (None, TAG) else 0
        if name == "plain":
            start = 0
        if start >= len(data):
            return self.begin(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": 0})
        if name == "huge":
            return self.begin(200, {"ETag": TAG, "Content-Length": 1 << 60})
        ranges = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        self.begin(206 if start else 200, {"ETag": TAG, "Content-Length": len(data) - start, **ranges})
        return self.wfile.write(data[start : start + 40_000] if name == "drops" else data[start:])

    def begin(self, status, headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, str(value))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    server = Web()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("ARTGEN_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(downloads, "_PAUSE", 0)
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def files(cache):
    return sorted(path.name for path in cache.iterdir())


def begun(cache, data, url, tag=TAG):
    """A part of m.bin, as an earlier download from `url` left it."""
    (cache / "m.bin.part").write_bytes(data)
    (cache / "m.bin.part.json").write_text(json.dumps({"url": url, "validator": tag}))


def fetch(*mirrors, digest=DIGEST, notes=None):
    return weights.fetch("m.bin", mirrors, digest, [].append if notes is None else notes.append)


# Downloads


def test_a_download_that_breaks_off_goes_on_where_it_stopped(web, cache):
    notes = []
    assert fetch(web.url("drops"), notes=notes).read_bytes() == DATA
    ranges = [(None, None), ("bytes=40000-", TAG), ("bytes=80000-", TAG)]
    assert web.asked == [("drops", *asked) for asked in ranges]
    assert files(cache) == ["m.bin"]
    assert notes[1] == "m.bin: going on after 0.0 of 0.1 MB, from 127.0.0.1"


def test_what_one_mirror_began_the_next_one_ends(web, cache, monkeypatch):
    monkeypatch.setattr(downloads, "_TRIES", 1)
    with pytest.raises(InputError, match=r"ended after 40000 of 102400 bytes.* goes on after the 0\.0 MB") as caught:
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
    with pytest.raises(InputError, match=r"m\.bin needs 1152921504607 MB, and \d+ MB are free; free some room"):
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
    assert b"downloading 0.1 MB" in done.stdout


def test_two_processes_fetch_a_file_once(web, cache):
    program = "import sys; from artgen import weights; weights.fetch('m.bin', sys.argv[1:2], sys.argv[2], print)"
    command = [sys.executable, "-c", program, web.url("slow"), DIGEST]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert len(web.asked) == 1 and (cache / "m.bin").read_bytes() == DATA
    assert sorted("downloading" in text for text in said) == [False, True]
    assert files(cache) == ["m.bin"]


# Names


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "../x.bin"}, "is no name for a file of weights"),
        ({"name": ".hidden"}, "is no name for a file of weights"),
        ({"sha256": "abc"}, "is no sha256"),
        ({"mirrors": ()}, "needs a tuple of at least one mirror"),
        ({"mirrors": "https://x"}, "needs a tuple of at least one mirror"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        weights.Published(**{"name": "x.bin", "mirrors": ("https://x",), **fields})


def test_a_plugin_that_offers_something_else_fails_alone(tmp_path, monkeypatch):
    (tmp_path / "odd_weights.py").write_text(
        "from artgen.api import hookimpl\n@hookimpl\ndef artgen_weights():\n    return ['x.bin']\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.load(EntryPoint("odd", "odd_weights", "artgen"))
    assert "artgen_weights offers 'x.bin', which is no Published" in registry.failures[0].reason


def test_a_name_of_two_files_belongs_to_nobody(monkeypatch):
    registry = discover()
    twice = [("one", weights.Published("x.bin", ("https://a",), "0" * 64)), ("two", weights.Published("x.bin", ("b",)))]
    monkeypatch.setattr(registry, "weights", [*twice, ("three", weights.Published("x.bin", ("c",)))])
    assert [entry.owners for entry in known_weights.entries()] == [("one",), ("three", "two")]
    with pytest.raises(InputError, match=r"one and three, two call different files 'x\.bin'"):
        known_weights.find(["x.bin"])


def test_shipped_presets_need_only_what_is_known_or_on_the_hub():
    known = {entry.name for entry in known_weights.entries()}
    needs = {name: needs_of(loading.load(path)) for name, path in shipped.shipped().items()}
    assert {need.name for need in needs["vqgan-imagenet"]} == {"vqgan-imagenet_f16_16384.ckpt", "ViT-B-32/openai"}
    assert needs["tile"] == []
    assert all(need.name in known or "/" in need.name for found in needs.values() for need in found)


# The command


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
    assert rows["taste.bin"][1:] == ["0.1", "MB", "0.1", "MB", "of", "it", DIGEST[:8], "taste", "(artgen-published)"]
    assert rows["rumour.bin"][1:5] == ["0.1", "MB", "yes", "unverified"]
    assert rows["vqgan-coco.ckpt"][1:3] == ["?", "no"]
    assert "0.0 MB  old.ckpt" in shown
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
