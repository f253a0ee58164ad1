"""Servers that do not answer, drip or talk nonsense cost a bounded time, are never waited for in silence, and are left
for the next mirror."""

import contextlib
import json
import os
import socket
import threading
import time

import pytest

from artgen import weights
from artgen.cli import main
from artgen.errors import InputError
from artgen.weights import patience
from tests.helpers.web import DATA, DIGEST, files

HEAD = b"HTTP/1.1 200 OK\r\n"


@contextlib.contextmanager
def talking(say):
    """A server on 127.0.0.1 that `say(connection)` answers for; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection):
            with connection, contextlib.suppress(OSError):
                say(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def silent(connection):
    time.sleep(20)


def dripping_headers(connection):
    connection.sendall(HEAD)
    for number in range(200):
        connection.sendall(b"X-%d: y\r\n" % number)
        time.sleep(0.1)


def dripping_body(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b'ETag: "a"\r\nContent-Length: %d\r\n\r\n' % len(DATA))
    for byte in DATA[:200]:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def lying(length):
    def say(connection):
        connection.recv(4096)
        connection.sendall(HEAD + b"Content-Length: " + length + b"\r\n\r\n" + DATA)

    return say


def babbling(connection):
    connection.recv(4096)
    connection.sendall(b"\x00\xffhello\r\n\r\n")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setenv("ARTGEN_TIMEOUT", "0.6")


@pytest.mark.parametrize("say", [silent, dripping_headers, dripping_body])
def test_a_mirror_that_keeps_one_waiting_is_given_up_aloud(say, cache):
    notes = []
    began = time.monotonic()
    with (
        talking(say) as address,
        pytest.raises(InputError, match=r"m\.bin: no mirror has it \(127\.0\.0\.1: ") as caught,
    ):
        weights.fetch("m.bin", [address], DIGEST, notes.append)
    assert time.monotonic() - began < 5
    assert any("still waiting for 127.0.0.1 (" in line or "so far" in line for line in notes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "say", [silent, dripping_headers, dripping_body, babbling, lying(b"abc"), lying(b"-5"), lying(b"9" * 50)]
)
def test_the_next_mirror_is_asked_after_any_failure(say, web, cache):
    with talking(say) as address:
        assert weights.fetch("m.bin", [address, web.url("whole")], DIGEST, lambda _: None).read_bytes() == DATA
    assert files(cache) == ["m.bin"]


@pytest.mark.parametrize(
    "address", ["http://[", "http://a:port/x", "", "ftp://127.0.0.1/x", "http://\x00/", "https://" + 300 * "a"]
)
def test_an_address_that_is_none_costs_nothing_but_itself(address, web, cache):
    assert weights.fetch("m.bin", [address, web.url("whole")], DIGEST, lambda _: None).read_bytes() == DATA


def test_a_hub_that_never_answers_is_one_line(cache, monkeypatch):
    notes = []
    began = time.monotonic()
    with talking(silent) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(
            InputError, match=r"owner/name: is not in the cache, and the model hub cannot be reached"
        ) as caught:
            weights.folder("owner/name", notes.append)
    assert time.monotonic() - began < 5
    assert any("still waiting for 127.0.0.1 (" in line for line in notes)
    assert "no answer within" in str(caught.value) and "\n" not in str(caught.value)


def test_a_socket_that_gives_up_first_says_the_same(monkeypatch):
    def ask():
        raise TimeoutError("timed out")

    with pytest.raises(patience.TooSlow, match="no answer within"):
        patience.within_patience(ask)


def test_a_hub_that_answers_the_door_and_then_nothing_is_one_line(cache, monkeypatch):
    def at_the_door(connection):
        if connection.recv(4096).startswith(b"HEAD / "):
            connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
        else:
            time.sleep(20)

    notes = []
    with talking(at_the_door) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(InputError, match=r"the model hub cannot be reached .*only 0 bytes came") as caught:
            weights.folder("owner/name", notes.append)
    assert "\n" not in str(caught.value) and len(notes) > 1


def test_where_nobody_opens_the_hub_is_given_up_at_once(cache, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("ARTGEN_TIMEOUT", "30")
    began = time.monotonic()
    with pytest.raises(InputError, match=r"the model hub cannot be reached \(URLError: .*refused"):
        weights.folder("owner/name", lambda _: None)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("value", ["1", "y", "2", "enabled", "True", " on "])
def test_any_word_but_no_is_offline(value, monkeypatch):
    monkeypatch.setenv("ARTGEN_OFFLINE", value)
    assert weights.is_offline()


@pytest.mark.parametrize("value", ["0", "false", "No", "off", "", " "])
def test_a_no_is_no(value, monkeypatch):
    monkeypatch.setenv("ARTGEN_OFFLINE", value)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert not weights.is_offline()


@pytest.mark.parametrize(("value", "expected"), [("y", "1"), ("2", "1"), ("0", None), ("off", None)])
def test_the_command_hands_it_on_to_the_libraries(value, expected, monkeypatch, capsys):
    monkeypatch.setenv("ARTGEN_OFFLINE", value)
    monkeypatch.setenv("HF_HUB_OFFLINE", "before")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    main(["presets"])
    assert os.environ.get("HF_HUB_OFFLINE") == expected


def test_offline_all_that_is_missing_is_named_at_once(artgen, cache, flat, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    clip = {"type": "open_clip", "model": "ViT-B-32", "pretrained": "openai"}
    preset = flat | {
        "generator": {"type": "vqgan", "model": "owner/name"},
        "perceptors": {"a": clip, "b": clip | {"model": "RN50"}},
    }
    (tmp_path / "p.yaml").write_text(json.dumps(preset | {"losses": [{"type": "clip"}], "start": None}))
    monkeypatch.setenv("ARTGEN_OFFLINE", "enabled")
    monkeypatch.setenv("HF_HUB_OFFLINE", "")
    said = artgen("run", "p.yaml", code=2).stderr.splitlines()[-1]
    assert said == (
        "owner/name, ViT-B-32/openai, RN50/openai: are not in the cache, and downloads are switched off "
        "(ARTGEN_OFFLINE); download them first, or name what is here"
    )
