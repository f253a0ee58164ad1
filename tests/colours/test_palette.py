"""Palettes: lists, ramps, files and pictures of colours."""

import json
import struct

import jsonschema
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor
from pydantic import BaseModel, TypeAdapter, ValidationError

from artgen.colours import AnyPalette, LearnedPalette, Palette, PaletteColours, channels, oklab, representatives
from artgen.errors import InputError
from artgen.fields.paths import LocatedText
from artgen.preset import loading

PALETTE = TypeAdapter(PaletteColours)
CPU = torch.device("cpu")


def read(value):
    return PALETTE.validate_python(value)


def mistakes(value, adapter=PALETTE):
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    return [error["msg"] for error in caught.value.errors()]


def lab_of(colours):
    return oklab(torch.tensor([channels(colour) for colour in colours], dtype=torch.float64)).numpy()


@pytest.mark.parametrize(
    "value", ["red, #00f;dusty rose", ["red", "#00f", "dusty rose"], ("red", "#0000ff", "#c0737a")]
)
def test_a_palette_is_a_list_or_one_text(value):
    assert read(value) == ("#ff0000", "#0000ff", "#c0737a")


def test_a_colour_counts_once():
    assert read("red, black, #f00, black->red\\2") == ("#ff0000", "#000000")


@pytest.mark.parametrize("arrow", ["->", " → "])
def test_a_ramp_is_even_in_oklab(arrow):
    """From navy to tomato it is more than half as far again as from there to white."""
    ramp = read(f"navy{arrow}tomato{arrow}#fff\\9")
    lab = lab_of(ramp)
    stops = lab_of(["#000080", "#ff6347", "#ffffff"])
    assert [ramp[0], ramp[5], ramp[8]] == ["#000080", "#ff6347", "#ffffff"]
    expected = [stops[0] + (stops[1] - stops[0]) * t for t in (0.2, 0.4, 0.6, 0.8)]
    np.testing.assert_allclose(lab[1:5], expected, atol=0.008)  # an 8-bit step


def test_a_ramp_has_sixteen_colours_unless_it_says():
    assert len(read("red->gold")) == 16
    assert read("red->gold\\2") == ("#ff0000", "#ffd700")


def test_a_gimp_palette_is_read(tmp_path):
    text = "GIMP Palette\nName: Two\nColumns: 4\n# comment\n\n255   0  10\tWarm red\n  1 2 3\n"
    (tmp_path / "two.gpl").write_bytes(text.encode("latin-1") + "0 0 0 caf\xe9".encode("latin-1"))
    assert read(str(tmp_path / "two.gpl")) == ("#ff000a", "#010203", "#000000")


@pytest.mark.parametrize("count", [None, 3])
def test_an_adobe_table_is_read(count, tmp_path):
    levels = np.random.default_rng(0).integers(0, 256, (256, 3), np.uint8)
    tail = b"" if count is None else struct.pack(">HH", count, 0xFFFF)
    (tmp_path / "a.act").write_bytes(levels.tobytes() + tail)
    expected = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in levels[:count].tolist()]
    assert read([str(tmp_path / "a.act")]) == tuple(dict.fromkeys(expected))


def test_a_lospec_list_is_read(tmp_path):
    (tmp_path / "a.hex").write_text("FF8800\r\n\r\n#00ff00\r\n")
    assert read(str(tmp_path / "a.hex")) == ("#ff8800", "#00ff00")


def test_a_picture_of_few_colours_gives_just_these(tmp_path):
    picture = Image.new("RGBA", (30, 20), (10, 20, 31, 255))
    picture.paste((250, 249, 7, 255), (0, 0, 10, 20))
    picture.paste((255, 0, 255, 0), (0, 0, 5, 5))  # transparent, so no colour of the picture
    picture.save(tmp_path / "few.png")
    assert read(f"{tmp_path}/few.png") == ("#0a141f", "#faf907")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_picture_of_many_colours_is_summed_up(suffix, tmp_path):
    rng = np.random.default_rng(0)
    centres = np.array([[200, 40, 40], [40, 200, 60], [30, 40, 210], [240, 240, 230]])
    pixels = (centres.repeat(900, axis=0).reshape(60, 60, 3) + rng.normal(0, 3, (60, 60, 3))).clip(0, 255)
    Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"many.{suffix}", quality=95)
    found = read(f"{tmp_path}/many.{suffix}\\4")
    assert len(found) == 4
    levels = np.array([ImageColor.getrgb(colour) for colour in found])
    distances = np.linalg.norm(levels[:, None] - centres, axis=-1)
    assert sorted(distances.argmin(1)) == [0, 1, 2, 3]
    assert distances.min(1).max() < 12


def test_a_palette_file_lies_beside_its_preset(tmp_path, monkeypatch):
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "a.hex").write_text("ff8800\n")
    monkeypatch.chdir(tmp_path)
    assert read(LocatedText("a.hex, red", folder)) == ("#ff8800", "#ff0000")
    assert read([LocatedText("a.hex", folder)]) == ("#ff8800",)
    assert mistakes("a.hex") == ["there is no file 'a.hex' in the current folder"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "a palette has 1 to 256 colours, this one 0"),
        (" , ", "a palette has 1 to 256 colours, this one 0"),
        ("black->white\\200; red->yellow\\200", "a palette has 1 to 256 colours, this one"),
        (["red", 7], "expected a colour, a ramp such as red->gold\\8, or a palette file, got 7"),
        ("red->bleu", "no colour is called 'bleu'; did you mean 'blue'?"),
        ("red->gold\\300", "'\\300' is out of range; ask for 1 to 256 colours"),
        ("red->gold\\0", "'\\0' is out of range; ask for 1 to 256 colours"),
        ("red\\4", "'\\4' counts the colours of a ramp, a picture or a palette; 'red' is none of them"),
        ("nowhere.gpl", "there is no file 'nowhere.gpl'"),
    ],
)
def test_a_wrong_palette_is_one_line(value, message):
    (line,) = mistakes(value)
    assert line.startswith(message)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gpl", b"a cat", "'a.gpl' does not start with 'GIMP Palette'; give"),
        ("a.gpl", b"GIMP Palette\n1 2 300", "'a.gpl', line 2: expected red, green and blue from 0 to 255, such as"),
        ("a.gpl", b"GIMP Palette\n1 2 " + b"9" * 5000, "'a.gpl', line 2: expected"),
        ("a.gpl", b"GIMP Palette\n", "a palette has 1 to 256 colours, this one 0"),
        ("a.act", b"123", "'a.act' is no Adobe colour table (768 or 772 bytes); save"),
        ("a.act", b"0" * 768 + b"\2\0\0\0", "'a.act' says that 512 of its 256 colours count; save"),
        ("a.hex", b"ff8800\nff880", "'a.hex', line 2: expected one rrggbb, such as ff8800"),
        ("a.hex", b"ff8800\n" * 200_000, "'a.hex': larger than 1 MiB, which is no palette; give a palette file"),
        ("a.png", b"GIF89a", "a.png: no picture that can be read ("),
    ],
)
def test_a_wrong_file_is_one_line(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    (line,) = mistakes(f"{tmp_path}/{name}")
    assert line.startswith(message)
    assert "\n" not in line


def test_a_huge_or_empty_picture_is_refused(tmp_path):
    Image.new("1", (8192, 8193)).save(tmp_path / "huge.png")
    Image.new("RGBA", (4, 4)).save(tmp_path / "clear.png")
    assert mistakes(f"{tmp_path}/huge.png") == ["huge.png: no picture that can be read (8192x8193 pixels are too many)"]
    assert mistakes(f"{tmp_path}/clear.png") == ["'clear.png' is transparent all over; give a picture with colours"]


COLOURS = st.sampled_from(["red", "#abc", "xkcd:teal", "dusty rose", "#010203"])
RAMPS = st.builds(
    lambda stops, n: "->".join(stops) + f"\\{n}", st.lists(COLOURS, min_size=2, max_size=4), st.integers(1, 9)
)


@settings(deadline=None)
@given(st.lists(COLOURS | RAMPS, min_size=1, max_size=6))
def test_a_palette_reads_back(entries):
    held = read(entries)
    assert read(", ".join(entries)) == held
    dumped = PALETTE.dump_python(held, mode="json")
    assert json.loads(json.dumps(dumped)) == dumped
    assert read(dumped) == held


@settings(deadline=None, max_examples=200)
@given(
    st.text(alphabet="redblu#0f,;->→\\9. \n\0{}", max_size=24)
    | st.text(max_size=24)
    | st.lists(st.text(max_size=8) | st.integers() | st.none() | st.floats(), max_size=3)
    | st.dictionaries(st.text(), st.text(), max_size=2)
)
def test_junk_is_a_palette_or_one_line(value):
    try:
        assert 1 <= len(read(value)) <= 256
    except ValidationError as error:
        for details in error.errors():
            assert details["msg"]


@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=900), suffix=st.sampled_from(["gpl", "act", "hex", "png", "jpg", "webp"]))
def test_junk_in_a_file_is_a_palette_or_a_mistake(data, suffix, tmp_path_factory):
    file = tmp_path_factory.mktemp("junk") / f"a.{suffix}"
    file.write_bytes(b"GIMP Palette\n" + data if suffix == "gpl" else data)
    try:
        assert read(str(file))
    except ValidationError as error:
        assert len(error.errors()) == 1


def test_the_schema_takes_what_the_field_takes():
    class Holder(BaseModel):
        palette: PaletteColours

    schema = Holder.model_json_schema()
    for good in ("red->gold\\8", ["red", "a.gpl"]):
        jsonschema.validate({"palette": good}, schema)
    for bad in ([], 5, [5], ""):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"palette": bad}, schema)


def test_a_resolved_preset_holds_the_colours_and_reads_back(flat, tmp_path):
    (tmp_path / "a.hex").write_text("ff8800\n00ff88\n")
    flat["filters"] = [{"type": "palette", "palette": [f"{tmp_path}/a.hex", "red->gold\\3"]}]
    preset = loading.parse(flat)
    (tmp_path / "a.hex").unlink()
    assert loading.parse(preset.resolved()) == preset
    assert preset.resolved()["filters"][0]["palette"][:2] == ["#ff8800", "#00ff88"]


def test_a_mistake_stands_at_its_line(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "extends: quickstart\nfilters:\n  - type: palette\n    palette:\n      - red\n      - bleu\n"
    )
    with pytest.raises(InputError, match=r"a\.yaml:6:9: filters\[0\]\.palette\[1\]: no colour .* 'blue'\?$"):
        loading.load(tmp_path / "a.yaml")


def test_the_nearest_colour_is_found_in_parts(monkeypatch):
    palette = Palette(read("red, lime, blue, white, black"), CPU)
    pixels = torch.rand(2, 7, 9, 3, generator=torch.Generator().manual_seed(0))
    whole = palette.nearest(pixels)
    monkeypatch.setattr("artgen.colours.palette._CHUNK", 5)
    assert torch.equal(palette.nearest(pixels), whole)
    lab = oklab(pixels.double())[..., None, :] - oklab(palette.colours.double())
    assert torch.equal(whole, lab.norm(dim=-1).argmin(-1))


def test_a_palette_of_a_tensor_gets_the_gradient_of_what_it_draws():
    colours = torch.tensor([[0.0, 0, 0], [1, 1, 1]], requires_grad=True)
    Palette.of(colours)(torch.full((1, 3, 2, 2), 0.9)).sum().backward()
    assert colours.grad.tolist() == [[0, 0, 0], [4, 4, 4]]


def test_representatives_are_the_colours_themselves_where_they_are_few():
    """Of three colours three, whatever their order and number; two are the ones to which all are nearest."""
    few = torch.tensor([[0.9, 0.1, 0.1]] * 5 + [[0.1, 0.1, 0.9]] * 2 + [[0.1, 0.2, 0.9]])
    found = {tuple(row) for row in representatives(few, 3).mul(10).round().int().tolist()}
    assert found == {(9, 1, 1), (1, 1, 9), (1, 2, 9)}
    red, blue = sorted(representatives(few, 2).tolist(), reverse=True)
    np.testing.assert_allclose([red, blue], [[0.9, 0.1, 0.1], [0.1, 0.4 / 3, 0.9]], atol=1e-6)
    assert len(representatives(few, 7)) == 7


@pytest.mark.parametrize(("value", "said"), [({"learn": 1}, "greater than or equal to 2"), ({}, "Field required")])
def test_a_learned_palette_is_refused_by_its_own_name(value, said):
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(AnyPalette).validate_python(value)
    assert TypeAdapter(AnyPalette).validate_python({"learn": 8}) == LearnedPalette(learn=8)
    assert TypeAdapter(AnyPalette).validate_python("red, blue") == ("#ff0000", "#0000ff")
