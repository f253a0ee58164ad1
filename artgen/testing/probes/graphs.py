"""What hangs on an object or a tensor: how many tensors are kept, and where a gradient would go."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

_ELSEWHERE = (type, types.ModuleType, types.BuiltinFunctionType, types.FrameType, types.CodeType)
"""What belongs to everybody, and so is not counted among what an object holds."""


def held(owner: object) -> int:
    """How many tensors, and steps of their graphs, can be reached from `owner` without a module's globals."""
    seen: dict[int, object] = {}
    waiting, nodes = [owner], 0
    graph: set[Any] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, _ELSEWHERE):
            continue
        seen[id(one)] = one
        if isinstance(one, Tensor):
            nodes += 1
            graph.update(_graph(one.grad_fn))
        waiting += _inside(one)
    return nodes + len(graph)


def _inside(one: object) -> list[Any]:
    if isinstance(one, types.FunctionType):
        cells = [cell.cell_contents for cell in one.__closure__ or () if _is_full(cell)]
        return [*cells, *(one.__defaults__ or ())]
    return gc.get_referents(one)


def _is_full(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def leaves_of(made: Tensor) -> Iterator[Tensor]:
    """The tensors without a graph of their own that a gradient of `made` would reach."""
    for node in _graph(made.grad_fn):
        if isinstance(leaf := getattr(node, "variable", None), torch.Tensor):
            yield leaf


def _graph(root: Any) -> list[Any]:
    found, waiting = dict.fromkeys([root] if root is not None else []), [root]
    while waiting:
        node = waiting.pop()
        for following, _ in node.next_functions if node is not None else ():
            if following is not None and following not in found:
                found[following] = None
                waiting.append(following)
    return list(found)
