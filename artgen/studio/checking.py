"""What a browser sends as a preset: checked as a file is, and confined to the files that the studio may read."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from artgen.deprecation import DeprecatedName, PresetRemark
from artgen.errors import InputError, Mark, Notice, PresetError, Problem, shown
from artgen.fields.paths import confined
from artgen.preset import nodes
from artgen.preset.checking import Checker
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.preset.nodes import Node
from artgen.preset.settings.device import on_this_machine

SOURCE = "preset"
"""What messages call a text that has no file."""
READERS = "the studio may read"
ADVICE = "upload it in the studio, or begin the studio with --allow and its folder"
FILM = "films are not drawn in the studio; take it out, or use `artgen run`"
UPLOADED = re.compile(r"inputs/[0-9a-f]{32}\.png")
"""What uploaded pictures are called in presets."""
_TOLD = (DeprecatedName, Notice, PresetRemark)


@dataclass(frozen=True)
class Written:
    """A preset as it was sent."""

    yaml: str
    home: Path
    """Where its relative paths start."""
    studio: Path
    """The studio's folder, where what was uploaded lies."""
    folders: tuple[Path, ...] | None
    """Where else its files may lie; None: anywhere, because whoever wrote it can read all of them anyway."""
    overrides: Sequence[Override] = ()
    """Changes on top, as `artgen.load` takes them."""


@dataclass(frozen=True)
class Checked:
    """A preset that was sent, and what there is to say of it."""

    yaml: str
    data: Mapping[str, Any] | None
    """What it says as plain data, with what it extends; None where it is no YAML."""
    preset: Preset | None
    """None where there are mistakes."""
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()


def check(written: Written) -> Checked:
    """Everything that is wrong with a preset, and what may not be as it was meant. Draws nothing.

    Only one thread at a time may be here: warnings are caught, which Python does for all threads at once.
    """
    data = preset = None
    problems: tuple[Problem, ...] = ()
    checker = Checker()
    with warnings.catch_warnings(record=True) as caught:
        for kind in _TOLD:
            warnings.simplefilter("always", kind)
        try:
            with _reach(written), on_this_machine():
                tree, found = nodes.from_text(written.yaml, SOURCE, written.home)
                checker.problems += found
                _place_uploads(tree, written.studio)
                tree = checker.changed(checker.merged(tree), written.overrides)
                data = _plain(tree, written.home)
                preset = checker.checked(tree)
        except PresetError as error:
            problems = tuple(error.problems)
        except InputError as error:
            problems = (Problem(Mark(SOURCE), "", str(error)),)
    remarks = tuple(str(one.message) for one in caught if issubclass(one.category, _TOLD))
    if preset is not None and preset.film is not None:
        problems, preset = (Problem(_mark_of(tree, "film"), "film", FILM),), None
    return Checked(written.yaml, data, preset, problems, remarks)


def _reach(written: Written) -> AbstractContextManager[None]:
    """Within it only those files can be read that a preset may name."""
    if written.folders is None:
        return nullcontext()
    return confined((written.studio, *written.folders), READERS, ADVICE)


def _place_uploads(tree: Node, studio: Path) -> None:
    """What was uploaded is named as it lies in the studio's folder, wherever the other paths of a preset start."""
    if tree.is_mapping or tree.is_list:
        for child in tree.value.values() if tree.is_mapping else tree.value:
            _place_uploads(child, studio)
    elif isinstance(tree.value, str) and UPLOADED.fullmatch(tree.value):
        tree.folder = studio


def _plain(tree: Node, home: Path) -> Any:
    """The tree's data; a file that another preset's folder has is named by its whole path."""
    if tree.is_mapping:
        return {key: _plain(child, home) for key, child in tree.value.items()}
    if tree.is_list:
        return [_plain(child, home) for child in tree.value]
    if isinstance(tree.value, str) and tree.folder != home and not UPLOADED.fullmatch(tree.value):
        return _whole_path(tree.folder, tree.value)
    if isinstance(tree.value, float) and not math.isfinite(tree.value):
        return str(tree.value)  # which JSON does not know
    return tree.value


def _whole_path(folder: Path, text: str) -> str:
    try:
        path = folder / text
        return str(path.resolve()) if path.is_file() else text
    except (OSError, ValueError):  # a text that can be no name
        return text


def _mark_of(tree: Node, key: str) -> Mark:
    child = tree.child(key)
    return child.mark if child else tree.mark


def as_yaml(data: Mapping[str, Any]) -> str:
    """Plain data as YAML that people like to read: short lists and mappings in one line.

    Raises:
        InputError: if no preset can be so.
    """
    try:
        nodes.from_data(data, Mark(SOURCE), Path())
        text: str = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)
    except yaml.YAMLError as error:
        raise InputError(shown(error)) from None
    return text


def told(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as a browser gets them: line and column are 0 where they have no place."""
    return [
        {"path": one.path, "line": one.mark.line, "column": one.mark.column, "message": one.message} for one in problems
    ]
