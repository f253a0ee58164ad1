"""Old names that are still read for a while, with a warning that says what to write instead.

A plugin renames a setting, or the type of a component, and presets and the recipes of old pictures still load::

    from artgen.api import Formerly, LossSpec

    class Mellow(LossSpec):
        '''Prefers soft pictures.'''

        type: Literal["mellow"] = "mellow"
        formerly = (Formerly("gentle", since="1.2", until="2.0"),)
        amount: Annotated[float, Formerly("strength", since="1.2", until="2.0")] = 0.5
        '''How soft.'''

`artgen.preset.renaming` reads presets so. A public name of a Python module moves by `moved`. A hook that goes is marked
by pluggy's ``hookspec(warn_on_impl=DeprecationWarning(...))``, and an optional member of a protocol by a warning where
the core finds it; both work on until they are gone.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from artgen.errors import Notice, Problem, first_of, plain


@dataclass(frozen=True)
class Formerly:
    """The name that a setting or a component had before. Versions are those of the distribution that renamed it.

    For a setting it stands in the field's ``Annotated``, for a type in the spec's `formerly`.
    """

    name: str
    since: str
    """The version in which it got its new name."""
    until: str
    """The version that no longer reads the old one."""


class DeprecatedName(FutureWarning):
    """A preset uses a name that will not be read for ever: ``file:line:column: path: what to write instead``."""


class PresetRemark(UserWarning):
    """A preset says something that may not be what was meant: ``file:line:column: path: how it is read``."""


def warn(notices: Iterable[Problem], category: type[Warning] = DeprecatedName) -> None:
    """One warning for each of the first of them, and one for how many more there are."""
    for text in first_of(sorted(set(notices))):
        warnings.warn(text, category, stacklevel=2)


@contextmanager
def print_deprecations() -> Iterator[None]:
    """Inside, `DeprecatedName`, `Notice` and `PresetRemark` are a line each on stderr, their text alone."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, DeprecatedName | Notice | PresetRemark):
                print(plain(message), file=sys.stderr)
            else:
                usual(message, category, *place, **more)

        for kind in (DeprecatedName, Notice, PresetRemark):
            warnings.simplefilter("always", kind)
        warnings.showwarning = show
        yield


@dataclass(frozen=True)
class Moved:
    """Where a public name of a module is now, such as ``artgen.api.Augmentation``, and the versions of artgen."""

    to: str
    since: str
    until: str


def moved(
    module: str, names: Mapping[str, Moved], otherwise: Callable[[str], Any] | None = None
) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module some of whose names are elsewhere now; each use is a DeprecationWarning::

        __getattr__ = moved(__name__, {"View": Moved("artgen.api.Augmentation", since="0.2", until="0.4")})

    All other names are asked of `otherwise`; without it there are none.
    """

    def find(name: str) -> Any:
        if name not in names:
            if otherwise:
                return otherwise(name)
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        new = names[name]
        home, _, target = new.to.rpartition(".")
        text = f"{module}.{name} is {new.to} since {new.since}; the old name goes in {new.until}"
        warnings.warn(f"{text}; write 'from {home} import {target}'", DeprecationWarning, stacklevel=2)
        return getattr(import_module(home), target)

    return find
