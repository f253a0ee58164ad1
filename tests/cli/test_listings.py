"""Lists of presets and plugins: one of them, one kind, and whole lines where nobody looks on."""

import importlib
import json

import click
import pytest
from PIL import Image

from artgen import cli
from artgen.preset.shipped import is_of_gallery, shipped


def test_a_shipped_preset_is_printed_as_it_is(artgen, tmp_path):
    text = artgen("presets", "show", "vqgan", code=0).stdout
    assert text == shipped()["vqgan"].read_text(encoding="utf-8")
    [row] = json.loads(artgen("presets", "show", "vqgan", "--json", code=0).stdout)
    assert row["name"] == "vqgan"


def test_each_preset_is_a_line_in_a_pipe(artgen):
    done = artgen("presets", code=0, COLUMNS="40")
    rows = [row for row in done.stdout.splitlines() if "what it makes" not in row]
    assert len(rows) == len(shipped())
    # sorted() keeps the order of equals: those of the gallery's pictures stand below.
    for row, (name, path) in zip(rows, sorted(shipped().items(), key=lambda one: is_of_gallery(one[1])), strict=True):
        assert row.startswith(name)
        assert row == row.rstrip()
        picture = path.parent / "thumbnails" / f"{path.stem}.png"
        assert row.endswith(str(picture) if picture.is_file() else "-")


def test_the_presets_of_the_gallery_are_run_by_name(artgen, tmp_path):
    """With what they read, which lies beside them."""
    rows = json.loads(artgen("presets", "--json", code=0).stdout)
    assert {"stamp", "window"} <= {row["name"] for row in rows if row["gallery"]}
    artgen("run", "window", "--steps", 1, "--size", "64x80", "--out", "out", code=0)
    assert Image.open(tmp_path / "out" / "image.png").height == 320


@pytest.mark.parametrize("word", ["filter", "filters", "Filters"])
def test_the_components_of_a_kind(artgen, word):
    rows = artgen("plugins", "list", word, code=0, COLUMNS="40").stdout.splitlines()[1:]
    assert {row.split()[1] for row in rows} == {"filter"}
    assert any(row.startswith("palette ") for row in rows)


@pytest.mark.parametrize("word", ["views", "view", "augmentation"])
def test_views_have_two_names(artgen, word):
    assert "cutouts" in artgen("plugins", "list", word, code=0).stdout


def test_a_plugin_of_views_may_be_called_either(artgen, tmp_path):
    artgen("new", "view", "soft-crops", "--out", "a", code=0)
    artgen("new", "augmentation", "soft-crops", "--out", "b", code=0)
    files = [{str(path.relative_to(tmp_path / name)) for path in (tmp_path / name).rglob("*")} for name in "ab"]
    assert files[0] == files[1] != set()


def test_what_is_kept_of_pictures_is_one_line(artgen, tmp_path):
    cache = tmp_path / "cache" / "embeddings" / "files"
    cache.mkdir(parents=True)
    for number in range(5):
        (cache / f"{number}.sqlite").write_bytes(b"x" * 200_000)
    (tmp_path / "cache" / "own.ckpt").write_bytes(b"x" * 100_000)
    rows = artgen("weights", "list", code=0, ARTGEN_CACHE=str(tmp_path / "cache")).stdout.splitlines()
    assert "     1.0 MB  embeddings/ (5 files)" in rows
    assert "   100.0 kB  own.ckpt" in rows


def parameters(group, path):
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from parameters(command, f"{path} {name}")
        else:
            yield from ((f"{path} {name}", one) for one in command.params)


def test_every_argument_is_explained():
    found = list(parameters(cli.root, "artgen"))
    assert len(found) > 100
    assert [f"{path} {one.name}" for path, one in found if not one.help] == []


def test_a_group_tells_of_a_command_what_its_module_does():
    """As the list of commands is written without importing them."""
    for name, (module, _) in cli.COMMANDS.items():
        assert isinstance(importlib.import_module(module).command, click.Command), name
