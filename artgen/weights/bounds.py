"""Limits for what a stranger's model may ask for, which are far above what any published one does.

A configuration is a page of text; what it asks for may be terabytes. Each check costs next to nothing and comes before
anything is built.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.filesize import decimal

from artgen.errors import InputError
from artgen.weights.silence import silenced

if TYPE_CHECKING:
    from torch import Tensor

_CODE = ("auto_map", "trust_remote_code", "custom_pipelines", "custom_objects")
"""Settings that ask a library to import a file of the model's."""
_REPEATED = re.compile(
    r"(num_|n_)?(hidden_|res_|encoder_|decoder_|reverse_)?"
    r"(layers|blocks|depths?|layers_per_block|transformer_layers_per_block)|(encoder_|decoder_)?block_out_channels"
)
"""Settings that say how often a part is repeated; the last ones by their length."""
_MOST = 1 << 20
_MOST_LAYERS = 1000
"""In one part of a model, all in all."""
_LONGEST = 1 << 16
_DEEPEST = 12
_OWN = 1 << 20
"""Numbers that a model makes up itself, such as tables of positions."""


def brief(value: object, most: int = 60) -> str:
    """A stranger's value for a message: in one line, and not whole if it is long."""
    if isinstance(value, (Mapping, list, tuple)) and len(value) > 4:
        return f"a {type(value).__name__} of {len(value)}"
    text = value if isinstance(value, str) and value.isprintable() else repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def check_config(settings: Mapping[str, Any], path: Path) -> None:
    """InputError if a model's configuration names code to run, or sizes that no model has; `path` is its file."""
    _check_layers(settings, str(path))
    for keys, value in _walk(settings, (), path):
        where = f"{path}: '{'.'.join(brief(key) for key in keys)}'"
        if keys[-1] in _CODE and value:
            raise InputError(f"{where} names code that comes with the model, which is never run; use a model without")
        if isinstance(value, (int, float)) and not abs(value) <= _MOST:
            raise InputError(f"{where} is {brief(value)}, which no model has")
        if isinstance(value, (str, list, dict)) and len(value) > _LONGEST:
            raise InputError(f"{where} is {len(value)} long, which no model's is")
        if isinstance(value, Mapping):
            _check_layers(value, where)


def _walk(value: Any, keys: tuple[object, ...], path: Path) -> Iterator[tuple[tuple[object, ...], Any]]:
    """Every setting but the outermost, with the names that lead to it."""
    if keys:
        yield keys, value
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        if len(keys) >= _DEEPEST:
            raise InputError(f"{path}: '{brief(keys[0])}' is nested too deep for a model's configuration")
        yield from _walk(below, (*keys, key), path)


def _check_layers(settings: Mapping[str, Any], where: str) -> None:
    layers = math.prod(_times(str(name), value) for name, value in settings.items() if _REPEATED.fullmatch(str(name)))
    if layers > _MOST_LAYERS:
        raise InputError(f"{where}: asks for {brief(layers)} layers, which no model has")


def _times(name: str, value: Any) -> int:
    """How often something is repeated for this setting: its number, or its largest, or once for each channel."""
    if isinstance(value, list) and (name.endswith("channels") or not value):
        return max(1, len(value))
    if isinstance(value, list):
        return max(_times(name, inner) for inner in value[:_LONGEST]) if len(value) <= _MOST_LAYERS else len(value)
    return min(max(1, value), _MOST) if isinstance(value, int) else 1


def check_file(path: Path) -> None:
    """InputError if a zip, as PyTorch writes its files, claims to be larger than it is; reads its list alone."""
    try:
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as archive:
            claimed = sum(entry.file_size for entry in archive.infolist())
        held = path.stat().st_size
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return  # whoever reads it says what is wrong
    if claimed > 4 * held + _OWN:
        raise InputError(
            f"{path}: would unpack to {decimal(claimed)} from {decimal(held)}, as no weights do; it is refused"
        )


def check_tensors(tensors: Iterable[Tensor], path: Path) -> None:
    """InputError if tensors claim more numbers than their file can hold, as views of a few repeated ones do."""
    held = path.stat().st_size
    claimed = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    # Tied weights are stored once and counted twice.
    if claimed > 8 * held + _OWN:
        raise InputError(f"{path}: claims {decimal(claimed)} of weights, and is {decimal(held)} large; it is refused")


def refuse_larger(construct: Callable[[], Any], held: int, title: object) -> None:
    """InputError if `construct` makes a model of far more numbers than the `held` of its weights; takes no memory."""
    import torch

    try:
        with silenced(), torch.random.fork_rng(devices=[]), torch.device("meta"):
            model = construct()
    except Exception:  # what is wrong is said where the model is built in earnest
        return
    asked = sum(tensor.numel() for tensor in (*model.parameters(), *model.buffers()))
    if asked > 2 * held + _OWN:
        raise InputError(
            f"{title}: its configuration asks for {asked / 1e6:.1f} million numbers, its weights hold "
            f"{held / 1e6:.1f} million; they are not of one model"
        )
