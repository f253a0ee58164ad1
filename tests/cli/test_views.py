"""The command that shows what the perceptors see."""

import numpy as np
import pytest
import yaml
from PIL import Image
from scipy.ndimage import label

from artgen.cli import main


@pytest.fixture
def views(tmp_path, monkeypatch, capsys):
    """Runs `artgen views` in a folder of its own; gives what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        assert main(["views", *map(str, arguments)]) == code
        return capsys.readouterr()

    return run


@pytest.fixture
def preset(tmp_path, flat):
    """Writes a preset of flat colours seen through cutouts by two perceptors of one size."""

    def write(**changes):
        cutouts = {"type": "cutouts", "count": {0: 2, "100%": 12}, "noise": 0}
        whole = {**flat, "views": [cutouts], "perceptors": {"toy": {"type": "toy"}, "twin": {"type": "toy"}}, **changes}
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump(whole))
        return "mine.yaml"

    return write


@pytest.fixture
def stripes(tmp_path):
    """A picture of 24 x 20 with red and blue stripes."""
    pixels = np.zeros((20, 24, 3), np.uint8)
    pixels[:, ::2] = (255, 0, 0)
    pixels[:, 1::2] = (0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "stripes.png")
    return "stripes.png"


def tiles(path):
    """How many pictures a sheet shows: patches of other colours than paper and ink, apart from each other."""
    sheet = np.asarray(Image.open(path)).astype(int)
    paper = sheet[0, 0]
    other = np.abs(sheet - paper).max(axis=-1) > 3
    patches, _ = label(other)
    sizes = np.bincount(patches.ravel())[1:]
    return int((sizes > 2000).sum())


def test_a_sheet_has_the_picture_and_its_views(views, preset, tmp_path):
    done = views(preset())
    assert done.out == "mine-views.png\n"
    assert tiles(tmp_path / "mine-views.png") == 1 + 2


@pytest.mark.parametrize(("moment", "shown"), [(["--step", 5], 12), (["--at", "100%"], 12), (["--at", "40%"], 6)])
def test_schedules_are_shown_at_the_moment_asked_for(views, preset, tmp_path, moment, shown):
    views(preset(), *moment)
    assert tiles(tmp_path / "mine-views.png") == 1 + shown


def test_perceptors_of_two_sizes_each_have_their_views(views, preset, tmp_path):
    perceptors = {"toy": {"type": "toy"}, "clip": {"type": "open_clip", "model": "embedded"}}
    views(preset(perceptors=perceptors))
    assert tiles(tmp_path / "mine-views.png") == 1 + 2 + 2


def test_a_given_picture_is_what_is_seen(views, preset, stripes, tmp_path):
    plain = ["--set", "views.cutouts.jitter_probability=0", "--set", "views.cutouts.fill=edge"]
    views(preset(size=[24, 20]), "--image", stripes, *plain)
    sheet = np.asarray(Image.open(tmp_path / "mine-views.png")).reshape(-1, 3).astype(int)
    red, blue = ((np.abs(sheet - colour).max(axis=1) < 3).sum() for colour in ((255, 0, 0), (0, 0, 255)))
    # Enlarged six times; the views, a few pixels wide, mix the stripes.
    assert red == blue >= 24 * 20 * 36 / 2


def test_each_way_to_see_it_has_its_rows(views, preset, stripes, tmp_path):
    prompts = ["a", {"text": "b", "seen": "negative"}, {"text": "c", "seen": "negative"}]
    own = {"type": "clip", "prompts": [{"text": "d", "seen": ["rotate-90", "negative"]}]}
    views(preset(size=[24, 20], prompts=prompts, losses=[{"type": "match"}, own]), "--image", stripes)
    assert tiles(tmp_path / "mine-views.png") == 3 * (1 + 2)
    sheet = np.asarray(Image.open(tmp_path / "mine-views.png")).reshape(-1, 3).astype(int)
    cyan, yellow = ((np.abs(sheet - colour).max(axis=1) < 3).sum() for colour in ((0, 255, 255), (255, 255, 0)))
    assert cyan >= 2 * 24 * 20 * 36 / 2 and yellow >= 2 * 24 * 20 * 36 / 2


def test_filters_change_what_is_seen(views, preset, stripes, tmp_path):
    views(preset(size=[24, 20], filters=[{"type": "grey"}]), "--image", stripes)
    assert not (np.asarray(Image.open(tmp_path / "mine-views.png"))[40:60, 10:100] == (255, 0, 0)).all(axis=-1).any()


def test_the_same_command_gives_the_same_sheet(views, preset, tmp_path):
    views(preset(), "--out", "a.png")
    views(preset(), "--out", "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_file_is_replaced_only_when_told(views, preset, tmp_path):
    (tmp_path / "dear.png").write_bytes(b"dear")
    assert "say --overwrite" in views(preset(), "--out", "dear.png", code=2).err
    assert (tmp_path / "dear.png").read_bytes() == b"dear"
    views(preset(), "--out", "dear.png", "--overwrite")
    assert tiles(tmp_path / "dear.png") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--step", "6"], "--step 6: the run has 6 steps, counted from 0; choose 0 to 5"),
        (["--step", "-1"], "--step: '-1' is no moment of the run; write a step (20 or 20i) or a share (50%)"),
        (["--at", "120%"], "--at: 120% is past the end of the run; shares go from 0% to 100%"),
        (["--image", "none.png"], "none.png: there is no such file"),
        (["--out", "sheet.jpg"], "sheet.jpg: a sheet is a PNG; choose a name that ends in .png"),
        (
            ["--set", "views.cutouts.style_of=disco"],
            "--set views.cutouts.style_of: views[0].style_of: 'disco' is not one of the",
        ),
    ],
)
def test_mistakes_take_one_line(views, preset, tmp_path, arguments, message):
    done = views(preset(), *arguments, code=2)
    assert done.err.startswith(message) and done.err.count("\n") == 1
    assert not list(tmp_path.glob("*.png"))


def test_a_preset_without_views_says_so(views, preset):
    done = views(preset(prompts=(), views=[], perceptors={}, losses=[{"type": "dark"}]), code=2)
    assert done.err == ("mine.yaml: nothing in it looks at views; add a loss that does, 'perceptors' and 'views'\n")


def test_it_works_from_a_terminal(artgen, preset, tmp_path):
    assert artgen("views", preset(), "--out", "sheet.png", code=0).stdout == "sheet.png\n"
    assert tiles(tmp_path / "sheet.png") == 3
