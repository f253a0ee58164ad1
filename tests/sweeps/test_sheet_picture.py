"""The contact sheet of a sweep: every picture is at its settings, whatever there are."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image, ImageChops

from artgen.sweeps import sheet_picture
from artgen.sweeps.rows import Axis, Row
from artgen.sweeps.sheets import ranking, sizes
from artgen.sweeps.sheets.arrangement import arrange
from artgen.sweeps.sheets.labels import headings, short_keys, value_text
from tests.helpers import sweeps

BEST = (0xE0, 0xA8, 0x00)
WRONG = (0xF8, 0xEB, 0xE6)


def sheet(path):
    with Image.open(path, formats=["PNG"]) as picture:
        return picture.convert("RGB")


def area(picture, colour):
    """The box around all pixels of a colour: left, top, right and bottom; None if there are none."""
    other = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).convert("L")
    return other.point([255] + [0] * 255).getbbox()


def colour(path):
    """The colour of one of the pictures of `cells`."""
    with Image.open(path, formats=["PNG"]) as picture:
        return picture.convert("RGB").getpixel((12, 12))


def test_pictures_lie_in_rows_and_columns(tmp_path):
    axes, rows = sweeps.cells(tmp_path, Axis("steps", (10, 20)), Axis("seed", (1, 2, 3)))
    found = headings(axes, rows)
    chosen = arrange(found)
    assert (chosen.columns.key, chosen.rows.key) == ("seed", "steps")
    picture = sheet(sheet_picture.save(tmp_path, axes, rows, "A title"))
    width, _ = picture.size
    pixels = list(picture.get_flattened_data())
    places = [pixels.index(colour(row.picture)) for row in rows]
    assert [place // width for place in places[:3]] == [places[0] // width] * 3
    assert [place % width for place in places[:3]] == sorted(place % width for place in places[:3])
    assert places[3] // width > places[0] // width and abs(places[3] % width - places[0] % width) < 3
    assert list(tmp_path.glob("*sheet*")) == [tmp_path / "sheet.png"]


def test_the_best_is_framed_and_a_failure_marked(tmp_path):
    axes, rows = sweeps.cells(tmp_path, Axis("seed", (1, 2, 3)), n2=sweeps.failed("no memory"), n3=sweeps.WAITING)
    picture = sheet(sheet_picture.save(tmp_path, axes, rows, "x"))
    assert area(picture, WRONG) and not area(picture, BEST), "one alone is not the best"
    rows[2] = Row("3", rows[2].settings, "finished", rows[0].picture, loss=0.5)
    frame = area(sheet(sheet_picture.save(tmp_path, axes, rows, "x")), BEST)
    assert frame[1] > area(picture, WRONG)[3]


def test_a_loss_is_only_compared_where_it_means_the_same(tmp_path):
    """With a weight of 2 the same picture has twice the loss."""
    axes, rows = sweeps.cells(tmp_path, Axis("losses.clip.weight", (1, 2)), Axis("seed", (1, 2)))
    [loss, _] = ranking.measures(headings(axes, rows), rows)
    assert loss.best == {0, 2} and loss.shares == (1, 0, 1, 0)
    assert loss.said == "least loss for each value of clip weight"
    scored = [Row(**{**vars(row), "scores": {"aesthetic": i % 3}}) for i, row in enumerate(rows)]
    best = ranking.deciding(ranking.measures(headings(axes, scored), scored))
    assert best.best == {2} and best.said == "highest aesthetic"


def test_a_picture_that_is_gone_or_damaged_is_none_yet(tmp_path):
    axes, rows = sweeps.cells(tmp_path, Axis("seed", (1, 2)))
    rows[0].picture.unlink()
    rows[1].picture.write_bytes(b"\x89PNG\r\n\x1a\n, half a picture")
    picture = sheet(sheet_picture.save(tmp_path, axes, rows, "x"))
    assert area(picture, (0xF4, 0xF3, 0xF0))


def test_shapes_stay_as_they_are(tmp_path):
    axes, rows = sweeps.cells(tmp_path, Axis("seed", (1, 2)), size=(20, 40))
    with Image.new("RGB", (60, 20), "#123456") as wide:
        wide.save(rows[1].picture)
    left, top, right, bottom = area(sheet(sheet_picture.save(tmp_path, axes, rows, "x")), (0x12, 0x34, 0x56))
    assert (right - left) == 3 * (bottom - top)


LENGTHS = some.lists(some.integers(1, 40), max_size=5).filter(lambda lengths: math.prod(lengths) <= 5000)


@settings(max_examples=40)
@given(LENGTHS, some.sampled_from([(512, 512), (2048, 256), (64, 900)]))
def test_any_sheet_is_within_bounds(lengths, shape):
    axes = [Axis(f"a{i}.value", tuple(range(length))) for i, length in enumerate(lengths)]
    rows = [Row(str(i), {}, "waiting") for i in range(math.prod(lengths))]
    for i, row in enumerate(rows):
        object.__setattr__(row, "settings", dict(zip((axis.key for axis in axes), digits(i, lengths), strict=True)))
    chosen = arrange(headings(axes, rows))
    blocks = chosen.in_blocks(len(rows))
    assert sorted(i for _, cells in blocks for i in cells) == list(range(len(rows)))
    made = sizes.sizes(chosen, [len(cells) for _, cells in blocks], {shape}, 300)
    assert made.fits(300)


def digits(number, lengths):
    found = []
    for length in reversed(lengths):
        number, digit = divmod(number, length)
        found.append(digit)
    return reversed(found)


LONG = tuple(f"{'long ' * 200}{i}" for i in range(3))


@pytest.mark.parametrize("values", [(), ("",), LONG, ("日本", "Ж", "\x1b[2J")])
def test_any_text_finds_room(tmp_path, values):
    axes, rows = sweeps.cells(tmp_path, *([Axis("prompts", values)] if values else []))
    assert max(sheet(sheet_picture.save(tmp_path, axes, rows, "x" * 500)).size) < 3000


def test_keys_are_called_by_what_tells_them_apart():
    keys = ["seed", "losses.clip.weight", "losses.0.weight", "generator.learning_rate", "film.rate", "draft.rate"]
    assert list(short_keys(keys).values()) == [
        "seed", "clip weight", "losses 0 weight", "learning rate", "film rate", "draft rate",
    ]  # fmt: skip


def test_values_read_as_a_preset_has_them():
    values = [2, 0.5, True, None, "a\n cat", "", [64, 48], {"type": "x", "at": {"y": [1]}}]
    assert list(map(value_text, values)) == [
        "2", "0.5", "true", "null", "a cat", '""', "[64, 48]", "type: x, at: {y: [1]}",
    ]  # fmt: skip


def test_values_that_read_alike_are_told_apart():
    [heading] = headings([Axis("x", (2, "2", True, "true"))], [Row("1", {"x": "2"}, "waiting")])
    assert heading.texts == ("2", '"2"', "true", '"true"') and heading.places == (1,)
