"""Every picture goes through one reader that is bounded, and knows few formats."""

import os
import re
import struct
import zlib

import pytest
from PIL import Image

from artgen.canvas import picture_size, read_layer
from artgen.errors import InputError
from artgen.picture import decoding
from tests.helpers.paths import ROOT

POSTSCRIPT = "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"


def test_a_picture_that_is_a_program_runs_nothing(artgen, tmp_path, flat, monkeypatch):
    """Pillow gives PostScript to Ghostscript."""
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "x.png").write_text(POSTSCRIPT)
    for reader in (decoding.read, picture_size, lambda path: read_layer(path, (8, 8))):
        with pytest.raises(InputError, match="no picture that can be read"):
            reader(tmp_path / "x.png")
    for change in ("start=x.png", "overlay={image: x.png}", "filters=[{type: mask, image: x.png}]"):
        done = artgen("run", "pixel", "--steps", "1", "--set", change, "--out", "out", code=2)
        assert "x.png: no picture that can be read (PostScript and PDF are not read; save it as PNG)" in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["TGA", "ICO", "PCX"])
def test_formats_that_nobody_needs_are_not_read(tmp_path, kind):
    Image.new("RGB", (16, 16)).save(tmp_path / "x.png", format=kind)
    with pytest.raises(InputError, match="not an image that is known"):
        read_layer(tmp_path / "x.png", (8, 8))


def test_a_picture_that_is_too_large_is_refused_undecoded(tmp_path):
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    whole = b"\x89PNG\r\n\x1a\n"
    for name, body in ((b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")):
        whole += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    (tmp_path / "x.png").write_bytes(whole)
    with pytest.raises(InputError, match="no picture that can be read"):
        read_layer(tmp_path / "x.png", (8, 8))
    Image.new("1", (9000, 9000)).save(tmp_path / "y.png")
    with pytest.raises(InputError, match="9000x9000 pixels are too many"):
        read_layer(tmp_path / "y.png", (8, 8))
    assert picture_size(tmp_path / "y.png") == (9000, 9000)


def test_every_picture_is_opened_with_a_list_of_formats():
    """Also in plugins: they have `artgen.canvas`."""
    for file in [*(ROOT / "artgen").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]:
        for call in re.findall(r"Image\.open\(.*", file.read_text()):
            assert "formats=" in call, f"{file}: {call}"
