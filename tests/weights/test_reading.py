"""Where weights come from and how files are read: every way in which that can go wrong is one line."""

import collections
import functools
import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import types
import urllib.parse
from pathlib import Path
from typing import ClassVar

import numpy
import pytest
import strangers
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from safetensors.torch import save_file

from artgen import weights
from artgen.engine import loop
from artgen.errors import InputError
from artgen.fields.paths import LocatedText
from artgen.preset import loading

DATA = bytes(range(256)) * 40
DIGEST = hashlib.sha256(DATA).hexdigest()


def one_line(caught):
    text = str(caught.value)
    assert "\n" not in text and len(text) < 500
    return text


# Reading files

STATE = {"a.weight": torch.arange(6.0).view(2, 3), "a.bias": torch.ones(2, dtype=torch.float16)}


@pytest.mark.parametrize(
    "wrap", [dict, lambda s: {"state_dict": s, "epoch": 3}, lambda s: {"model": {"state_dict": s}}]
)
@pytest.mark.parametrize("zipped", [True, False])
def test_the_tensors_of_a_pytorch_file(wrap, zipped, tmp_path):
    torch.save(wrap(collections.OrderedDict(STATE)), tmp_path / "x.pt", _use_new_zipfile_serialization=zipped)
    read = weights.read_state(tmp_path / "x.pt")
    assert read.keys() == STATE.keys()
    assert all(torch.equal(read[name], STATE[name]) for name in STATE)


def test_the_tensors_of_a_safetensors_file(tmp_path):
    save_file(STATE, tmp_path / "x.safetensors")
    read = weights.read_state(tmp_path / "x.safetensors")
    assert all(torch.equal(read[name], STATE[name]) for name in STATE)


@pytest.fixture
def lightning(monkeypatch):
    """Pretends that a trainer is installed while a file is written, and takes it away again."""
    module = types.ModuleType("pytorch_lightning.callbacks")

    class ModelCheckpoint:
        def __setstate__(self, state):
            raise AssertionError("the trainer's code ran")

    ModelCheckpoint.__module__, ModelCheckpoint.__qualname__ = module.__name__, "ModelCheckpoint"
    module.ModelCheckpoint = ModelCheckpoint
    monkeypatch.setitem(sys.modules, "pytorch_lightning", types.ModuleType("pytorch_lightning"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    callback = ModelCheckpoint()
    callback.__dict__["best"] = 3
    yield {"callbacks": {ModelCheckpoint: {"best": numpy.float64(0.5)}, "more": callback}, "state_dict": STATE}


def test_a_trainers_leftovers_are_not_read(lightning, tmp_path, monkeypatch):
    torch.save(lightning, tmp_path / "last.ckpt")
    monkeypatch.delitem(sys.modules, "pytorch_lightning.callbacks")
    assert weights.read_state(tmp_path / "last.ckpt").keys() == STATE.keys()


class Evil:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_runs_code_is_refused_unrun(zipped, tmp_path):
    evil = {"state_dict": {**STATE, "x": Evil(exec, f"open({str(tmp_path / 'ran')!r}, 'w')")}}
    torch.save(evil, tmp_path / "evil.ckpt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        InputError, match=r"evil\.ckpt: asks for 'exec' to be run; only plain tensors are read"
    ) as caught:
        weights.read_state(tmp_path / "evil.ckpt")
    one_line(caught)
    assert not (tmp_path / "ran").exists()


def test_a_call_hidden_behind_a_trainers_name_runs_nothing(tmp_path):
    # A pickle that names a function of the trainer's, which is only read, and one of the system's, which is refused.
    raw = b"\x80\x02cpytorch_lightning.x\nsystem\n(X\x02\x00\x00\x00lsltR0cposix\nsystem\n(X\x02\x00\x00\x00lsltR."
    (tmp_path / "evil.pt").write_bytes(raw)
    with pytest.raises(InputError) as caught:
        weights.read_state(tmp_path / "evil.pt")
    one_line(caught)


def spoil(raw, how):
    return {"truncated": raw[: len(raw) // 2], "empty": b"", "text": b"no checkpoint", "html": b"<html>404</html>"}[how]


@pytest.mark.parametrize("how", ["truncated", "empty", "text", "html"])
@pytest.mark.parametrize("name", ["x.safetensors", "x.ckpt", "legacy.ckpt"])
def test_a_damaged_file_is_one_line(how, name, tmp_path):
    path = tmp_path / name
    if path.suffix == ".safetensors":
        save_file(STATE, path)
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=name == "x.ckpt")
    path.write_bytes(spoil(path.read_bytes(), how))
    with pytest.raises(InputError, match=name) as caught:
        weights.read_state(path)
    one_line(caught)


@given(st.binary(max_size=200))
def test_any_bytes_are_one_line(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("any") / "x.ckpt"
    path.write_bytes(raw)
    with pytest.raises(InputError):
        weights.read_state(path)


@pytest.mark.parametrize("content", [{"epoch": 3}, [torch.ones(2)], {1: torch.ones(1)}])
def test_a_file_without_named_tensors_holds_no_weights(content, tmp_path):
    torch.save(content, tmp_path / "x.pt")
    with pytest.raises(InputError, match="holds no weights"):
        weights.read_state(tmp_path / "x.pt")


def test_a_missing_file_is_one_line(tmp_path):
    for read in (weights.read_state, weights.sha256):
        with pytest.raises(InputError, match="nowhere") as caught:
            read(tmp_path / "nowhere.ckpt")
        one_line(caught)


def test_hashes_name_the_weight_files_of_a_folder(tmp_path):
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "model.safetensors").write_bytes(DATA)
    (tmp_path / "config.json").write_text("{}")
    assert weights.hashes(tmp_path, "mine") == {"mine/unet/model.safetensors": DIGEST}
    assert weights.hashes([tmp_path / "unet" / "model.safetensors"], "a") == {"a/model.safetensors": DIGEST}


# Mirrors


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
    assert notes == ["m.ckpt: downloading 0.0 MB, from 127.0.0.1"]


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


# Folders and repositories


def test_a_folder_is_itself(tmp_path):
    assert weights.folder(tmp_path, lambda _: None) == tmp_path
    assert weights.folder(str(tmp_path), lambda _: None) == tmp_path


@pytest.mark.parametrize("source", ["nothing", "./nothing", "a/b/c", "../x/y", ""])
def test_what_is_neither_folder_nor_repository(source, cache):
    with pytest.raises(InputError, match="is neither a folder nor a repository"):
        weights.folder(source, lambda _: None)


PIPELINE = [
    "model_index.json",
    "v1-5-pruned.safetensors",
    "unet/config.json",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors",
    "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
    "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
    "vqvae/diffusion_pytorch_model.bin",
    "tokenizer/merges.txt",
    "README.md",
    "vae/model.onnx",
]


@pytest.mark.parametrize(
    ("variant", "unet"),
    [
        ("", ["-00001-of-00002.safetensors", "-00002-of-00002.safetensors"]),
        ("fp16", [".fp16.safetensors"]),
        ("bf16", ["-00001-of-00002.safetensors", "-00002-of-00002.safetensors"]),
    ],
)
def test_one_set_of_weights_is_chosen_from_a_repository(variant, unet):
    expected = {"model_index.json", "unet/config.json", "tokenizer/merges.txt", "vqvae/diffusion_pytorch_model.bin"}
    expected |= {f"unet/diffusion_pytorch_model{name}" for name in unet}
    assert set(weights.choose(PIPELINE, weights.PATTERNS, variant)) == expected


def test_a_single_model_keeps_its_weights():
    files = ["config.json", "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin"]
    assert set(weights.choose(files, weights.PATTERNS)) == set(files[:2])
    assert weights.choose(PIPELINE, ["unet/*.json"]) == ["unet/config.json"]


def test_a_pipeline_of_one_folder_keeps_its_weights():
    files = ["model_index.json", "config.json", "scheduler_config.json", "diffusion_pytorch_model.bin"]
    assert set(weights.choose(files, weights.PATTERNS)) == set(files)


class Model(BaseModel):
    source: weights.Source


@pytest.mark.parametrize("text", ["owner/name", "owner/name@main", "embedded", "runwayml/stable-diffusion-v1-5"])
def test_names_and_repositories_are_left_alone(text, tmp_path):
    assert Model(source=LocatedText(text, tmp_path)).source == text


@pytest.mark.parametrize("text", ["./vq", "models/vq", "../{}/vq"])
def test_a_folder_is_looked_for_beside_the_preset(text, tmp_path):
    text = text.format(tmp_path.name)
    (tmp_path / text).mkdir(parents=True)
    model = Model(source=LocatedText(text, tmp_path))
    assert weights.folder(model.source, print).samefile(tmp_path / text)
    assert Model(**model.model_dump()) == model


def test_a_relative_folder_is_never_read_as_a_repository(tmp_path, monkeypatch):
    (tmp_path / "models" / "vq").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    model = Model(source="models/vq")
    assert model.source == "./models/vq"
    assert Model(**model.model_dump()) == model
    monkeypatch.chdir("/")
    with pytest.raises(ValidationError, match=r"there is no folder './models/vq'"):
        Model(**model.model_dump())


def test_a_missing_folder_is_named_with_its_neighbour(tmp_path):
    (tmp_path / "vqgan").mkdir()
    with pytest.raises(ValidationError, match=r"there is no folder './vqgn'; did you mean 'vqgan'"):
        Model(source=LocatedText("./vqgn", tmp_path))


# The core


def test_what_generators_and_losses_were_loaded_from_is_in_the_recipe(flat):
    result = loop.run(loading.parse({**flat, "steps": 1}))
    assert result.recipe["weights"] == {"flat/start": "1" * 64, "match/targets": "2" * 64}


def test_a_generator_may_be_the_one_that_reads_the_prompts(flat, monkeypatch):
    data = {**flat, "losses": [{"type": "dark"}], "perceptors": {}, "views": []}
    with pytest.raises(InputError, match="no loss reads the prompts"):
        loading.parse(data)
    monkeypatch.setattr(strangers.Flat, "uses_prompts", True)
    assert loading.parse(data).prompts


# The model hub, in the form that huggingface_hub asks for: a list of files, and each with its commit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(http.server.BaseHTTPRequestHandler):
    """A hub with one repository, owner/name, of the files of `files`."""

    files: ClassVar = {}
    asked: ClassVar = []
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.asked.append(path)
        if path.startswith("/api/models/owner/name/tree/"):
            listed = [{"type": "file", "path": n, "size": len(d), "oid": "0" * 40} for n, d in self.files.items()]
            return self.answer(json.dumps(listed).encode(), {"Content-Type": "application/json"})
        if path.startswith("/api/models/owner/name"):
            return self.answer(json.dumps({"id": "owner/name", "sha": COMMIT, "siblings": []}).encode(), {})
        name = path.removeprefix(f"/owner/name/resolve/{COMMIT}/")
        if name not in self.files:
            return self.answer(b"", {"X-Error-Code": "RepoNotFound"}, 404)
        tag = hashlib.sha256(self.files[name]).hexdigest()
        return self.answer(self.files[name], {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT})

    do_GET = do_HEAD

    def answer(self, body, headers, status=200):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(code_model, tmp_path):
    """Runs ``folder(source)`` in a process of its own, whose hub has a VQModel; offline on request."""
    model = code_model()
    Hub.files = {path.name: path.read_bytes() for path in model.iterdir()}
    Hub.files |= {"diffusion_pytorch_model.bin": b"not wanted", "README.md": b"nor this"}
    Hub.asked.clear()
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    program = "import sys; from artgen import weights; print(weights.folder(sys.argv[1], lambda text: None))"

    def ask(source, **variables):
        place = {"HF_ENDPOINT": f"http://127.0.0.1:{web.server_port}", "HF_HOME": str(tmp_path / "hub")}
        environment = {**os.environ, **place, "ARTGEN_OFFLINE": "", "HF_HUB_OFFLINE": "", **variables}
        command = [sys.executable, "-c", program, source]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    yield ask
    web.shutdown()
    web.server_close()


def test_a_repository_is_fetched_once_and_found_again_offline(hub):
    done = hub("owner/name")
    assert done.returncode == 0, done.stderr
    found = Path(done.stdout.strip())
    assert {path.name for path in found.iterdir()} == {"config.json", "diffusion_pytorch_model.safetensors"}
    assert (found / "config.json").read_bytes() == Hub.files["config.json"]
    Hub.asked.clear()
    again = hub("owner/name", ARTGEN_OFFLINE="1")
    assert (Path(again.stdout.strip()), Hub.asked) == (found, [])


def test_a_repository_that_is_not_there_is_one_line(hub):
    done = hub("owner/other")
    assert "InputError: owner/other: the model hub has no such repository" in done.stderr.splitlines()[-1]
