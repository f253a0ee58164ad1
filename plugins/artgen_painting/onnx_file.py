"""The convolutions of a quantised ONNX file, as plain numbers.

Reads as much of the format as that takes: a file is a protocol buffer (https://protobuf.dev/programming-guides/encoding)
whose messages and field numbers onnx.proto gives. Only files whose digest is known come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy
import torch
from torch import Tensor

_VARINT, _LENGTH = 0, 2
# Field numbers of onnx.proto: ModelProto, GraphProto, NodeProto, TensorProto.
_GRAPH = 7
_NODE, _INITIALIZER = 1, 5
_INPUT, _OUTPUT, _OPERATOR = 1, 2, 4
_SIZES, _KIND, _NAME, _RAW = 1, 2, 8, 9
_KINDS = {1: "<f4", 3: "i1", 6: "<i4", 7: "<i8"}
"""The kinds of numbers in these files, after TensorProto.DataType."""

Fields = Mapping[int, list[int | memoryview]]
Convolutions = Mapping[str, tuple[Tensor, Tensor]]
"""Weight (out, in, height, width) and bias (out,) by the name of the weight."""


def convolutions(data: bytes) -> Convolutions:
    """The weights and biases of all convolutions, dequantised: (integer - zero point) x scale, a scale each channel."""
    graph = _fields(_part(_fields(memoryview(data)), _GRAPH))
    stored = {_text(tensor, _NAME): tensor for tensor in map(_fields, _parts(graph, _INITIALIZER))}
    nodes = [_fields(one) for one in _parts(graph, _NODE)]
    origin = {
        _text(node, _OUTPUT): _texts(node, _INPUT) for node in nodes if _text(node, _OPERATOR) == "DequantizeLinear"
    }
    found = {}
    for node in nodes:
        if _text(node, _OPERATOR) == "Conv":
            weight, bias = (origin[name] for name in _texts(node, _INPUT)[1:])
            found[weight[0]] = (_dequantised(stored, weight), _dequantised(stored, bias))
    return found


def _dequantised(stored: Mapping[str, Fields], names: list[str]) -> Tensor:
    integers, scale, zero = (_numbers(stored[name]) for name in names)
    per_channel = (-1, *[1] * (integers.dim() - 1))
    return (integers.float() - zero.float().view(per_channel)) * scale.view(per_channel)


def _numbers(tensor: Fields) -> Tensor:
    sizes = [size for size in tensor[_SIZES] if isinstance(size, int)]
    kind = tensor[_KIND][0]
    assert isinstance(kind, int)
    return torch.from_numpy(numpy.frombuffer(_part(tensor, _RAW), dtype=_KINDS[kind]).copy()).view(sizes)


def _fields(message: memoryview) -> Fields:
    """What a message holds, by field number: varints as integers, all else as bytes."""
    found: dict[int, list[int | memoryview]] = {}
    for number, value in _walk(message):
        found.setdefault(number, []).append(value)
    return found


def _walk(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        length, at = _varint(message, at) if wire == _LENGTH else ({1: 8, 5: 4}[wire], at)
        yield number, message[at : at + length]
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of any length, seven bits a byte, the lowest first; and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _parts(fields: Fields, number: int) -> list[memoryview]:
    return [part for part in fields.get(number, []) if isinstance(part, memoryview)]


def _part(fields: Fields, number: int) -> memoryview:
    return _parts(fields, number)[0]


def _texts(fields: Fields, number: int) -> list[str]:
    return [bytes(part).decode() for part in _parts(fields, number)]


def _text(fields: Fields, number: int) -> str:
    return _texts(fields, number)[0]
