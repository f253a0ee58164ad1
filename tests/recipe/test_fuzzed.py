"""Recipes that were changed at random, in each carrier: they end with a line that says what is wrong, or are fine."""

import copy
import json
import random
import struct
import warnings
import zlib

import pytest
from PIL import Image

from artgen.errors import InputError
from artgen.recipe import embedded, metadata

ROUNDS = 40
ODD = (
    None, True, False, -1, 0, 5, 10**39, 10**41, 1e300, -0.0, "", ".", "..", "/etc/passwd", "~", "linkdir/ssl", ".env",
    "a" * 5000, "\x1b]0;x\x07", "\udcff", "😀", "{@/etc/passwd}", "{a|b}", "a:1:2", [], {}, [[]], {"": {}},
    "nan", "1e999",
)  # fmt: skip
KEYS = (
    "extends",
    "reporters",
    "quality",
    "prompts",
    "start",
    "overlay",
    "batch",
    "steps",
    "size",
    "seed",
    "type",
    "id",
)
CARRIERS = ("iTXt", "zTXt", "tEXt", "x.webp", "x.jpg", "x.json")


def places(value, found):
    """Every mapping and list in `value`."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict | list):
        found.append(value)
    for one in inner:
        places(one, found)
    return found


def odd(chance, recipe):
    if chance.random() < 0.1:
        deep = []
        for _ in range(chance.choice((10, 70, 400))):
            deep = [deep] if chance.random() < 0.5 else {"a": deep}
        return deep
    if chance.random() < 0.2:
        return copy.deepcopy(chance.choice(places(recipe, [])))
    return copy.deepcopy(chance.choice(ODD))


def mutated(recipe, chance):
    recipe = copy.deepcopy(recipe)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.choice(places(recipe, []))
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if keys and chance.random() < 0.7:
            key = chance.choice(keys)
            if chance.random() < 0.2:
                del place[key]
            else:
                place[key] = odd(chance, recipe)
        elif isinstance(place, dict):
            place[chance.choice(KEYS)] = odd(chance, recipe)
        else:
            place.extend([odd(chance, recipe)] * chance.choice((1, 3, 300)))
    return recipe


def text_of(recipe, chance):
    text = json.dumps(recipe)
    if chance.random() < 0.1:
        text = text.replace(": 1", ": " + "9" * chance.choice((30, 400, 5000)))
    if chance.random() < 0.1:
        cut = chance.randrange(len(text))
        text = (
            text[:cut] + chance.choice(("", "\0", "[" * 3000, '"', "\\ud800", "é")) + text[cut + chance.randrange(3) :]
        )
    return text


def carried(path, kind, text, chance, picture):
    """`text` in a file of that kind, now and then with some bytes changed."""
    raw = text.encode("utf-8", "surrogatepass")
    key = embedded.KEY.encode() + b"\0"
    if kind in ("iTXt", "zTXt", "tEXt"):
        path = path / "x.png"
        body = {"iTXt": b"\0\0\0\0" + raw, "zTXt": b"\0" + zlib.compress(raw), "tEXt": raw}[kind]
        chunk = kind.encode() + key + body
        with Image.open(picture) as opened:
            opened.save(path)
        data = path.read_bytes()
        data = data[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:]
    elif kind == "x.json":
        path, data = path / kind, raw
    else:
        path = path / kind
        exif = Image.Exif()
        exif.get_ifd(embedded.EXIF_FOLDER)[embedded.USER_COMMENT] = embedded.ASCII + raw[:60_000]
        with Image.open(picture) as opened:
            opened.convert("RGB").save(path, exif=exif)
        data = path.read_bytes()
    data = bytearray(data)
    for _ in range(chance.choice((0, 0, 0, 1, 20))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)
    return path


def readers(path):
    """What reads a recipe, besides the commands."""
    from artgen.compare import replay
    from artgen.preset import loading

    yield lambda: replay.plan(path).objections
    yield lambda: loading.load(path).resolved()


@pytest.mark.parametrize("seed", range(len(CARRIERS)))
def test_changed_recipes_end_with_a_line(artgen, tmp_path, made, seed):
    chance, whole = random.Random(seed), metadata.read(made)
    whole["inputs"] = {"sub/a.txt": "0" * 64}
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text("a")
    for number in range(ROUNDS):
        path = carried(tmp_path, CARRIERS[seed], text_of(mutated(whole, chance), chance), chance, made)
        for read in readers(path):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    read()
                except InputError as error:
                    assert str(error), number
        commands = (["check", path, "--resolved"], ["replay", path, "--dry-run"], ["diff", made, path])
        assert artgen(*commands[number % 3]).returncode in (0, 1, 2)
