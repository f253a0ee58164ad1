"""How files of weights are read: as tensors, and never as code."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.errors import InputError, one_line
from artgen.files import read_text
from artgen.weights import torchscript
from artgen.weights.bounds import check_file, check_tensors
from artgen.weights.silence import silenced

if TYPE_CHECKING:
    from torch import Tensor

MAX_CONFIG = 1 << 24
"""Bytes of a model's configuration that are read at most."""
ENDINGS = (".safetensors", ".bin", ".pt", ".ckpt")
"""What files of weights end in."""

# What diffusers called the parts of attention before 0.18.
_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
# What trainers leave in a checkpoint beside the weights: settings and callbacks of these packages.
_IGNORED = ("pytorch_lightning.", "lightning.", "lightning_fabric.", "omegaconf.")
# ... and what numbers of numpy among those settings ask for.
_NUMBERS = (
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
    "_codecs.encode",
    "typing.Any",
)


def sha256(path: Path) -> str:
    """The hexadecimal digest of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def hashes(where: Path | Iterable[Path], owner: str) -> dict[str, str]:
    """``{owner}/{file}`` to the sha256 of each weight file of a folder, or of each given file: for the recipe."""
    if isinstance(where, Path) and where.is_dir():
        files = sorted(path for path in where.rglob("*") if path.suffix in ENDINGS and path.is_file())
        return {f"{owner}/{path.relative_to(where).as_posix()}": sha256(path) for path in files}
    return {f"{owner}/{path.name}": sha256(path) for path in ([where] if isinstance(where, Path) else where)}


def first_line(error: BaseException) -> str:
    """An error in one line: its kind, and the start of what it says."""
    return one_line(error, kind=True)


def read_config(path: Path) -> dict[str, Any]:
    """The settings of a model: the JSON object in a file beside its weights, such as ``config.json``.

    Raises:
        InputError: if there is no such file, or it is none; in one line.
    """
    if not path.is_file():
        raise InputError(f"{path.parent}: has no {path.name}; it is no model, or not all of one")
    try:
        settings = json.loads(read_text(path, MAX_CONFIG, "configuration"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({one_line(error)})") from None
    if not isinstance(settings, dict):
        raise InputError(f"{path}: is no configuration; expected a JSON object")
    return settings


def read_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors or PyTorch file by name, on the CPU; those inside its ``state_dict``, if it has one.

    Of a TorchScript archive, such as OpenAI's CLIP files, they are those of its modules; its program is not loaded.
    InputError, in one line, if the file is damaged, is no checkpoint, or would have to run code to be read.
    """
    import torch

    check_file(path)
    loaded = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pytorch(path)
    while isinstance(loaded, Mapping) and isinstance(inner := loaded.get("state_dict", loaded.get("model")), Mapping):
        loaded = inner
    items = loaded.items() if isinstance(loaded, Mapping) else ()
    state = {name: value for name, value in items if isinstance(name, str) and isinstance(value, torch.Tensor)}
    if not state:
        raise InputError(f"{path}: holds no weights; a checkpoint is a mapping of names to tensors")
    check_tensors(state.values(), path)
    return state


def renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a diffusers model under today's names of attention's parts; many published ones have older."""
    return {_todays_name(name): value for name, value in state.items()}


def _todays_name(name: str) -> str:
    *path, layer, kind = name.split(".")
    return ".".join([*path, _ATTENTION.get(layer, layer) if "attentions" in path else layer, kind])


def _read_safetensors(path: Path) -> Any:
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except Exception as error:  # the many ways in which a file can be damaged
        raise InputError(f"{path}: is no complete safetensors file ({first_line(error)})") from None


def _read_pytorch(path: Path) -> Any:
    import pickle

    import torch

    try:
        if torchscript.is_torchscript(path):
            with silenced():
                return torchscript.tensors(path)
        stand_ins: list[Any] = [(_Ignored, name) for name in _ignorable(path)]
        with silenced(), torch.serialization.safe_globals(stand_ins):
            # Mapped, not read: of a transformer's checkpoint only its first stage may be wanted.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL ([\w.]+)", str(error))
        asks = f"asks for '{found[1]}' to be run" if found else "is damaged, or holds more than weights"
        raise InputError(
            f"{path}: {asks}; only plain tensors are read; save the weights alone, best as safetensors"
        ) from None
    except Exception as error:  # the many ways in which a file can be damaged
        raise InputError(f"{path}: is no complete PyTorch checkpoint ({first_line(error)})") from None


class _Ignored:
    """What a trainer's own classes are read as: nothing of theirs is imported or run, and nothing is kept."""

    def __new__(cls, *_: Any) -> _Ignored:
        return super().__new__(cls)

    def __init__(self, *_: Any) -> None:
        """Leave the arguments unread."""

    def __setstate__(self, _: Any) -> None:
        """Leave the state unread."""


def _ignorable(path: Path) -> list[str]:
    """The trainer's classes that a checkpoint mentions."""
    import torch

    try:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except ValueError:  # not the zip form; such a file is read without exceptions to the rule, or refused
        return []
    return [name for name in names if name.startswith(_IGNORED) or name in _NUMBERS]
