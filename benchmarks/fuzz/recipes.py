"""Recipes in all that carries them: the three kinds of text in a PNG, Exif in WebP and JPEG, JSON."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zlib
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz import damage
from benchmarks.fuzz.watch import command

CARRIERS = ("itxt.png", "ztxt.png", "text.png", "exif.webp", "exif.jpg", "recipe.json")
_KEY = b"artgen:recipe"


def drawn(folder: Path) -> dict[str, Any]:
    """The recipe of a small picture, which is drawn as ``sound.png``; it reads ``photo.png``."""
    from PIL import Image

    import artgen
    from artgen.recipe import metadata

    Image.new("RGB", (8, 8), "orange").save(folder / "photo.png")
    preset = {
        "prompts": "a red heart:2 | a dog:-1",
        "seed": 1,
        "size": [16, 16],
        "steps": 2,
        "about": "A picture.",
        "start": {"image": "photo.png"},
        "generator": {"type": "pixel", "grid": [8, 8]},
        "filters": [{"type": "palette", "palette": ["red", "white"]}],
        "perceptors": {"clip": {"type": "open_clip", "model": "embedded"}},
        "views": [{"type": "cutouts", "count": 2}],
        "losses": [{"type": "clip"}, {"type": "saturation", "weight": 0.5}],
    }
    with contextlib.chdir(folder):
        artgen.run(preset, note=lambda line: None, show=False).save("sound.png")
        recipe = dict(metadata.read(Path("sound.png")))
        Path("sound.json").write_text(json.dumps(recipe), encoding="utf-8")
        return recipe


def carried(carrier: str, text: str) -> bytes:
    """A picture, or a JSON file, that carries the text."""
    raw = text.encode("utf-8", "surrogatepass")
    if carrier.endswith("json"):
        return raw
    if carrier.endswith("png"):
        return _png(carrier, raw)
    from PIL import Image

    exif, file = Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + text.encode("ascii", "backslashreplace")
    try:
        Image.new("RGB", (16, 16), "red").save(file, "WEBP" if carrier.endswith("webp") else "JPEG", exif=exif)
    except (ValueError, OSError, struct.error):  # too long for a JPEG
        Image.new("RGB", (16, 16), "red").save(file, "WEBP" if carrier.endswith("webp") else "JPEG")
    return file.getvalue()


def _png(carrier: str, raw: bytes) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(file, "PNG")
    picture = file.getvalue()
    kind, content = {
        "itxt.png": (b"iTXt", _KEY + b"\0\0\0\0\0" + raw),
        "ztxt.png": (b"zTXt", _KEY + b"\0\0" + zlib.compress(raw)),
        "text.png": (b"tEXt", _KEY + b"\0" + raw),
    }[carrier]
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return picture[:33] + chunk + picture[33:]  # after the signature and IHDR


def as_json(recipe: Any) -> str:
    """As `json.dumps`, which gives up where data is too deep for it."""
    try:
        return json.dumps(recipe)
    except (RecursionError, ValueError):
        return "[" * 100_000


class Recipes:
    """Planned, loaded, checked and compared, but not drawn."""

    def __init__(self, folder: Path) -> None:
        self.recipe = drawn(folder)

    def base(self, random: Random) -> tuple[str, str]:
        return random.choice(CARRIERS), json.dumps(self.recipe)

    def damage(self, random: Random, found: tuple[str, str]) -> tuple[str, str]:
        carrier, text = found
        if random.random() < 0.1:
            return random.choice(CARRIERS), text
        if random.random() < 0.8:
            with contextlib.suppress(ValueError, RecursionError):
                return carrier, as_json(damage.tree(random, json.loads(text)))
        return carrier, damage.text(random, text)

    def attempt(self, found: tuple[str, str]) -> None:
        carrier, text = found
        Path(carrier).write_bytes(carried(carrier, text))
        command("replay", carrier, "--dry-run")
        if carrier.endswith("json"):  # of two pictures, the pixels would be compared as well
            command("diff", carrier, "sound.json")
        else:
            command("check", carrier, "--resolved")

    def keep(self, found: tuple[str, str], folder: Path) -> None:
        (folder / found[0]).write_bytes(carried(*found))
