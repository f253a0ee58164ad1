"""The form of a lock: `pylock.toml` (PEP 751) with exactly one wheel for each distribution, and artgen's own table.

A lock comes from a stranger. It names distributions, versions and sha256, and no address: where they are had from is
up to the one who installs them. The path of a wheel is where it may lie beside the lock.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from artgen.errors import InputError, shown
from artgen.files import read_text
from artgen.recipe.model import Digest, Digests, ShortText

MAX_BYTES = 8 << 20
"""A lock that is larger is none of artgen's."""
_FETCHED = ("archive", "attestation-identities", "directory", "index", "sdist", "url", "vcs")
"""Keys of other programs' locks that say where to fetch something from."""
_NAME = r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*"


def _is_version(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        raise ValueError(f"'{shown(text, 60)}' is no version") from None


def _is_canonical(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"'{shown(name, 60)}' is no name of a distribution")
    return name


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True
    )


class Hashes(_Part):
    """Of a file."""

    sha256: Digest
    """The only one that artgen takes."""


class Wheel(_Part):
    """A file to install."""

    path: Annotated[str, Field(pattern=rf"^{_NAME}/{_NAME}\.whl$", max_length=600)]
    """Where it lies or may lie beside the lock: a folder and the file's name."""
    size: Annotated[int, Field(ge=0)] | None = None
    """Bytes, where that is known."""
    hashes: Hashes
    """What it has to have."""

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]


class Package(_Part):
    """A distribution."""

    name: Annotated[str, Field(max_length=200), AfterValidator(_is_canonical)]
    """As registries have it: small letters and hyphens."""
    version: Annotated[str, Field(max_length=100), AfterValidator(_is_version)]
    """The only one that will do."""
    wheels: Annotated[tuple[Wheel, ...], Field(min_length=1, max_length=1)]
    """The file that is installed."""

    @model_validator(mode="after")
    def _named_alike(self) -> Package:
        try:
            name, version, _, _ = parse_wheel_filename(self.wheel.file)
        except InvalidWheelFilename:
            raise ValueError(f"'{shown(self.wheel.file, 100)}' is no name of a wheel") from None
        if canonicalize_name(name) != self.name or version != Version(self.version):
            raise ValueError(f"'{shown(self.wheel.file, 100)}' is no wheel of {self.name} {self.version}")
        return self

    @property
    def wheel(self) -> Wheel:
        return self.wheels[0]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class About(_Part):
    """What artgen says of the picture."""

    picture: ShortText
    """The file that was frozen."""
    pixels: Digest | None = None
    """sha256 of its pixels, as its recipe has it."""
    python: Annotated[str, Field(pattern=r"^3\.\d{1,2}\.\d{1,3}[0-9A-Za-z.+]{0,20}$")]
    """The version that drew it."""
    implementation: ShortText
    """Of Python."""
    system: ShortText
    """The operating system and the architecture that drew it; the wheels are for these."""
    device: ShortText
    """cpu, cuda or mps."""
    hardware: ShortText = ""
    """The GPU's name, or the kind of CPU."""
    threads: Annotated[int, Field(ge=1)] = 1
    """How many counted."""
    flags: dict[str, bool | ShortText] = {}
    """How torch was told to count."""
    chosen: Annotated[tuple[ShortText, ...], Field(max_length=2000)] = ()
    """Distributions that the recipe does not list, of which the lock has a version that fits and may be another."""
    weights: Digests = {}
    """sha256 of every weight file."""
    inputs: Digests = {}
    """sha256 of every file that the preset names."""

    @property
    def minor(self) -> str:
        """The version of Python without the last number, on which no pixel depends: ``3.11``."""
        return ".".join(self.python.split(".")[:2])


class Tool(_Part):
    """What programs add to a lock."""

    artgen: About
    """What artgen does."""


class Lock(_Part):
    """An environment, file by file."""

    lock_version: Literal["1.0"] = "1.0"
    """Of the form of PEP 751."""
    environments: tuple[ShortText, ...]
    """The markers of the systems that it is for."""
    requires_python: ShortText
    """The versions of Python that it is for."""
    created_by: ShortText = "artgen"
    """The program that wrote it."""
    packages: Annotated[tuple[Package, ...], Field(min_length=1, max_length=2000)]
    """All distributions of the environment, by name."""
    tool: Tool
    """What besides is known of the picture."""

    @model_validator(mode="after")
    def _each_once(self) -> Lock:
        names = [package.name for package in self.packages]
        if len(set(names)) != len(names):
            raise ValueError("it has a distribution twice")
        return self

    @cached_property
    def about(self) -> About:
        return self.tool.artgen


def place(picture: Path) -> Path:
    """What the lock of a picture is called; PEP 751 lets no dot stand in the name."""
    return picture.with_name(f"pylock.{picture.stem.replace('.', '-')}.toml")


def read(path: Path) -> Lock:
    """A lock that freeze wrote. InputError, in one line, if it is none."""
    try:
        data = tomllib.loads(read_text(path, MAX_BYTES, "lock"))
    except (ValueError, RecursionError):
        raise InputError(f"{path}: is no TOML; `artgen freeze` writes locks") from None
    try:
        return Lock.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{path}: {_problem(error)}; `artgen freeze` writes locks") from None


def _problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = shown(".".join(map(str, first["loc"])), 80)
    if first["type"] == "extra_forbidden":
        key = first["loc"][-1]
        why = ", which says where to fetch from: artgen takes names, versions and sha256 alone" * (key in _FETCHED)
        return f"has the key {where}{why}"
    return f"is no lock that artgen reads ({where}: {shown(first['msg'], 200)})" if where else first["msg"]


def to_dict(lock: Lock) -> dict[str, Any]:
    """As it stands in the file."""
    return lock.model_dump(by_alias=True, exclude_none=True, mode="json")
