"""A recipe is found wherever programs leave it in a picture, and nothing in a file costs more than its text may."""

import json
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from artgen.errors import InputError
from artgen.recipe import embedded, metadata
from artgen.recipe import model as recipe

KEY = embedded.KEY.encode() + b"\0"
PROMPT = "ein Bär 50% \\ 絵 😀"


@pytest.fixture
def found(made):
    """A recipe with letters that are not everywhere."""
    found = metadata.read(made)
    found["preset"]["prompts"] = [{"text": PROMPT}]
    return found


def png(path, *chunks, late=False):
    """A PNG with chunks, before its pixels or after them."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0\0\0"))]
    parts[2 if late else 1 : 2 if late else 1] = chunks
    whole = b"\x89PNG\r\n\x1a\n"
    for kind, body in (*parts, (b"IEND", b"")):
        whole += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(whole)
    return path


def exif(text):
    block = Image.Exif()
    block.get_ifd(embedded.EXIF_FOLDER)[embedded.USER_COMMENT] = embedded.ASCII + text
    return block.tobytes()


def profile(text):
    """Exif data as ImageMagick once put them into a text: their kind, their length, and hexadecimals in lines."""
    numbers = exif(text).hex()
    lines = "\n".join(numbers[i : i + 72] for i in range(0, len(numbers), 72))
    return b"\nexif\n%8d\n" % (len(numbers) // 2) + lines.encode() + b"\n"


CARRIERS = {
    "iTXt": lambda plain, escaped: (b"iTXt", KEY + b"\0\0\0\0" + plain),
    "iTXt, compressed": lambda plain, escaped: (b"iTXt", KEY + b"\1\0de\0Rezept\0" + zlib.compress(plain)),
    "tEXt": lambda plain, escaped: (b"tEXt", KEY + escaped),
    "tEXt with UTF-8, against the standard": lambda plain, escaped: (b"tEXt", KEY + plain),
    "zTXt": lambda plain, escaped: (b"zTXt", KEY + b"\0" + zlib.compress(escaped)),
    "eXIf": lambda plain, escaped: (b"eXIf", exif(escaped).removeprefix(b"Exif\0\0")),
    "Exif in a text": lambda plain, escaped: (
        b"zTXt",
        b"Raw profile type exif\0\0" + zlib.compress(profile(escaped)),
    ),
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_png_may_hold_it_in_many_ways(tmp_path, found, carrier, late):
    plain, escaped = (json.dumps(found, ensure_ascii=ascii).encode() for ascii in (False, True))
    path = png(tmp_path / "x.png", (b"tEXt", b"Software\0x"), CARRIERS[carrier](plain, escaped), late=late)
    assert metadata.read(path) == found


def test_a_text_in_latin_1_is_read_as_the_standard_says(tmp_path, found):
    found["preset"]["prompts"] = [{"text": "ein Bär"}]
    text = json.dumps(found, ensure_ascii=False).encode("latin-1")
    assert metadata.read(png(tmp_path / "x.png", (b"tEXt", KEY + text))) == found


@pytest.mark.parametrize("name", ["x.png", "x.webp", "x.jpg"])
def test_what_is_written_is_ascii_and_reads_back(tmp_path, found, name):
    Image.new("RGB", (4, 4)).save(tmp_path / name, **metadata.options(tmp_path / name, found))
    assert metadata.read(tmp_path / name) == found
    data = (tmp_path / name).read_bytes()
    assert b"ein B\\u00e4r 50% \\\\ \\u7d75 \\ud83d\\ude00" in data
    assert b"iTXtartgen" not in data


def test_a_long_text_of_escapes_counts_as_the_letters_that_it_stands_for(tmp_path, found):
    found["preset"]["prompts"] = [{"text": "絵" * 300_000}]
    Image.new("RGB", (4, 4)).save(tmp_path / "x.png", **metadata.options(tmp_path / "x.png", found))
    assert metadata.read(tmp_path / "x.png") == found


def bomb(size):
    return zlib.compress(b" " * size, 9)


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"zTXt", KEY + b"\0" + bomb(1 << 28))],
        [(b"iTXt", KEY + b"\1\0\0\0" + bomb(1 << 28))],
        [(b"zTXt", b"Raw profile type exif\0\0" + bomb(1 << 26))] * 50,
        [(b"tEXt", KEY + b" " * (1 << 24))],
        [(b"zTXt", KEY + b"\0" + b"no zlib")],
        [(b"eXIf", b"MM\0*\xff\xff\xff\xff")] * 1000,
        [(b"tEXt", KEY)],
        [(b"iTXt", KEY + b"\1")],
    ],
)
def test_what_is_too_much_or_damaged_is_refused_in_one_line(tmp_path, chunks):
    path = png(tmp_path / "x.png", *chunks)
    data = path.read_bytes()
    tracemalloc.start()
    embedded.text(data)
    assert tracemalloc.get_traced_memory()[1] < 1 << 27
    tracemalloc.stop()
    with pytest.raises(InputError) as refusal:
        metadata.read(path)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(("carries no artgen recipe", "is none of artgen's", "picture is damaged"))


def test_a_picture_is_not_decoded_for_its_text(tmp_path, found, made):
    """A PNG that says it is enormous, and ends in the middle."""
    path = png(tmp_path / "x.png", (b"tEXt", KEY + recipe.to_json(found).encode()))
    data = path.read_bytes().replace(struct.pack(">II", 1, 1), struct.pack(">II", 50_000, 50_000))
    path.write_bytes(data[:-20])
    assert metadata.read(path) == found


def test_what_is_no_picture_is_said(artgen, tmp_path):
    (tmp_path / "x.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n")
    assert artgen("replay", "x.png", code=2).stderr == "x.png: not a readable PNG, WebP or JPEG\n"
    assert "there is no such file" in artgen("replay", "y.png", code=2).stderr
