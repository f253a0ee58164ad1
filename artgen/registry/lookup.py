"""Finds what plugins offer by name: for the settings, which lie below, and for the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from artgen.api import Exporter, GeneratorSpec
from artgen.errors import InputError, hint
from artgen.fields.offered import Kind
from artgen.files import read_text
from artgen.prompts.wordlists import MAX_LENGTH
from artgen.registry.offers import Lines, Owned, meant_by, written
from artgen.registry.plugins import discover


class Plugins:
    """The palettes and the lists of words of the plugins that are installed, for `artgen.fields.offered`."""

    def find(self, kind: Kind, name: str, folder: Path) -> Sequence[str] | Path | None:
        """As `Offered.find`. A file of words is read here, because a plugin's may lie where no preset's does."""
        what = "a palette" if kind == "palette" else "words"
        offer = meant_by(name, _offers(kind), what, discover().dist_of(folder / "preset"))
        if offer is None:
            return None
        if kind == "words" and isinstance(offer.value, Path):
            text = read_text(offer.value, MAX_LENGTH, "list of words", f"'{offer.full_name}'")
            return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        return offer.value

    def names(self, kind: Kind) -> list[str]:
        """As `Offered.names`."""
        return written(_offers(kind))


def _offers(kind: Kind) -> list[Owned[Lines]]:
    offers = discover().offers
    return offers.palettes if kind == "palette" else offers.words


def exporters(wanted: Iterable[str], spec: GeneratorSpec) -> list[Owned[Exporter]]:
    """Those that write what a generator draws, for suffixes such as ``svg``, ``.svg`` or ``dist:svg``.

    The forms that the generator `Exports` are written whether they are asked for or not.

    Raises:
        InputError: if there is none, several plugins have one, or one suffix is asked for twice.
    """
    found: list[Owned[Exporter]] = []
    for name in wanted:
        one = exporter(name, spec)
        if one.name in [other.name for other in found]:
            raise InputError(f"--export {name}: two files of one picture would be called '{one.name}'")
        found.append(one)
    asked, own = [one.name for one in found], spec.exports if discover().of_spec(spec) else ()
    return found + [exporter(suffix, spec) for suffix in own if suffix not in asked]


def forms(spec: GeneratorSpec) -> list[Owned[Exporter]]:
    """The exporters that can write what a generator draws: of each suffix the one that its name alone means."""
    names = {one.name for one in discover().offers.exporters if one.value.fits(spec)}
    found = []
    for name in sorted(names):
        with contextlib.suppress(InputError):  # several plugins have it; it must be asked for by its full name
            found.append(exporter(name, spec))
    return found


def suffixes() -> list[str]:
    """What the names of the files that exporters write end in."""
    return sorted({offer.name for offer in discover().offers.exporters})


def suffix_of(path: Path) -> str:
    """Of the suffixes with two parts the one that the path ends in, if an exporter has it; else its own, small."""
    both = "".join(path.suffixes[-2:]).lower()
    return both if both in suffixes() else path.suffix.lower()


def exporter(name: str, spec: GeneratorSpec) -> Owned[Exporter]:
    """The exporter of a suffix, of those that fit the generator; InputError if there is none."""
    offers = discover().offers.exporters
    dist, colon, suffix = name.lower().rpartition(":")
    full = f"{dist}{colon}.{suffix.removeprefix('.')}"
    fitting = [one for one in offers if one.value.fits(spec)]
    # One that is for this very generator goes before one for any.
    special = [one for one in fitting if one.value.generators]
    found = meant_by(full, special, "an exporter") or meant_by(full, fitting, "an exporter")
    if found:
        return found
    if any(full in (one.name, one.full_name) for one in offers):
        raise InputError(f"no exporter of '{full}' can write what the generator '{spec.type}' draws")
    known = written(fitting)
    choose = hint(full, known) if known else "; a plugin can offer one (artgen_exporters)"
    failed = ", or ".join(map(str, discover().failures))
    raise InputError(f"no plugin writes '{full}'{choose}{failed and f'; or it was to come from {failed}'}")
