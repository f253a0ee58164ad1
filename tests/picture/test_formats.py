"""Which formats are read, the same ones everywhere, and what is said of all others."""

import struct
import sys

import numpy as np
import pytest
from PIL import Image

from artgen.canvas import picture_size, read_layer
from artgen.colours.notation import of_picture
from artgen.errors import InputError
from artgen.picture import decoding, formats
from tests.helpers.paths import DATA

HEIC = DATA / "turned.heic"
"""24 x 32 pixels, lying on the side: red above with a white corner at the right, blue below."""
RED = (200, 40, 30)


def psd(path):
    """8 x 8 red pixels in the plainest form that Photoshop writes."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 8, 8, 8, 3) + bytes(12) + struct.pack(">H", 0)
    path.write_bytes(head + b"".join(bytes([level]) * 64 for level in RED))


@pytest.fixture(params=["ppm", "jp2", "avif", "psd", "bmp", "gif", "webp", "tif", "heic", "svg"])
def red(request, tmp_path):
    path = tmp_path / f"red.{request.param}"
    if request.param == "psd":
        psd(path)
    elif request.param == "svg":
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="rgb{RED}" d="M0 0h8v8H0z"/></svg>'
        )
    elif request.param == "heic":
        path.write_bytes(HEIC.read_bytes())
    else:
        Image.new("RGB", (8, 8), RED).save(path)
    return path


def test_every_format_is_read_everywhere(red, artgen):
    assert formats.is_picture(red.name)
    assert decoding.below(red.parent) == [red]
    left = read_layer(red, (8, 8))[0, :3, 1, 1] * 255
    assert all(abs(found - wanted) < 8 for found, wanted in zip(left.tolist(), RED, strict=True))
    assert of_picture(red, 1)[0].startswith("#")
    artgen("score", red, "--prompt", "red", "--prompt", "blue", code=0)
    assert str(red.name) in artgen("search", "red", red.parent, code=0).stdout


def test_a_heic_picture_is_upright():
    found = np.asarray(decoding.read(HEIC))
    assert found.shape[:2] == picture_size(HEIC)
    for place, colour in (((2, 2), RED), ((2, -3), (240, 240, 240)), ((-2, 2), (20, 60, 220))):
        assert np.abs(found[place][:3].astype(int) - colour).max() < 8


@pytest.mark.parametrize(("name", "module", "extra"), [("x.heic", "pi_heif", "heic"), ("x.svg", "resvg_py", "svg")])
def test_what_an_extra_reads_says_so_without_it(name, module, extra, tmp_path, monkeypatch):
    path = tmp_path / name
    path.write_bytes(HEIC.read_bytes() if extra == "heic" else b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError) as caught:
        decoding.read(path)
    assert f'needs one more package; pip install "artgen[{extra}]"' in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"prompts: a cat\n", "it is a text"),
        ("prompts: eine Übung\n".encode(), "it is a text"),
        (b"%PDF-1.7 ...", "PostScript and PDF are not read; save it as PNG"),
        (b"\0\1\2\3" * 9, f"not an image that is known; {formats.READ} are read"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "damaged: "),
        (b"<svg><g></svg>", "mismatched tag"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "not an image that is known"),
    ],
)
def test_what_is_no_picture_is_told(content, message, tmp_path):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(InputError, match="no picture that can be read") as caught:
        decoding.read(tmp_path / "x.png")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "tif", "avif"])
def test_of_what_moves_the_first_picture_is_taken_and_it_is_told(kind, tmp_path):
    first, *more = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(tmp_path / f"x.{kind}", save_all=True, append_images=more)
    notes = []
    red, _, blue, _ = decoding.read(tmp_path / f"x.{kind}", notes.append).getpixel((4, 4))
    assert red > 250
    assert blue < 5
    assert notes == [f"{tmp_path / f'x.{kind}'}: it moves, or has several pages; the first picture is taken"]


def test_the_layers_of_a_psd_are_no_pages(tmp_path):
    psd(tmp_path / "x.psd")
    notes = []
    decoding.read(tmp_path / "x.psd", notes.append)
    assert not notes
