"""The public names of artgen with their signatures, one a line, and what a change to them means for plugins.

`tests/golden/api.txt` is the list as it was frozen; ``python -m tests.helpers.public_api`` writes it anew, unless that
breaks plugins.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.helpers.paths import GOLDEN

FROZEN = GOLDEN / "api.txt"
MODULES = (
    "artgen",
    "artgen.api",
    "artgen.canvas",
    "artgen.colours",
    "artgen.importing",
    "artgen.notebook",
    "artgen.testing",
    "artgen.vectors",
    "artgen.weights",
)
HOOKS = "artgen.hookspecs"
WIDGET = re.compile(r", (?:Angle|ColourWheel|Point|Region|Slider)\([^()]*\)")
"""A mark that says how forms edit a setting."""
PROTOCOLS = ("Augmentation", "Filter", "Finish", "Generator", "Loss", "Perceptor", "Reporter")
RENAMED = {"Course": "Run", "Text": "WildcardText"}
"""Types that signatures name by another name now; what they stand for is the same."""
MADE_BY_ARTGEN = ("artgen.Run",)
"""Classes that artgen alone makes, so that what their constructor takes is its own affair."""
IMPLEMENTED = tuple(f"artgen.api.{name}." for name in PROTOCOLS)
"""What authors write themselves: one member more breaks what they wrote."""


def describe() -> list[str]:
    """The lines of the list: ``module.name: what it is``, sorted."""
    lines = {line for name in MODULES for line in _module(name)}
    hooks = vars(import_module(HOOKS)).items()
    lines |= {f"{HOOKS}.{name}: {_signature(hook)}" for name, hook in hooks if name.startswith("artgen_")}
    return sorted(lines)


def _module(name: str) -> Iterator[str]:
    module = import_module(name)
    for public in module.__all__:
        value = getattr(module, public)
        if inspect.isclass(value):
            yield f"{name}.{public}: class"
            hidden = "__init__:" if f"{name}.{public}" in MADE_BY_ARTGEN else None
            lines = (line for line in _members(value) if not (hidden and line.startswith(hidden)))
            yield from (f"{name}.{public}.{line}" for line in lines)
        elif inspect.isfunction(value):
            yield f"{name}.{public}: {_signature(value)}"
        else:
            yield f"{name}.{public}: value"


def _members(cls: type) -> Iterator[str]:
    """Its own and inherited public members, as far as artgen defines them; fields with their types."""
    seen: set[str] = set()
    for home in cls.__mro__:
        if not home.__module__.startswith("artgen"):
            continue
        annotations = inspect.get_annotations(home)
        for name in [*annotations, *vars(home)]:
            if name in seen or not _is_public(home, name):
                continue
            seen.add(name)
            yield f"{name}: {_member(home, name, annotations)}"


def _is_public(home: type, name: str) -> bool:
    """A dataclass's `__init__` says no more than its fields, a protocol's nothing; `model_config` is pydantic's."""
    if name == "__init__":
        return not (dataclasses.is_dataclass(home) or getattr(home, "_is_protocol", False))
    return name == "__call__" or not (name.startswith("_") or name == "model_config")


def _has_default(home: Any, name: str) -> bool:
    if name in getattr(home, "model_fields", ()):
        return not home.model_fields[name].is_required()
    found = getattr(home, "__dataclass_fields__", {}).get(name)
    missing = dataclasses.MISSING
    return found.default is not missing or found.default_factory is not missing if found else hasattr(home, name)


def _member(home: type, name: str, annotations: dict[str, Any]) -> str:
    value = inspect.getattr_static(home, name, None)
    if name in annotations:
        return f"field {_unmarked(str(annotations[name]))}" + " = ..." * _has_default(home, name)
    if isinstance(value, (staticmethod, classmethod)):
        return f"{type(value).__name__} {_signature(value.__func__)}"
    if isinstance(value, property):
        return f"property {_signature(value.fget)}"
    return _signature(value) if inspect.isfunction(value) else "value"


def _unmarked(annotation: str) -> str:
    """Without the marks for forms, which change nothing that a plugin may say."""
    return re.sub(r"Annotated\[(\w+(?:\[[^\[\]]*\])?)\]", r"\1", WIDGET.sub("", annotation))


def _signature(function: Callable[..., Any] | None) -> str:
    assert function
    found = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=_annotation(parameter.annotation), default=_default(parameter.default))
        for parameter in found.parameters.values()
    ]
    return f"def {found.replace(parameters=parameters, return_annotation=_annotation(found.return_annotation))}"


def _annotation(written: Any) -> Any:
    return _Text(written) if isinstance(written, str) else written


def _default(value: Any) -> Any:
    """As text that is the same in every process."""
    return value if value is None or isinstance(value, (bool, int, float, str, tuple, type)) else _Text("...")


class _Text(str):
    def __repr__(self) -> str:
        return str(self)


@dataclass
class Change:
    """What became of the list: what plugins do not notice, and what breaks them."""

    additions: list[str] = field(default_factory=list)
    breaking: list[str] = field(default_factory=list)

    def advice(self) -> str:
        parts = []
        if self.breaking:
            text = "BREAKING: plugins that work today would fail. Keep it, or deprecate it (artgen/deprecation.py):"
            parts += [text, *self.breaking]
        if self.additions:
            text = "NEW: name it in CHANGELOG.md and freeze it with `python -m tests.helpers.public_api`:"
            parts += [text, *self.additions]
        return "\n".join(parts)


def compare(frozen: list[str], now: list[str], is_deprecated: Callable[[str], bool]) -> Change:
    """`is_deprecated` says of a name that is gone whether it is still there, with a warning."""
    change = Change()
    old, new = {name: _todays(text) for name, text in map(_split, frozen)}, dict(map(_split, now))
    for name in sorted({*old, *new}):
        owner = _owner(name)
        if name not in new:
            if owner in new or not is_deprecated(owner):
                change.breaking.append(f"  - {name}: {old[name]}")
        elif name not in old:
            needed = new[name].startswith("field ") and not new[name].endswith(" = ...")
            must = owner in old and (name.startswith(IMPLEMENTED) or needed)
            (change.breaking if must else change.additions).append(f"  + {name}: {new[name]}")
        elif old[name] != new[name]:
            fits = _still_fits(old[name], new[name], name.startswith(HOOKS))
            (change.additions if fits else change.breaking).append(f"  ~ {name}: {old[name]}\n      now: {new[name]}")
    return change


def _todays(text: str) -> str:
    """A signature with today's names of types."""
    return re.sub("|".join(rf"\b{name}\b" for name in RENAMED), lambda match: RENAMED[match[0]], text)


def _owner(name: str) -> str:
    """The name in its module that `name` is, or is a member of."""
    module = max((home for home in (*MODULES, HOOKS) if name.startswith(f"{home}.")), key=len)
    return f"{module}.{name.removeprefix(f'{module}.').partition('.')[0]}"


def _split(line: str) -> tuple[str, str]:
    name, _, what = line.partition(": ")
    return name, what


def _still_fits(old: str, new: str, is_hook: bool) -> bool:
    """Whether every call that fitted fits: parameters were only added, and can be left out, as any of a hook's can."""
    if not (old.startswith("def ") and new.startswith("def ")):
        return False
    before, after = _Call.of(old), _Call.of(new)
    placed = after.placed[len(before.placed) :]
    named = after.named - before.named
    kept = after.placed[: len(before.placed)] == before.placed and before.named <= after.named
    optional = is_hook or all("=" in parameter for parameter in [*placed, *named])
    return kept and optional and before.rest == after.rest


@dataclass
class _Call:
    """The parameters of a signature as text: by place, by keyword alone, and the rest with what is returned."""

    placed: list[str]
    named: set[str]
    rest: tuple[str, ...]

    @classmethod
    def of(cls, signature: str) -> _Call:
        [function] = ast.parse(f"def f{signature.removeprefix('def ')}: ...").body
        assert isinstance(function, ast.FunctionDef)
        given = function.args
        every = [*given.posonlyargs, *given.args]
        defaults = [None] * (len(every) - len(given.defaults)) + given.defaults
        rest = [given.vararg, given.kwarg, function.returns]
        return cls(
            [_parameter(*pair) for pair in zip(every, defaults, strict=True)],
            {_parameter(*pair) for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True)},
            tuple(ast.unparse(part) if part else "" for part in rest),
        )


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(parameter) + (f"={ast.unparse(default)}" if default else "")


def is_deprecated(name: str) -> bool:
    """Whether the name of a module is still there, with a DeprecationWarning."""
    module, _, public = name.rpartition(".")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        there = hasattr(import_module(module), public) if module in MODULES else False
    return there and any(issubclass(warning.category, DeprecationWarning) for warning in told)


def freeze(path: Path, lines: list[str], breaking: bool) -> str | None:
    """Write the list; the reason why not, where it would break plugins and `breaking` does not allow it."""
    frozen = path.read_text().splitlines() if path.exists() else []
    change = compare(frozen, lines, is_deprecated)
    if change.breaking and not breaking:
        return f"{change.advice()}\nNothing was written. With a new API_VERSION, say --breaking."
    path.write_text("\n".join(lines) + "\n")
    return None


if __name__ == "__main__":
    sys.exit(freeze(FROZEN, describe(), "--breaking" in sys.argv))
