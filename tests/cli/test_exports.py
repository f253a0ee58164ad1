"""Other forms of pictures: `artgen run --export`, and `artgen export` of what is no picture of artgen's."""

import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

import artgen as package
from artgen.errors import InputError
from artgen.recipe import metadata
from artgen.registry.plugins import discover
from tests.helpers.paths import DISTS

RINGS = ("rings", "--seed", "4", "--out", "run")


@pytest.fixture
def circles(monkeypatch):
    """With a plugin whose pictures can be written as SVG."""
    monkeypatch.syspath_prepend(str(DISTS / "circles"))
    discover.cache_clear()
    yield
    discover.cache_clear()


@pytest.fixture
def drawn(artgen, circles, tmp_path):
    """A run with an SVG of each picture, in the folder `run`."""
    artgen("run", *RINGS, "--set", "batch=2", "--export", "svg", code=0)
    return tmp_path / "run"


def rendered(svg, size):
    import resvg_py

    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size)))).convert("RGB")


def test_every_picture_of_a_run_is_there_as_svg_too(drawn):
    told = json.loads((drawn / "outputs.json").read_text())
    assert sorted(told) == ["batch/seed-4.svg", "batch/seed-5.svg", "image.svg"]
    for name, digest in told.items():
        form = drawn / name
        assert hashlib.sha256(form.read_bytes()).hexdigest() == digest
        picture = np.array(Image.open(form.with_suffix(".png")).convert("RGB"), dtype=int)
        apart = np.abs(np.array(rendered(form.read_text(), 96), dtype=int) - picture)
        assert apart.mean() < 1.5  # the same circles, with other edges; two batches differ by more than 20


def test_exports_change_neither_pictures_nor_recipes(artgen, drawn, tmp_path):
    artgen("run", *RINGS[:-1], "plain", "--set", "batch=2", code=0)
    for name in ("image.png", "batch/seed-5.png", "recipe.json"):
        assert (drawn / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
    assert not (tmp_path / "plain" / "outputs.json").exists()


def test_what_the_run_has_written_is_copied(artgen, drawn, tmp_path):
    assert artgen("export", "run", "copy.svg", code=0).stdout == "copy.svg\n"
    assert (tmp_path / "copy.svg").read_bytes() == (drawn / "image.svg").read_bytes()
    artgen("export", "run/batch/seed-5.png", "fifth.svg", code=0)
    assert (tmp_path / "fifth.svg").read_bytes() == (drawn / "batch/seed-5.svg").read_bytes()
    (drawn / "image.svg").write_text("mine")
    done = artgen("export", "run", "changed.svg", code=0)
    assert done.stderr == "run/image.svg: was changed after the run wrote it\n"
    refused = artgen("export", "run", "private.svg", "--private", code=2)
    assert "it is copied as it is" in refused.stderr and not (tmp_path / "private.svg").exists()


def test_what_it_has_not_is_drawn_again(artgen, drawn, tmp_path):
    (drawn / "batch/seed-5.png").rename(tmp_path / "stray.png")
    artgen("export", "stray.png", "stray.svg", code=0)
    assert (tmp_path / "stray.svg").read_bytes() == (drawn / "batch/seed-5.svg").read_bytes()


def test_another_picture_is_not_exported(artgen, drawn, tmp_path):
    recipe = metadata.read(drawn / "image.png")
    other = {**recipe, "preset": {**recipe["preset"], "seed": 77}}
    picture = Image.open(drawn / "image.png")
    picture.save(tmp_path / "other.png", **metadata.options(tmp_path / "other.png", other))
    done = artgen("export", "other.png", "other.svg", code=1)
    assert "is drawn as another picture here, so nothing is written (different:" in done.stderr
    assert not (tmp_path / "other.svg").exists()


def test_a_form_tells_no_more_than_its_picture(artgen, circles, tmp_path):
    artgen("run", *RINGS, "--private", "--export", "json", code=0)
    assert b" sky" not in (tmp_path / "run/image.json").read_bytes()
    artgen("run", *RINGS[:-1], "open", "--export", "json", code=0)
    assert b" sky" in (tmp_path / "open/image.json").read_bytes()
    (tmp_path / "open/image.json").unlink()
    artgen("export", "open", "none.json", "--no-recipe", code=0)
    assert (tmp_path / "none.json").read_text() == "None"
    artgen("export", "open", "private.json", "--private", code=0)
    assert b" sky" not in (tmp_path / "private.json").read_bytes()


def test_a_picture_that_out_names_has_it_beside(artgen, circles, tmp_path):
    artgen("run", *RINGS[:-1], "fish.png", "--export", ".SVG", code=0)
    assert (tmp_path / "fish.svg").read_text().startswith("<svg")
    done = artgen("run", *RINGS[:-1], "fish.png", "--export", "svg", code=2)
    assert "fish.png: is there already" in done.stderr
    (tmp_path / "fish.png").unlink()
    assert "fish.svg: is there already" in artgen("run", *RINGS[:-1], "fish.png", "--export", "svg", code=2).stderr


def test_a_run_that_was_stopped_writes_it_at_its_end(circles, tmp_path):
    def stop(event):
        if event.step == 1:
            raise KeyboardInterrupt

    notes = []
    stopped = package.run("rings", out=tmp_path / "run", export=["svg"], on_step=stop, note=notes.append)
    assert stopped.interrupted and not stopped.files
    assert notes == ["no '.svg' is written, because the run is not finished"]
    assert package.resume(tmp_path / "run", note=notes.append).files[".svg"]
    assert (tmp_path / "run/image.svg").is_file()


def test_a_program_gets_it_without_a_folder(circles):
    assert package.run("rings", export=["artgen-circles:svg"]).files[".svg"][0].startswith(b"<svg")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("raises", "ZeroDivisionError: by nothing (circles.py:60)"),
        ("exits", "SystemExit: 3 (circles.py:62)"),
        ("text", "returned str; expected bytes"),
        ("refuses", "has too few circles"),
    ],
)
def test_an_exporter_that_fails_costs_a_line_and_no_picture(artgen, circles, tmp_path, fault, says):
    done = artgen("run", *RINGS, "--set", f"generator.fault={fault}", "--export", "svg", code=1)
    line = f"exporter '.svg' (artgen-circles 1.0): {says}; no '.svg' is written; run/image.png is the last good picture"
    assert done.stderr.splitlines()[-1] == line
    assert (tmp_path / "run/image.png").is_file() and not (tmp_path / "run/image.svg").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", *RINGS, "--export", "svgg"), "no plugin writes '.svgg'; did you mean '.svg'?"),
        (("run", "pixel", "--export", "svg"), "no exporter of '.svg' can write what the generator 'pixel' draws"),
        (("run", *RINGS, "--export", "svg", "--export", ".svg"), "two files of one picture would be called '.svg'"),
        (("export", "picture.png", "x.svgg"), "x.svgg: cannot be written as '.svgg'; did you mean '.svg'?"),
        (("export", "picture.png", "x.svg"), "no exporter of '.svg' can write what the generator 'flat' draws"),
        (("export", "nowhere", "x.svg"), "nowhere: there is no such file"),
    ],
)
def test_what_cannot_be_written_is_one_line(artgen, circles, made, tmp_path, words, says):
    done = artgen(*words, code=2)
    assert says in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_of_several_plugins_the_generator_s_own_goes_first(circles, monkeypatch):
    monkeypatch.syspath_prepend(str(DISTS / "rival"))
    discover.cache_clear()
    assert b"circle" in package.run("rings", export=["svg"]).files[".svg"][0]
    assert package.run("rings", export=["artgen-rival:svg"]).files[".svg"] == [b"<svg/>"]
    with pytest.raises(
        InputError, match=r"2 plugins offer an exporter called '\.json'; write 'artgen-circles:\.json' or"
    ):
        package.run("rings", export=["json"])


def test_what_a_finishing_stage_has_written_is_found_too(artgen, tmp_path, flat):
    preset = {**flat, "finish": [{"type": "doubled"}]}
    (tmp_path / "p.yaml").write_text(json.dumps(preset))
    artgen("run", "p.yaml", "--out", "run", code=0)
    artgen("export", "run", "size.txt", code=0)
    assert (tmp_path / "size.txt").read_text() == "24 x 10"
    # Older runs wrote no list.
    (tmp_path / "run/outputs.json").unlink()
    artgen("export", "run/batch/seed-6.png", "six.txt", code=0)
    assert (tmp_path / "six.txt").read_text() == "24 x 10"


def test_a_run_that_replaces_another_takes_away_what_that_wrote(artgen, drawn):
    (drawn / "batch/seed-5.svg").write_text("mine")
    artgen("run", *RINGS, "--overwrite", code=0)
    assert not (drawn / "image.svg").exists() and not (drawn / "outputs.json").exists()
    assert (drawn / "batch/seed-5.svg").read_text() == "mine"
