"""List, fetch and verify the published weights that the installed plugins know by name.

    artgen weights list
    artgen weights fetch vqgan-coco.ckpt
    artgen weights fetch --preset vqgan-imagenet
    artgen weights verify
    artgen weights path vqgan-coco.ckpt

They are kept in ~/.cache/artgen, or in the folder that ARTGEN_CACHE names.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.filesize import decimal

from artgen.cli import common
from artgen.errors import shown

if TYPE_CHECKING:
    from artgen.registry.known_weights import KnownWeights
    from artgen.weights import Download


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("list", help="what plugins know, what is in the cache, and how much room it takes")
    common.add_json(show)
    get = actions.add_parser("fetch", help="download files, from the first mirror that has them")
    get.add_argument("names", metavar="NAME", nargs="*", help="a name of the list, or a hub repository, owner/name")
    get.add_argument("--preset", metavar="PRESET", help="fetch all that this preset needs")
    get.add_argument("--offline", action="store_true", help="connect to nothing: see whether all of it is there")
    verify = actions.add_parser("verify", help="compare files in the cache with their published sha256")
    verify.add_argument("names", metavar="NAME", nargs="*", help="default: every file that plugins know")
    verify.add_argument("--delete-broken", action="store_true", help="remove those that are not what was published")
    path = actions.add_parser("path", help="print where a file is")
    path.add_argument("name", metavar="NAME", help="a name of the list, or a hub repository, owner/name")


def main(given: argparse.Namespace) -> int:
    actions = {"list": _list, "fetch": _fetch, "verify": _verify, "path": _path}
    return actions[given.action](given)


def _list(given: argparse.Namespace) -> int:
    from artgen.registry import known_weights
    from artgen.weights import cache_folder

    known, others, hub = known_weights.entries(), known_weights.others(), known_weights.repositories()
    if given.json:
        _print_json(known, others, hub)
        return 0
    _print_known(known)
    _print_sizes(f"also in {cache_folder()}", _by_folder(others))
    _print_sizes("in the model hub's cache", hub)
    print(f"\n{cache_folder()}: {decimal(known_weights.total())} in all")
    return 0


def _print_json(
    known: Iterable[KnownWeights], others: Iterable[tuple[str, int]], hub: Iterable[tuple[str, int]]
) -> None:
    import json

    from artgen.registry import known_weights
    from artgen.weights import cache_folder

    data = {
        "cache": str(cache_folder()),
        "bytes": known_weights.total(),
        "weights": [entry.plain() for entry in known],
        "others": [{"name": name, "bytes": size} for name, size in others],
        "hub": [{"name": name, "bytes": size} for name, size in hub],
    }
    print(json.dumps(data, indent=2))


def _print_known(known: Iterable[KnownWeights]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("name", "size", "cached", "sha256"):
        table.add_column(title, no_wrap=True, justify="right" if title == "size" else "left")
    table.add_column("used by")
    for entry in known:
        size = entry.stored() or entry.published.size
        digest = entry.published.sha256[:8] or "unverified"
        used = f"{', '.join(entry.published.used_by)} ({', '.join(entry.owners)})".strip()
        row = entry.name, decimal(size) if size else "?", _state(entry), digest, used
        table.add_row(*map(common.cell, row))
    common.print_table(table)


def _state(entry: KnownWeights) -> str:
    if entry.stored() is not None:
        return "yes"
    return f"{decimal(entry.begun())} of it" if entry.begun() else "no"


def _print_sizes(title: str, sizes: Iterable[tuple[str, int]]) -> None:
    lines = [f"  {decimal(size):>9}  {shown(name)}" for name, size in sizes]
    if lines:
        print("", f"{title}:", *lines, sep="\n")


def _by_folder(files: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """What is kept of pictures that were looked at is one line, however many files it is in."""
    found: dict[str, list[int]] = {}
    for name, size in files:
        folder, slash, _ = name.partition("/")
        found.setdefault(f"{folder}/" if slash else name, []).append(size)
    return [
        (f"{name} ({len(sizes)} file{'' if len(sizes) == 1 else 's'})" if name.endswith("/") else name, sum(sizes))
        for name, sizes in found.items()
    ]


def _fetch(given: argparse.Namespace) -> int:
    from artgen.errors import InputError

    if given.offline:
        os.environ["ARTGEN_OFFLINE"] = "1"
    failures = 0
    for wanted in _wanted(given):
        try:
            common.say_path(wanted.fetch(_note))
        except InputError as error:
            _note(str(error))
            failures += 1
    return 1 if failures else 0


def _note(line: str) -> None:
    common.note(line)


def _wanted(given: argparse.Namespace) -> list[Download]:
    """What the names and the preset ask for; all of it is found before anything is fetched."""
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.needs import downloads

    found = [_download(name) for name in given.names]
    if given.preset:
        found += downloads(load(given.preset))
        if not found:
            _note(f"{given.preset}: needs no download")
    elif not found:
        raise InputError("name what to fetch, or a --preset; `artgen weights list` shows what there is")
    return found


def _download(name: str) -> Download:
    from artgen.registry.known_weights import find
    from artgen.weights import Repository

    return Repository(name) if "/" in name else find([name])[0].published


def _verify(given: argparse.Namespace) -> int:
    from artgen.registry.known_weights import entries, find

    checked = find(given.names) if given.names else entries()
    broken = 0
    for entry in checked:
        if entry.stored() is None:
            if given.names:
                raise _absent(entry.name)
        elif fault := entry.fault():
            _report(entry, fault, given.delete_broken)
            broken += 1
        else:
            common.say(
                f"{entry.name}: {'ok' if entry.published.sha256 else 'unverified; nobody has published its sha256'}"
            )
    if not any(entry.stored() is not None for entry in checked) and not broken:
        print("nothing that plugins know is in the cache")
    return 1 if broken else 0


def _report(entry: KnownWeights, fault: str, delete: bool) -> None:
    if delete:
        entry.path.unlink()
    does = "; deleted" if delete else ""
    _note(f"{entry.name}: {fault}{does}; run: artgen weights fetch {entry.name}")


def _path(given: argparse.Namespace) -> int:
    found = _download(given.name).where()
    if found is None:
        raise _absent(given.name)
    common.say_path(found)
    return 0


def _absent(name: str) -> Exception:
    from artgen.errors import InputError

    return InputError(f"{name}: is not on this machine; run: artgen weights fetch {name}")
