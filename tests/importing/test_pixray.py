"""What Pixray's users found: colours, ramps, beginnings and names mean what they meant there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from artgen.preset import loading
from artgen_pixray import convert


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def imported(**wanted):
    text = convert({"prompts": "a tree", **wanted}, Path("pixray.yaml"), Path(), False)
    Path("mine.yaml").write_text(text)
    return text, loading.load("mine.yaml")


@pytest.mark.parametrize(
    ("given", "colour"),
    [([0, 0, 0], "#000000"), ([255, 128, 0], "#ff8000"), ([1.0, 0.5, 0.0], "#ff8000"), ([1, 1, 1], "#ffffff"),
     ("(9+9+9)", "#090909")],
)  # fmt: skip
def test_a_border_may_be_given_as_numbers(given, colour):
    text, preset = imported(custom_loss="edge", edge_color=given)
    (edge,) = (loss for loss in preset.losses if loss.type == "edge")
    assert edge.colour == colour
    assert "taken as white" not in text


@pytest.mark.parametrize("given", [[1, 2], [300, 0, 0], ["red", 0, 0], [-1, 0, 0]])
def test_a_border_that_is_no_colour_is_named(given):
    assert "taken as white" in imported(custom_loss="edge", edge_color=given)[0]


@pytest.mark.parametrize(
    ("palette", "colours"),
    [
        ("black->white\\4", ("#000000", "#555555", "#aaaaaa", "#ffffff")),
        ("black->#ff0000->white\\5", ("#000000", "#800000", "#ff0000", "#ff8080", "#ffffff")),
        ("white\\2", ("#000000", "#ffffff")),
        ("[black, white]\\3", ("#000000", "#808080", "#ffffff")),
        (["black", "#ff0000"], ("#000000", "#ff0000")),
        ([[255, 0, 0], "white"], ("#ff0000", "#ffffff")),
        (["black->white\\3", "#ff0000"], ("#000000", "#808080", "#ffffff", "#ff0000")),
    ],
)
def test_ramps_mix_the_numbers_of_srgb(palette, colours):
    assert imported(filters="lookup", palette=palette)[1].filters[0].palette == colours


def test_a_ramp_of_sixteen_begins_as_pixrays():
    palette = imported(filters="lookup", palette="black->white")[1].filters[0].palette
    assert palette == tuple(f"#{level * 17:02x}{level * 17:02x}{level * 17:02x}" for level in range(16))


@pytest.mark.parametrize("drawer", ["clipdraw", "line_sketch", "fft", "vdiff"])
def test_a_drawer_that_begins_in_its_own_way_does_so_whether_the_default_is_written_or_not(drawer):
    plain, preset = imported(drawer=drawer)
    said, other = imported(drawer=drawer, init_noise="pixels")
    assert preset.start is other.start is None
    assert [line for line in said.splitlines() if "init_noise" not in line] == plain.splitlines()


def test_numbered_pictures_are_found():
    for number in (1, 2, 3, 12):
        Image.new("RGB", (4, 4)).save(f"f{number:02d}.png")
    text, _ = imported(image_prompts="f{01..03}.png")
    assert [f"{{image: f{number:02d}.png, views: true}}" in text for number in (1, 2, 3, 12)] == [
        True,
        True,
        True,
        False,
    ]
    assert "f03.png" in imported(image_prompts="f{12..03}.png")[0]


def test_a_palette_file_that_nobody_reads_is_named():
    Path("x.png").write_text("no picture")
    assert "no palette that artgen reads" in imported(filters="lookup", palette="@x.png;red")[0]
    Path("x.tga").write_text("no picture")
    assert "Pixray reads .png, .jpg, .gif and .act files" in imported(filters="lookup", palette="@x.tga;red")[0]


def test_a_checkpoint_that_is_not_there_says_its_model():
    assert imported(vqgan_checkpoint="dir/vqgan_wikiart_16384.ckpt")[1].generator.model == "wikiart_16384"
    assert imported(vqgan_checkpoint="mine.ckpt")[1].generator.model == "imagenet_f16_16384"


def test_switches_that_are_off_are_not_mentioned():
    off = dict.fromkeys(("make_video", "save_intermediates", "display_clear", "deterministic"), False)
    assert imported(**off)[0] == imported()[0]


def test_a_skip_without_a_picture_is_named():
    assert "vdiff_skip: 30 - belongs to an init_image" in imported(drawer="vdiff", vdiff_skip=30)[0]
