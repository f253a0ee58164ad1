"""Films of strangers: what they say is read within bounds, and what is damaged says nothing."""

import random
import struct

import pytest

from artgen.errors import InputError
from artgen.films.formats.comments import MOST_PARTS, comment
from artgen.films.formats.encoding import encode
from artgen.films.formats.recipes import recipe_of
from artgen.recipe.model import MAX_BYTES
from tests.helpers import films


def box(kind, body):
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4(text, before=b"", data=None):
    """The boxes of an MP4 down to its comment."""
    data = box(b"data", struct.pack(">II", 1, 0) + text) if data is None else data
    inner = box(b"meta", bytes(4) + box(b"ilst", box(b"\xa9cmt", data)))
    return box(b"ftyp", b"isom") + before + box(b"moov", box(b"mvhd", bytes(20)) + box(b"udta", inner))


def element(kind, body):
    return kind + struct.pack(">Q", len(body) | 1 << 56) + body


def webm(text, name=b"COMMENT", before=b""):
    tag = element(b"\x67\xc8", element(b"\x45\xa3", name) + element(b"\x44\x87", text))
    tags = element(b"\x12\x54\xc3\x67", element(b"\x73\x73", tag))
    return element(b"\x1a\x45\xdf\xa3", b"") + element(b"\x18\x53\x80\x67", before + tags)


def gif(text, before=b""):
    blocks = b"".join(bytes((len(part),)) + part for part in (text[i : i + 255] for i in range(0, len(text), 255)))
    return b"GIF89a" + bytes(7) + before + b"!\xfe" + blocks + b"\0" + b","


@pytest.fixture
def read(tmp_path):
    def reader(content):
        (tmp_path / "film").write_bytes(content)
        return comment(tmp_path / "film")

    return reader


@pytest.mark.parametrize("write", [mp4, webm, gif])
def test_the_comment_is_found_wherever_it_stands(read, write):
    other = {mp4: box(b"mdat", bytes(999)), webm: element(b"\xec", bytes(999)), gif: b"!\xf9\x04" + bytes(5)}[write]
    assert read(write("ein Gruß".encode(), before=other)) == "ein Gruß"
    assert read(write(b"")) == ""


def test_boxes_may_be_longer_than_four_gigabytes_or_as_long_as_the_file(read):
    wide = struct.pack(">I4sQ", 1, b"free", 16 + 5) + bytes(5)
    assert read(mp4(b"hello", before=wide)) == "hello"
    whole = mp4(b"hello")
    place = whole.index(b"moov") - 4
    assert read(whole[:place] + bytes(4) + whole[place + 4 :]) == "hello"


@pytest.mark.parametrize("write", [mp4, webm, gif])
def test_a_comment_without_an_end_is_read_no_further_than_a_recipe_may_be_long(read, write):
    assert len(read(write(b"x" * (MAX_BYTES + 5000))) or "") <= MAX_BYTES + 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        mp4(b"x", data=b""),
        mp4(b"x", data=struct.pack(">I", 1 << 31) + b"data"),
        mp4(b"x", before=struct.pack(">I", 4) + b"free"),
        mp4(b"x", data=struct.pack(">I4sII", 21, b"data", 1, 0) + b"x") + bytes(99),
        mp4(b"x", before=box(b"free", b"") * (MOST_PARTS + 1)),
        webm(b"x", name=b"TITLE"),
        webm(b"x", before=b"\x00"),
        webm(b"x", before=b"\xec\x01\xff\xff\xff\xff\xff\xff\xff"),
        gif(b"x", before=b"!\xf9\x00" * (MOST_PARTS + 1)),
        gif(b"x", before=b","),
    ],
)
def test_what_is_damaged_or_endless_says_nothing(read, content):
    assert read(content) is None


def test_no_damage_is_more_than_a_line(ffmpeg, tmp_path, frames):
    numbers = random.Random(5)
    for suffix in (".mp4", ".webm", ".webp", ".gif", ".png"):
        whole = encode(frames[:2], tmp_path / f"film{suffix}", fps=10, recipe=films.RECIPE).read_bytes()
        for _ in range(60):
            content = bytearray(whole[: numbers.randrange(len(whole))] if numbers.random() < 0.3 else whole)
            for _ in range(numbers.randrange(12)):
                if content:
                    content[numbers.randrange(len(content))] = numbers.randrange(256)
            broken = tmp_path / f"broken{suffix}"
            broken.write_bytes(content)
            try:
                found = recipe_of(broken)
            except InputError as error:
                assert "\n" not in str(error)
            else:
                assert found is None or isinstance(found["preset"], dict)


def test_only_a_recipe_is_one(read, tmp_path):
    for text in (b"a film of mine", b"[1]", b'{"preset": 3, "artgen": "1"}', b"[" * 100_000, b'{"preset": {}}'):
        (tmp_path / "film.mp4").write_bytes(mp4(text))
        assert recipe_of(tmp_path / "film.mp4") is None
    (tmp_path / "film.mp4").write_bytes(mp4(b'{"preset": {}, "artgen": "1"}'))
    assert recipe_of(tmp_path / "film.mp4") == {"preset": {}, "artgen": "1"}


def test_what_is_no_film_is_refused(tmp_path):
    (tmp_path / "film.mp4").write_text("nothing")
    with pytest.raises(InputError, match="neither MP4, WebM, WebP, GIF nor PNG"):
        recipe_of(tmp_path / "film.mp4")
    with pytest.raises(InputError, match=r"fil\.mp4: there is no such file; did you mean 'film.mp4'"):
        recipe_of(tmp_path / "fil.mp4")
