"""Weights in the files of ncnn (https://github.com/Tencent/ncnn): what each layer holds, in the order of the layers.

A ``.param`` file is text: the number 7767517, how many layers and blobs there are, then a layer a line: kind, name,
how many inputs and outputs, their names, and settings ``number=value``. The ``.bin`` file beside it holds the layers'
numbers one after the other; those of a convolution's kernel begin with a tag that says how they are stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from artgen.api import InputError

MAGIC = "7767517"
HALVES = 0x01306B47
"""The tag of a kernel in half precision; 0 is that of one in single."""
MAX_TEXT = 1 << 20
MAX_BYTES = 1 << 28
MAX_LAYERS = 10_000
# The kinds of layers that only compute; what their settings say is the networks' business.
_WITHOUT = {"Input", "Split", "Concat", "Eltwise", "BinaryOp", "Interp", "PixelShuffle"}


def read(param: Path, bin_file: Path) -> list[Tensor]:
    """Kernels (out, in, k, k), biases and slopes of PReLU, in float32.

    Raises:
        InputError: if the files are damaged, do not fit each other, or hold other kinds of layers.
    """
    numbers = _Numbers(bin_file)
    found: list[Tensor] = []
    for kind, settings in _layers(param):
        if kind == "Convolution":
            found += _convolution(settings, numbers, param)
        elif kind == "PReLU":
            found.append(numbers.plain(_positive(settings, 0, param)))
        elif kind not in _WITHOUT:
            raise InputError(f"{param}: has a layer of the kind {kind[:40]!r}, which no upscaler here has")
    numbers.finish()
    return found


def _layers(param: Path) -> Iterator[tuple[str, dict[int, str]]]:
    """The kind and the settings of each layer."""
    lines = _read(param, MAX_TEXT).decode("utf-8", errors="replace").splitlines()
    if len(lines) < 2 or lines[0].strip() != MAGIC:
        raise InputError(f"{param}: is no .param file of ncnn; it begins with the number {MAGIC}")
    rows = [line.split() for line in lines[2:] if line.strip()]
    if len(rows) > MAX_LAYERS:
        raise InputError(f"{param}: has {len(rows)} layers, which no upscaler has")
    for row in rows:
        try:
            first = 4 + int(row[2]) + int(row[3])
            settings = dict(pair.split("=", 1) for pair in row[first:])
            yield row[0], {int(number): value for number, value in settings.items()}
        except (ValueError, IndexError):
            raise InputError(f"{param}: cannot read the layer {' '.join(row)[:60]!r}") from None


def _convolution(settings: dict[int, str], numbers: _Numbers, param: Path) -> list[Tensor]:
    width, side = _positive(settings, 0, param), _positive(settings, 1, param)
    count = _positive(settings, 6, param)
    depth = count // (width * side * side)
    if depth * width * side * side != count:
        raise InputError(f"{param}: a kernel of {count} numbers is none of {width} channels and {side} x {side} pixels")
    kernel = numbers.tagged(count).view(width, depth, side, side)
    return [kernel, numbers.plain(width)] if settings.get(5) == "1" else [kernel]


def _positive(settings: dict[int, str], number: int, param: Path) -> int:
    text = settings.get(number, "")
    if not text.isdecimal() or not 0 < int(text) <= MAX_BYTES:
        raise InputError(f"{param}: setting {number} of a layer is {text[:20]!r}; expected a number from 1")
    return int(text)


class _Numbers:
    """Reads a ``.bin`` file from front to back."""

    def __init__(self, path: Path) -> None:
        self._path, self._data, self._at = path, _read(path, MAX_BYTES), 0

    def plain(self, count: int) -> Tensor:
        """So many numbers in single precision."""
        return torch.from_numpy(np.frombuffer(self._take(4 * count), "<f4").copy())

    def tagged(self, count: int) -> Tensor:
        """So many numbers, after the tag that says how they are stored; halves fill whole groups of four bytes."""
        tag = int.from_bytes(self._take(4), "little")
        if tag == 0:
            return self.plain(count)
        if tag != HALVES:
            raise InputError(f"{self._path}: stores numbers in a way (tag {tag:#010x}) that is not read here")
        halves = np.frombuffer(self._take(-(-count // 2) * 4), "<f2", count)
        return torch.from_numpy(halves.astype(np.float32))

    def finish(self) -> None:
        """InputError if something is left over."""
        if self._at != len(self._data):
            raise InputError(f"{self._path}: has {len(self._data) - self._at} bytes more than its .param file says")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise InputError(f"{self._path}: ends too early; it is not all there, or not of that .param file")
        self._at += count
        return taken


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if len(data) > most:
        raise InputError(f"{path}: is larger than {most >> 20} MB, as no upscaler is")
    return data
