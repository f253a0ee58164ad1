"""Tells editors where the schema of presets is: by VS Code's settings, or by a line in a preset."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from artgen.errors import InputError
from artgen.files import atomic_path, read_bytes
from artgen.preset.nodes import MAX_BYTES

SCHEMA = Path(".artgen") / "preset.schema.json"
SETTINGS = Path(".vscode") / "settings.json"
PRESETS = ["*.yaml"]
"""Which files VS Code takes for presets."""

_MODELINE = re.compile(rb"#\s+yaml-language-server\s*:[^\r\n]*")
_HEAD = re.compile(rb"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*(?:[ \t]*#[^\r\n]*\Z)?")
_BOM = b"\xef\xbb\xbf"


def for_folder(folder: Path, schema: str) -> list[str]:
    """Write the schema and VS Code's setting into `folder`; returns what was done, a line each.

    Raises:
        InputError: if the settings cannot be changed without loss; then nothing is written.
    """
    settings = _with_schema(folder / SETTINGS)
    return [_put(folder / SCHEMA, schema.encode()), _put(folder / SETTINGS, settings)]


def for_presets(folder: Path, presets: Iterable[Path], schema: str) -> list[str]:
    """Write the schema into `folder`, and as the first line of each preset where it is; returns what was done.

    Raises:
        InputError: if a preset cannot be read; then nothing is written.
    """
    target = folder / SCHEMA
    texts = {path: with_modeline(_read(path), _reference(target, path)) for path in presets}
    return [_put(target, schema.encode()), *(_put(path, text) for path, text in texts.items())]


def with_modeline(preset: bytes, schema: str) -> bytes:
    """The preset with a line that names its schema: in place of such a line at its head, else as the first one."""
    line = f"# yaml-language-server: $schema={schema}".encode()
    start = len(_BOM) if preset.startswith(_BOM) else 0
    head = _HEAD.match(preset, start)
    if head and (old := re.search(rb"(?m)^" + _MODELINE.pattern, head[0])):
        return preset[: start + old.start()] + line + preset[start + old.end() :]
    first_end = re.search(rb"\r\n|\n|\r", preset)
    return preset[:start] + line + (first_end[0] if first_end else b"\n") + preset[start:]


def _reference(schema: Path, preset: Path) -> str:
    """The way from the preset to the schema. Editors read it up to the first space, so with one it is an address."""
    way = os.path.relpath(schema.resolve(), preset.resolve().parent)
    return schema.resolve().as_uri() if re.search(r"[\s#]", way) else Path(way).as_posix()


def _read(path: Path) -> bytes:
    raw = read_bytes(path, MAX_BYTES, "preset")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text, which is no preset") from None
    return raw


def _with_schema(path: Path) -> bytes:
    """VS Code's settings with ours among them; what stands there for our schema already is left alone."""
    ours = f"./{SCHEMA.as_posix()}"
    raw = path.read_bytes() if path.is_file() else b"{}"
    try:
        settings = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
        schemas = {**settings.get("yaml.schemas", {})}
    except (ValueError, TypeError, AttributeError, RecursionError):
        by_hand = json.dumps({"yaml.schemas": {ours: PRESETS}})[1:-1]
        raise InputError(f"{path}: not plain JSON (comments?), so it is left alone; add by hand: {by_hand}") from None
    if ours in schemas:
        return raw
    changed = {**settings, "yaml.schemas": {**schemas, ours: PRESETS}}
    return (json.dumps(changed, indent=4, ensure_ascii=False) + "\n").encode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ValueError if a key is repeated, because only one of its values would be kept."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _put(path: Path, content: bytes) -> str:
    """Write where that changes something, and say so; a file keeps its permissions, and a link its target."""
    target = path.resolve()
    mode = target.stat().st_mode if target.exists() else None
    if mode and target.read_bytes() == content:
        return f"{path}: up to date"
    with atomic_path(target, "run this where you may write") as temporary:
        temporary.write_bytes(content)
    if mode:
        target.chmod(mode)
    return f"{path}: written"
