"""Palette files as other programs write them."""

import colorsys
import io
import json
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import GimpPaletteFile, Image, ImageCms
from pydantic import TypeAdapter, ValidationError

from artgen.colours import PaletteColours, notation
from artgen.colours.files import READERS
from artgen.fields.paths import LocatedText

PALETTE = TypeAdapter(PaletteColours)
RGB = [(255, 0, 10), (1, 2, 3), (254, 255, 0), (18, 128, 127)]
HELD = tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in RGB)
MARKS = {"utf-8": b"", "utf-8-sig": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def read(path):
    return PALETTE.validate_python(str(path))


def mistake(value):
    with pytest.raises(ValidationError) as caught:
        PALETTE.validate_python(str(value))
    (error,) = caught.value.errors()
    assert "\n" not in error["msg"]
    return error["msg"]


def gimp(colours):
    return "GIMP Palette\nName: Aé\nColumns: 4\n#\n" + "".join("{:3} {:3} {:3}\tUntitled\n".format(*c) for c in colours)


def aseprite(colours):
    return "GIMP Palette\nChannels: RGBA\n#\n" + "".join("{:3} {:3} {:3} 255 Red\n".format(*c) for c in colours)


def jasc(colours):
    return f"JASC-PAL\r\n0100\r\n{len(colours)}\r\n" + "".join("{} {} {}\r\n".format(*c) for c in colours)


def lospec(colours):
    return "".join("{:02x}{:02x}{:02x}\r\n".format(*c) for c in colours)


def paint_net(colours):
    return ";paint.net Palette File\n;Colors: 4\n" + "".join("FF{:02X}{:02X}{:02X}\n".format(*c) for c in colours)


TEXTS = {"a.gpl": gimp, "aseprite.gpl": aseprite, "a.pal": jasc, "a.hex": lospec, "a.txt": paint_net}


def riff(colours, before=b""):
    chunk = struct.pack("<HH", 0x0300, len(colours)) + b"".join(bytes([*c, 0]) for c in colours)
    body = b"PAL " + before + b"data" + struct.pack("<I", len(chunk)) + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def exchange(entries):
    """Entries of (model, numbers), each with a name, in a group."""
    blocks = [(0xC001, struct.pack(">H", 2) + "g\0".encode("utf-16-be"))]
    for model, numbers in entries:
        name = "ab\0".encode("utf-16-be")
        blocks.append((1, struct.pack(">H", 3) + name + model + struct.pack(f">{len(numbers)}fH", *numbers, 2)))
    blocks.append((0xC002, b""))
    packed = b"".join(struct.pack(">HI", kind, len(data)) + data for kind, data in blocks)
    return b"ASEF\0\1\0\0" + struct.pack(">I", len(blocks)) + packed


def swatches(entries, versions=(1, 2)):
    """Entries of (space, four numbers)."""
    packed = b""
    for version in versions:
        packed += struct.pack(">HH", version, len(entries))
        for space, *numbers in entries:
            packed += struct.pack(">H", space) + b"".join(struct.pack(">H", number & 0xFFFF) for number in numbers)
            packed += struct.pack(">I", 3) + "ab\0".encode("utf-16-be") if version == 2 else b""
    return packed


def procreate(held):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Swatches.json", held if isinstance(held, (bytes, str)) else json.dumps(held))
    return file.getvalue()


def hues(colours):
    keys = ("hue", "saturation", "brightness")
    return [
        {**dict(zip(keys, colorsys.rgb_to_hsv(*(v / 255 for v in c)), strict=True)), "alpha": 1, "colorSpace": 0}
        for c in colours
    ]


BINARIES = {
    "a.act": lambda colours: (
        bytes(v for c in colours for v in c).ljust(768, b"\0") + struct.pack(">HH", len(colours), 0)
    ),
    "a.pal": riff,
    "a.ase": lambda colours: exchange([(b"RGB ", [v / 255 for v in c]) for c in colours]),
    "a.aco": lambda colours: swatches([(0, *(v * 257 for v in c), 0) for c in colours], versions=(1,)),
    "a.swatches": lambda colours: procreate([{"name": "p", "swatches": [*hues(colours), None, None]}]),
}


@pytest.mark.parametrize("coding", MARKS)
@pytest.mark.parametrize("name", TEXTS)
def test_text_is_read_with_any_byte_order_mark(name, coding, tmp_path):
    (tmp_path / name).write_bytes(MARKS[coding] + TEXTS[name](RGB).encode(coding))
    assert read(tmp_path / name) == HELD


@pytest.mark.parametrize("name", BINARIES)
def test_what_is_no_text_is_read(name, tmp_path):
    (tmp_path / name).write_bytes(BINARIES[name](RGB))
    assert read(tmp_path / name) == HELD


@settings(deadline=None, max_examples=60)
@given(
    colours=st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=256, unique=True),
    which=st.sampled_from([*TEXTS.items(), *BINARIES.items()]),
)
def test_every_colour_comes_back_as_it_was(colours, which, tmp_path_factory):
    name, write = which
    file = tmp_path_factory.mktemp("palette") / name
    written = write(colours)
    file.write_bytes(written.encode() if isinstance(written, str) else written)
    assert read(file) == tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in colours)


def test_a_gimp_palette_is_what_pillow_reads():
    data = gimp(RGB).encode()
    theirs, _ = GimpPaletteFile.GimpPaletteFile(io.BytesIO(data)).getpalette()
    assert [tuple(theirs[i : i + 3]) for i in range(0, 12, 3)] == RGB


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.gpl", b"GIMP Palette\nChannels: RGBA\n255 0 10 128\tKept\n9 9 9 127 Gone\n0 0 0 0 Gone\n"),
        ("a.pal", b"JASC-PAL\n0100\n2\n255 0 10 255\n9 9 9 0\n"),
        ("a.hex", b"ff000abb\n09090900\n"),
        ("a.txt", b"BBFF000A ; red\n00FFFFFF\n"),
        ("a.swatches", procreate({"swatches": [*hues([(255, 0, 10)]), {**hues([(9, 9, 9)])[0], "alpha": 0.2}]})),
    ],
)
def test_what_is_see_through_is_left_out(name, data, tmp_path):
    (tmp_path / name).write_bytes(data)
    assert read(tmp_path / name) == ("#ff000a",)


def test_a_fourth_number_is_a_name_where_the_file_says_nothing_of_alpha(tmp_path):
    (tmp_path / "a.gpl").write_text("GIMP Palette\n255 0 10 0 shades\n")
    assert read(tmp_path / "a.gpl") == ("#ff000a",)
    (tmp_path / "b.gpl").write_text("GIMP Palette\nChannels: RGBA\n255 0 10 Red\n")
    assert mistake(tmp_path / "b.gpl").startswith("'b.gpl', line 3: expected red, green, blue and alpha from 0 to 255")


LAB = [(0, 0, 0), (100, 0, 0), (50, 40, -30), (70, -40, 40), (25, 5, 15)]


@pytest.mark.parametrize("form", ["a.ase", "a.aco"])
def test_lab_is_what_a_colour_profile_makes_of_it(form, tmp_path):
    entries = [(b"LAB ", (lightness / 100, a, b)) for lightness, a, b in LAB]
    numbers = [(7, *(value * 100 for value in lab), 0) for lab in LAB]
    (tmp_path / form).write_bytes(exchange(entries) if form == "a.ase" else swatches(numbers))
    pixels = np.array([[(lightness * 2.55, a % 256, b % 256) for lightness, a, b in LAB]]).round().astype(np.uint8)
    profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    change = ImageCms.buildTransform(*profiles, "LAB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)
    expected = np.array(ImageCms.applyTransform(Image.fromarray(pixels, "LAB"), change))[0]
    found = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in read(tmp_path / form)]
    np.testing.assert_allclose(found, expected, atol=2)


def test_the_other_models_of_adobe(tmp_path):
    inks = (b"CMYK", (0, 1, 1, 0)), (b"CMYK", (0.2, 0, 0.4, 0.5)), (b"Gray", (0.2,))
    (tmp_path / "a.ase").write_bytes(exchange(inks))
    assert read(tmp_path / "a.ase") == ("#ff0000", "#66804c", "#333333")
    # There all is counted downwards: 0 is all of an ink. Red is the hue 0.
    entries = (2, 65535, 0, 0, 65535), (1, 0, 65535, 65535, 0), (8, 2000, 0, 0, 0), (0, 0xFF00, 0x8000, 0, 0)
    (tmp_path / "a.aco").write_bytes(swatches(entries))
    assert read(tmp_path / "a.aco") == ("#ff0000", "#333333", "#ff8000")
    (tmp_path / "a.aco").write_bytes(swatches(entries, versions=(2,)))
    assert read(tmp_path / "a.aco") == ("#ff0000", "#333333", "#ff8000")


def test_a_chunk_before_the_colours_is_passed_over(tmp_path):
    (tmp_path / "a.pal").write_bytes(riff(RGB, before=b"offl\3\0\0\0abc\0"))
    assert read(tmp_path / "a.pal") == HELD


def test_a_table_that_counts_no_colour_holds_all(tmp_path):
    (tmp_path / "a.act").write_bytes(bytes(range(256)) * 3 + b"\0\0\xff\xff")
    assert len(read(tmp_path / "a.act")) == 256


def test_components_of_procreate_are_believed(tmp_path):
    swatch = {"colorModel": 0, "components": [1, 0, 10 / 255], "hue": 0, "saturation": 1, "brightness": 1, "alpha": 1}
    (tmp_path / "a.swatches").write_bytes(procreate({"name": "p", "swatches": [swatch]}))
    assert read(tmp_path / "a.swatches") == ("#ff000a",)


def test_a_palette_with_another_name_is_what_it_is(tmp_path):
    (tmp_path / "a.hex").write_bytes(b"\xef\xbb\xbf" + gimp(RGB).encode())
    (tmp_path / "a.txt").write_text(jasc(RGB))
    (tmp_path / "a.act").write_bytes(BINARIES["a.ase"](RGB))
    assert {read(tmp_path / name) for name in ("a.hex", "a.txt", "a.act")} == {HELD}


def test_a_gif_is_a_palette(tmp_path):
    picture = Image.new("RGB", (8, 8), (255, 0, 10))
    picture.paste((1, 2, 3), (0, 0, 4, 4))
    picture.save(tmp_path / "a.gif")
    assert read(tmp_path / "a.gif") == ("#ff000a", "#010203")


def test_a_large_palette_is_reduced_to_some_of_its_own(tmp_path):
    steps = range(0, 256, 32)
    cube = [(r, g, b) for r in steps for g in steps for b in steps]
    (tmp_path / "large.gpl").write_text(gimp(cube))
    assert mistake(tmp_path / "large.gpl") == (
        "'large.gpl' has 512 colours, a palette at most 256; write large.gpl\\64 for the 64 that lie furthest apart"
    )
    found = read(f"{tmp_path}/large.gpl\\64")
    own = ["#{:02x}{:02x}{:02x}".format(*colour) for colour in cube]
    assert len(set(found)) == 64 and [own.index(colour) for colour in found] == sorted(map(own.index, found))
    (tmp_path / "small.hex").write_text(lospec(RGB))
    assert read(f"{tmp_path}/small.hex\\64") == HELD
    assert read(f"{tmp_path}/small.hex\\2") in [(first, second) for first in HELD for second in HELD]


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=2, max_size=40, unique=True), st.integers(1, 12))
def test_what_stays_lies_apart(colours, count):
    held = ["#{:02x}{:02x}{:02x}".format(*colour) for colour in colours]
    found = notation.apart(held, count)
    assert len(found) == min(count, len(held)) and set(found) <= set(held)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pal", b"0 0 0\n", "'a.pal' is neither a JASC nor a RIFF palette; save it as .gpl, .hex or .ase"),
        ("a.pal", b"RIFF\0\0\0\0WEBPdata", "'a.pal' is no RIFF palette, or is damaged; save it again"),
        ("a.ase", b"1234\xe0\xa5" + bytes(200), "'a.ase' is a drawing of Aseprite's; save its palette as .gpl"),
        ("a.ase", b"what?", "'a.ase' is no Adobe Swatch Exchange file, or is damaged"),
        ("a.ase", exchange([(b"HSB ", (0, 0, 0))]), "'a.ase' is no Adobe Swatch Exchange file, or is damaged"),
        ("a.aco", swatches([(3, 1, 2, 3, 4)]), "'a.aco' holds a colour of a printer's book (kind 3); make its"),
        ("a.aco", b"\0\7\0\1", "'a.aco' is no Photoshop swatch file, or is damaged"),
        ("a.swatches", b"PK\3\4", "'a.swatches' is no Procreate palette, or is damaged"),
        ("a.swatches", procreate("[" * 100_000), "'a.swatches' is no Procreate palette, or is damaged"),
        ("a.swatches", procreate(b" " * (5 << 20)), "'a.swatches' is no Procreate palette, or is damaged"),
        ("a.swatches", procreate([{"swatches": [{"hue": "x"}]}]), "'a.swatches' is no Procreate palette"),
        ("a.txt", b"FFFF00\nred\n", "'a.txt', line 2: expected one aarrggbb, such as ffff8800"),
        ("a.kpl", b"?", "'a.kpl' is no palette file that is read; save it as one of .gpl, .pal, .hex, .txt, .act"),
        ("colours.json", b"[]", "'colours.json' is no palette file that is read; save it as one of .gpl"),
        ("colours", b"", "'colours' is no palette file that is read"),
        ("a.act", b"\0" * 770, "'a.act' is no Adobe colour table (768 or 772 bytes)"),
    ],
)
def test_what_is_not_read_is_told(name, data, message, tmp_path):
    (tmp_path / name).write_bytes(data)
    assert mistake(tmp_path / name).startswith(message)
    with pytest.raises(ValidationError, match=r"is no|is neither|holds|is a|line"):
        PALETTE.validate_python([LocatedText(name, tmp_path)])


def test_a_colour_that_is_no_file_is_still_a_colour(tmp_path):
    assert mistake("crimsn") == "no colour is called 'crimsn'; did you mean 'crimson'?"
    assert mistake("nowhere.ase") == "there is no file 'nowhere.ase' in the current folder"


@pytest.mark.parametrize("name", BINARIES)
def test_half_a_file_is_a_mistake(name, tmp_path):
    whole = BINARIES[name](RGB)
    for length in range(0, len(whole) - 40, 7):
        (tmp_path / name).write_bytes(whole[:length])
        assert mistake(tmp_path / name)


@settings(deadline=None, max_examples=150)
@given(
    data=st.binary(max_size=400),
    suffix=st.sampled_from(sorted(READERS)),
    start=st.sampled_from([b"", *BINARIES.values()]),
)
def test_junk_in_a_file_is_a_palette_or_a_mistake(data, suffix, start, tmp_path_factory):
    file = tmp_path_factory.mktemp("junk") / f"a{suffix}"
    file.write_bytes((start(RGB)[: len(data)] if start else b"") + data)
    try:
        assert read(file)
    except ValidationError as error:
        assert len(error.errors()) == 1


@pytest.mark.parametrize("count", [3, 5, 9, 16])
def test_a_ramp_has_its_stops_and_even_steps(count):
    found = notation.ramp(["black", "red", "white"], count)
    assert len(found) == count and {"#000000", "#ff0000", "#ffffff"} <= set(found)
    lab = notation.oklab_array(np.array([notation.channels(colour) for colour in found]))
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    middle = found.index("#ff0000")
    for part in (steps[:middle], steps[middle:]):
        np.testing.assert_allclose(part, part.mean(), atol=0.012)  # an 8-bit step
    # One step more or less on either side would make the longest one longer.
    first, second = steps[:middle].sum(), steps[middle:].sum()
    others = [max(first / k, second / (count - 1 - k)) for k in range(1, count - 1)]
    assert max(steps[:middle].mean(), steps[middle:].mean()) <= min(others) + 1e-9


def test_a_ramp_with_more_stops_than_colours_is_even():
    black, grey, white = notation.ramp(["black", "red", "blue", "white"], 3)
    assert (black, white) == ("#000000", "#ffffff") and grey not in ("#ff0000", "#0000ff")
    assert notation.ramp(["red", "red", "blue"], 5)[0] == "#ff0000"
    assert notation.ramp(["red", "red"], 3) == ("#ff0000",) * 3
