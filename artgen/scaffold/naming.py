"""What a plugin and its parts are called, and which names are refused."""

from __future__ import annotations

import importlib.util
import keyword
import re
from dataclasses import dataclass

from artgen import api
from artgen.errors import InputError
from artgen.preset import shipped
from artgen.registry.plugins import discover

LONGEST = 30
_USED = {"Annotated", "Any", "Descent", "DescentSpec", "ExitStack", "F", "Field", "ImageColor", "Literal", "Mapping"}
_USED |= {"Path", "Self", "Sequence", "Tensor", *api.__all__}
"""What the templates' modules import."""
_YAML = {"true", "false", "null"}


@dataclass(frozen=True)
class Name:
    """One name in the forms that a package needs it in."""

    type: str
    """What a preset writes, such as `soft_dots`."""

    @property
    def dist(self) -> str:
        return "artgen-" + self.type.replace("_", "-")

    @property
    def module(self) -> str:
        return f"artgen_{self.type}"

    @property
    def cls(self) -> str:
        return "".join(word[0].upper() + word[1:] for word in self.type.split("_"))


def checked(written: str, kind: str) -> Name:
    """The name that an author wrote for a component of `kind`, as presets call the kinds.

    Raises:
        InputError: if it cannot be one, or if something that is installed has it.
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", written)  # SoftDots is soft_dots, as its class is called back
    name = Name(re.sub(r"[-_]+", "_", words.lower()))
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name.type):
        raise InputError(
            f"'{written}' cannot be a name: write letters, digits, - and _, beginning with a letter, such as soft-dots"
        )
    if len(name.type) > LONGEST:
        raise InputError(f"'{written}' has {len(written)} characters; choose a name of at most {LONGEST}")
    if name.type.startswith("artgen_"):
        raise InputError(f"'{written}' begins with artgen, which is put before the name anyway; leave it out")
    if {name.type, name.cls} & {*keyword.kwlist, *_USED, *_YAML}:
        raise InputError(f"'{written}' is a word of Python, YAML or artgen itself; choose another name")
    _refuse_taken(name, kind)
    return name


def _refuse_taken(name: Name, kind: str) -> None:
    owner = next((o.owner for o in discover().components if (o.kind, o.name) == (kind, name.type)), None)
    if owner:
        raise InputError(f"a {kind} called '{name.type}' comes with {owner} already; choose another name")
    if importlib.util.find_spec(name.module):
        raise InputError(f"a package {name.module} is installed already; choose another name")
    if path := shipped.shipped().get(name.type):
        raise InputError(f"a preset called '{name.type}' is there already ({path}); choose another name")
