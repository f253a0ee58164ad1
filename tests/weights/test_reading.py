"""Files of weights are read and never run: every way in which that can go wrong is one line."""

import collections
import hashlib
import sys
import types

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from artgen import weights
from artgen.errors import InputError

DATA = bytes(range(256)) * 40
DIGEST = hashlib.sha256(DATA).hexdigest()


def one_line(caught):
    text = str(caught.value)
    assert "\n" not in text and len(text) < 500
    return text


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
