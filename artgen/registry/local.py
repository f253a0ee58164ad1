"""Plugins that are a file of the user's own, or classes of a program: handed over by hand, never named by a preset.

A preset or a picture that needs one says only ``type: dark``, or in a recipe ``type: ./brush.py:dark``; whoever runs it
gives the file. Nothing is ever executed because a YAML file or a picture names it.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import linecache
import sys
from collections.abc import Iterable
from importlib.abc import ExecutionLoader
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, module_from_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from artgen import api
from artgen.errors import InputError, one_line
from artgen.files import read_bytes
from artgen.registry.component import LOCAL
from artgen.registry.fence import is_pressed, listening
from artgen.registry.plugins import KINDS, Registry, discover

MOST = 1 << 20
"""Bytes of a file."""
MODULES = "artgen_local_"
"""What the modules of files are called, before the file's own name."""


def add(plugin: Path | str | ModuleType | type[api.Spec], registry: Registry | None = None) -> str:
    """Let the process know what a file, a module or a class of specs offers; what its owner is called.

    A file is called ``./brush.py``, wherever it lies, and its version is its sha256. Without a hook it offers every
    spec that it defines. What the same name offered before is forgotten.

    Raises:
        InputError: if the file cannot be read or imported, or what it offers cannot be used.
    """
    known = registry or discover()
    if isinstance(plugin, type):
        return known.owner_dist(plugin) or _add_classes(_home(plugin), [plugin], known, whole=False)
    if isinstance(plugin, ModuleType):
        return _add_module(plugin, _home(plugin), known)
    path = Path(plugin)
    content = read_bytes(path, MOST, "plugin")
    name = f"{LOCAL}{path.name}"
    return _add_module(_imported(path, content), (name, hashlib.sha256(content).hexdigest()), known)


class _Source(ExecutionLoader):
    """The text that was read, whose sha256 is known: the file may be another by the time that it is run."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file, self.content = file, content

    def get_filename(self, fullname: str) -> str:
        return self.file

    def get_source(self, fullname: str) -> str:
        return decode_source(self.content)


def _imported(path: Path, content: bytes) -> ModuleType:
    if path.suffix != ".py":
        raise InputError(f"{path}: is no file of Python, which ends in .py")
    name, file = MODULES + "".join(letter if letter.isalnum() else "_" for letter in path.stem), str(path.resolve())
    loader = _Source(file, content)
    module = module_from_spec(ModuleSpec(name, loader, origin=file))
    module.__file__ = file
    sys.modules[name] = module
    linecache.checkcache(file)
    with listening():
        try:
            with contextlib.redirect_stdout(sys.stderr):  # what it prints is no answer of artgen's
                loader.exec_module(module)
        except BaseException as error:
            if is_pressed(error):
                raise
            said = f"SyntaxError: {error.msg}" if isinstance(error, SyntaxError) else one_line(error, kind=True)
            raise InputError(f"{path}: {said}{_line(error, file)}") from error
    return module


def _line(error: BaseException, file: str) -> str:
    """Where in the file: of a mistake in its form, or of the innermost call."""
    if isinstance(error, SyntaxError):
        return f" (line {error.lineno})"
    lines, trace = [], error.__traceback__
    while trace:
        lines += [trace.tb_lineno] if trace.tb_frame.f_code.co_filename == file else []
        trace = trace.tb_next
    return f" (line {lines[-1]})" if lines else ""


def _home(plugin: Any) -> tuple[str, str]:
    """What the owner of a module or class is called, and its version."""
    try:
        path = Path(inspect.getsourcefile(plugin) or "")
        content = path.read_bytes() if path.is_file() else inspect.getsource(plugin).encode()
    except (OSError, TypeError):  # made by a program
        path, content = Path(), repr(plugin).encode()
    module = plugin.__name__ if isinstance(plugin, ModuleType) else plugin.__module__
    return f"{LOCAL}{path.name if path.suffix == '.py' else module}", hashlib.sha256(content).hexdigest()


def _add_module(module: ModuleType, home: tuple[str, str], registry: Registry) -> str:
    if any(hasattr(value, "artgen_impl") for value in vars(module).values()):
        return _collect(module, home, registry, whole=True)
    own = [value for value in vars(module).values() if _is_offered(value, module.__name__)]
    if not own:
        raise InputError(f"{home[0]}: defines no spec, so it offers nothing; see `artgen new --help`")
    return _add_classes(home, own, registry, whole=True)


def _is_offered(value: Any, module: str) -> bool:
    is_spec = isinstance(value, type) and issubclass(value, api.Spec) and value.__module__ == module
    return is_spec and value.model_fields["type"].default is not None and "type" in value.__annotations__


def _add_classes(home: tuple[str, str], specs: Iterable[type[api.Spec]], registry: Registry, whole: bool) -> str:
    """By the hooks that a module would have."""
    offered: dict[str, list[type[api.Spec]]] = {}
    for spec in specs:
        hook = next((hook for hook, base in KINDS.values() if issubclass(spec, base)), None)
        if hook is None:
            raise InputError(f"{home[0]}: {spec.__qualname__} is no spec of a generator, a loss or the like")
        offered.setdefault(hook, []).append(spec)
    hooks = SimpleNamespace(**{hook: _hook(hook, specs) for hook, specs in offered.items()})
    return _collect(hooks, home, registry, whole)


def _hook(name: str, specs: list[type[api.Spec]]) -> Any:
    def offer() -> list[type[api.Spec]]:
        return specs

    offer.__name__ = name
    return api.hookimpl(offer)


def _collect(hooks: Any, home: tuple[str, str], registry: Registry, whole: bool) -> str:
    """`whole`: what the owner offers is all that it offers; else its other classes stay, as those of other cells do."""
    dist, version = home
    found = Registry()
    try:
        found.add(hooks, dist, version)
    except Exception as error:
        raise InputError(f"{dist}: {one_line(error, kind=True)}") from error
    if found.failures:
        raise InputError(f"{dist}: {'; '.join(failure.reason for failure in found.failures)}")
    registry.take_over(found, dist, whole)
    return dist
