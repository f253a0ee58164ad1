"""Texts of pictures, JSON and YAML of other programs: bounded, as data, and never as code."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from artgen.errors import ArtgenError
from artgen.importing import Document, json_data, yaml_data
from artgen.recipe import texts


def picture(kind, **more):
    data = io.BytesIO()
    Image.new("RGB", (4, 4)).save(data, kind, **more)
    return data.getvalue()


def test_every_kind_of_text_in_a_png_is_read():
    info = PngImagePlugin.PngInfo()
    info.add_text("a", "plain")
    info.add_text("b", "small", zip=True)
    info.add_itxt("c", "grün", zip=True)
    assert texts.read(picture("PNG", pnginfo=info)) == {"a": "plain", "b": "small", "c": "grün"}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("raw", [b"UNICODE\0" + "grün".encode("utf-16-be"), b"UNICODE\0g\0r\0\xfc\0n\0"])
def test_comments_of_exif_are_read(kind, raw):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = raw
    exif[0x010F] = "prompt:{}"
    assert texts.read(picture(kind, exif=exif)) == {"UserComment": "grün", "Make": "prompt:{}"}


def test_a_comment_of_a_jpeg_is_read():
    assert texts.read(picture("JPEG", comment=b"['a cat']"))["comment"] == "['a cat']"


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_half_a_picture_has_half_its_texts(cut):
    info = PngImagePlugin.PngInfo()
    info.add_text("a", "plain " * 20)
    texts.read(picture("PNG", pnginfo=info)[:cut])


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"a": 1, // why\n "b": "http://x",}', {"a": 1, "b": "http://x"}),
        ("// first\n[1, 2,]", [1, 2]),
        ('{"a": "x, }"}', {"a": "x, }"}),
    ],
)
def test_json_may_have_comments(text, data):
    assert json_data(text) == data


@pytest.mark.parametrize("text", ["{", "{'a': 1}", "[" * 5000 + "]" * 5000, "[" * 100 + "]" * 100, "a: 1"])
def test_what_is_no_json_is_told(text):
    with pytest.raises(ValueError, match=r"deep|delimiter|double quotes|Expecting"):
        json_data(text)


def test_tuples_are_lists_and_other_objects_are_refused():
    assert yaml_data("a: !!python/tuple [1, !!python/tuple [2]]", "x", Path()) == {"a": [1, [2]]}
    for tag in ("python/object:os.system", "python/name:os.system", "python/object/apply:os.system", "set", "binary"):
        with pytest.raises(ArtgenError, match="is not read"):
            yaml_data(f"a: !!{tag} [1]", "x", Path())


def test_a_large_notebook_is_read_and_a_large_text_is_not():
    output = '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "f(a=1)", "outputs": ["%s"]}]}' % (
        "x" * (2 << 20)
    )
    source = Document(Path("a.ipynb"), output.encode())
    assert source.text == "f(a=1)" and source.calls and source.data is None
    large = Document(Path("a.txt"), b"f(a=1)\n" + b"#" * (2 << 20))
    assert not large.calls and not large.commands and large.data is None
