"""Arithmetic in other programs' settings, such as ``1.02+0.02*sin(2*3.14*t/20)``: parsed, never evaluated as code.

Python's own parser takes a text apart; of what it finds, only numbers, the names that are given, arithmetic,
comparisons and the functions below are read. What numexpr (Deforum) and Python's `math` (pytti) call alike is alike.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any

LONGEST, MOST_NODES = 500, 200
"""Characters of a text, and parts of it."""
MOST_POWER = 64
Values = Mapping[str, float]
Function = Callable[[Values], float]
"""The value of an expression where its names stand for numbers."""

CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
_BINARY: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: lambda base, power: _power(base, power),
    ast.BitAnd: lambda one, other: float(bool(one) and bool(other)),
    ast.BitOr: lambda one, other: float(bool(one) or bool(other)),
}
_UNARY: dict[type, Callable[[float], float]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: lambda value: float(not value),
    ast.Not: lambda value: float(not value),
}
_COMPARED: dict[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh")},
    **{name: getattr(math, name) for name in ("tanh", "exp", "log", "log10", "log1p", "sqrt", "floor", "ceil")},
    **{name: getattr(math, name) for name in ("radians", "degrees", "hypot", "fmod")},
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "arctan2": math.atan2,
    "abs": abs,
    "fabs": abs,
    "min": min,
    "max": max,
    "round": round,
    "pow": lambda base, power: _power(base, power),
    "where": lambda condition, one, other: one if condition else other,
}


class UnreadableError(ValueError):
    """A text that is no arithmetic, or whose value is no finite number."""


def parse(text: str, names: frozenset[str] = frozenset({"t"})) -> Function:
    """The function that a text stands for; UnreadableError if anything in it is not arithmetic with these names."""
    if len(text) > LONGEST:
        raise UnreadableError(f"is longer than {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stranger's escapes are none of ours
            tree = ast.parse(text.strip(), mode="eval")
        if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
            raise UnreadableError(f"has more than {MOST_NODES} parts")
        read = _function(tree.body, names)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise UnreadableError(str(error) if isinstance(error, UnreadableError) else "is no arithmetic") from None

    def value(values: Values) -> float:
        try:
            found = float(read(values))
        except (ArithmeticError, ValueError, TypeError):
            raise UnreadableError("has no value everywhere") from None
        if not math.isfinite(found):
            raise UnreadableError("has no value everywhere")
        return found

    return value


def items(text: str, names: frozenset[str]) -> list[Function] | None:
    """The functions of a list, ``[cos(t), 0, 0, sin(t)]``; None if it is none."""
    inner = text.strip()
    if not (inner.startswith("[") and inner.endswith("]")) or len(inner) > LONGEST:
        return None
    parts, depth = [""], 0
    for sign in inner[1:-1]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    try:
        return [parse(part, names) for part in parts]
    except UnreadableError:
        return None


def _power(base: float, power: float) -> float:
    if abs(power) > MOST_POWER:
        raise OverflowError("a power that is too large")
    return math.pow(base, power)


def _function(node: ast.expr, names: frozenset[str]) -> Function:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        number = float(node.value)  # type: ignore[arg-type]
        return lambda _: number
    if isinstance(node, ast.Name):
        return _named(node.id, names)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _joined(_BINARY[type(node.op)], [_function(side, names) for side in (node.left, node.right)])
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        return _joined(_UNARY[type(node.op)], [_function(node.operand, names)])
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARED:
        compared = _COMPARED[type(node.ops[0])]
        return _joined(compared, [_function(side, names) for side in (node.left, node.comparators[0])])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        if node.keywords:
            raise UnreadableError("is no arithmetic")
        return _joined(_FUNCTIONS[node.func.id], [_function(argument, names) for argument in node.args])
    raise UnreadableError("is no arithmetic")


def _named(name: str, names: frozenset[str]) -> Function:
    if name in names:
        return lambda values: values[name]
    if name not in CONSTANTS:
        raise UnreadableError(f"has a name that is not known here, {name[:20]}")
    constant = CONSTANTS[name]
    return lambda _: constant


def _joined(join: Callable[..., Any], parts: list[Function]) -> Function:
    return lambda values: join(*(part(values) for part in parts))
