"""From a model's name to a network, or to one line that says why not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch
from torch import Tensor

from artgen.api import Env, InputError
from artgen.weights import hashes, read_state, sha256
from artgen_upscale import ncnn
from artgen_upscale.catalogue import CREDIT, EMBEDDED, FILE, PACKAGE, PUBLISHED, Published
from artgen_upscale.foreign import INSTALL, foreign
from artgen_upscale.networks import Compact, Network, Rrdb, Steep

Loaded = tuple[Network, dict[str, str], tuple[str, ...]]
"""A network, the sha256 of each file that it was read from, and whose work it is."""


def load(model: str | Path, env: Env) -> Loaded:
    """The network that a preset names, frozen and on the device."""
    if isinstance(model, Path):
        return foreign(model, env.device), hashes(model, "upscale"), ()
    if model == EMBEDDED:
        return _frozen(embedded(), env), hashes(FILE, "upscale"), (CREDIT,)
    network, files = published(model)
    return _frozen(network, env), hashes(files, "upscale"), (CREDIT,)


def published(name: str) -> tuple[Compact | Rrdb, tuple[Path, Path]]:
    """A network of Real-ESRGAN, and the files that it was read from."""
    asked = PUBLISHED[name]
    files = _files(asked)
    with torch.random.fork_rng(devices=[]):  # the weights that a constructor makes up are replaced
        network = Rrdb(asked.groups, reach=asked.reach) if asked.groups else Compact()
    return filled(network, ncnn.read(*files), files[1]), files


def embedded(file: Path = FILE) -> Steep:
    """Ours; its shape is that of its weights."""
    if not file.is_file():
        raise InputError("the embedded upscaler is not installed; reinstall artgen")
    state = {name: value.float() for name, value in read_state(file).items()}
    # A kernel, a bias and slopes for each layer, and a kernel and a bias at the end.
    with torch.random.fork_rng(devices=[]):
        network = Steep(len(state["body.0.bias"]), (len(state) - 2) // 3 - 1)
    network.load_state_dict(state)
    return network


def _frozen(module: Compact | Rrdb, env: Env) -> Network:
    module.to(env.device).eval().requires_grad_(False)
    return module


def _files(asked: Published) -> tuple[Path, Path]:
    """The two files of the installed package, which have to be those that were tested."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise InputError(f"Real-ESRGAN's weights are not installed; {INSTALL}")
    folder = Path(found.origin).parent / "models"
    files = folder / f"{asked.file}.param", folder / f"{asked.file}.bin"
    for file, digest in zip(files, (asked.param, asked.weights), strict=True):
        if not file.is_file() or sha256(file) != digest:
            raise InputError(f"{file}: is not the file that artgen knows; {INSTALL} --force-reinstall")
    return files


def filled(model: Compact | Rrdb, tensors: list[Tensor], file: Path) -> Compact | Rrdb:
    """The network with these weights, in the order of its layers.

    Raises:
        InputError: if they are another network's.
    """
    state = model.state_dict()
    shapes = [tuple(value.shape) for value in state.values()]
    if [tuple(value.shape) for value in tensors] != shapes:
        raise InputError(f"{file}: holds another network than was expected, of {len(tensors)} parts")
    model.load_state_dict(dict(zip(state, tensors, strict=True)))
    return model
