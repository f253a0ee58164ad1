"""Published files and their mirrors: every way in which that can go wrong is one line."""

import functools
import hashlib
import http.server
import threading

import pytest

from artgen import weights
from artgen.errors import InputError

DATA = bytes(range(256)) * 40
DIGEST = hashlib.sha256(DATA).hexdigest()


def one_line(caught):
    text = str(caught.value)
    assert "\n" not in text and len(text) < 500
    return text


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARTGEN_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path):
    """The address of a web server that has good.bin, other.bin and short.bin, and what was asked of it."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if self.path != "/short.bin":
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Length", str(len(DATA)))
            self.end_headers()
            self.wfile.write(DATA[:100])
            return None

        def log_message(self, *_):
            pass

    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "good.bin").write_bytes(DATA)
    (tmp_path / "web" / "other.bin").write_bytes(b"something else")
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=tmp_path / "web"))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}", asked
    web.shutdown()
    web.server_close()


def test_a_mirror_is_asked_once(server, cache):
    address, asked = server
    notes = []
    for _ in range(2):
        path = weights.fetch("m.ckpt", [f"{address}/good.bin"], DIGEST, notes.append)
        assert path.read_bytes() == DATA and path.is_relative_to(cache)
    assert asked == ["/good.bin"]
    assert notes == ["m.ckpt: downloading 10.2 kB, from 127.0.0.1"]


def test_dead_and_wrong_mirrors_are_tried_past(server, cache):
    address, asked = server
    dead = ["ftp://127.0.0.1/x", "http://127.0.0.1:1/x"]
    mirrors = [*dead, *(f"{address}/{name}.bin" for name in ("gone", "other", "short", "good"))]
    assert weights.fetch("m.ckpt", mirrors, DIGEST, lambda _: None).read_bytes() == DATA
    assert asked == ["/gone.bin", "/other.bin", "/short.bin", "/good.bin"]


def test_when_every_mirror_fails_one_line_says_how(server, cache):
    address, _ = server
    mirrors = ["http://127.0.0.1:1/x", f"{address}/gone.bin", f"{address}/other.bin", f"{address}/short.bin"]
    with pytest.raises(InputError, match=r"m\.ckpt: no mirror has it \(127\.0\.0\.1: URLError: .*refused") as caught:
        weights.fetch("m.ckpt", mirrors, DIGEST, lambda _: None)
    text = one_line(caught)
    assert "404" in text and "another file than expected" in text and "ended after 100 of 10240" in text
    assert not [path for path in cache.rglob("*") if path.is_file()]


@pytest.mark.parametrize("limit", [DATA[:-1], b""])
def test_a_file_beyond_the_limit_is_not_kept(limit, server, cache, monkeypatch):
    monkeypatch.setattr(weights, "MAX_BYTES", len(limit))
    with pytest.raises(InputError, match="more than the limit"):
        weights.fetch("m.ckpt", [f"{server[0]}/good.bin"], DIGEST, lambda _: None)
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_a_spoilt_cache_is_fetched_again(server, cache):
    path = weights.fetch("m.ckpt", [f"{server[0]}/good.bin"], DIGEST, lambda _: None)
    path.write_bytes(b"spoilt")
    assert weights.fetch("m.ckpt", [f"{server[0]}/good.bin"], DIGEST, lambda _: None).read_bytes() == DATA


@pytest.mark.parametrize("variable", ["ARTGEN_OFFLINE", "HF_HUB_OFFLINE"])
def test_offline_nothing_is_asked(variable, server, cache, monkeypatch):
    address, asked = server
    monkeypatch.setenv(variable, "true")
    with pytest.raises(InputError, match=r"is not in the cache .*, and downloads are switched off") as caught:
        weights.fetch("m.ckpt", [f"{address}/good.bin"], DIGEST, lambda _: None)
    one_line(caught)
    with pytest.raises(InputError, match=r"nobody/nothing: is not in the cache, and downloads are switched off"):
        weights.folder("nobody/nothing", lambda _: None)
    assert asked == []
    cache.mkdir(exist_ok=True)
    (cache / "m.ckpt").write_bytes(DATA)
    assert weights.fetch("m.ckpt", [], DIGEST, lambda _: None).read_bytes() == DATA


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("True", True), ("on", True), ("0", False), ("", False)])
def test_offline_is_a_switch(value, expected, cache, monkeypatch):
    monkeypatch.setenv("ARTGEN_OFFLINE", value)
    assert weights.is_offline() is expected
