"""The test kit as authors use it: draw and its assertions, the fixtures, and `artgen plugins test DIST`."""

import os
import subprocess
import sys

import pytest
import torch

from artgen import cli
from artgen.api import InputError
from artgen.preset import loading
from artgen.testing import draw, small_preset
from tests.helpers.paths import DISTS

TIDY = '''
from typing import Literal
from artgen.api import FilterSpec, InputFile, LossSpec, hookimpl

class Shade(LossSpec):
    """How far the brightness is from a level, squared."""

    type: Literal["shade"] = "shade"
    example = {"level": 0.25}
    level: float
    """The mean to reach."""

    def build(self, env):
        return lambda look: (look.image.mean(dim=(1, 2, 3)) - self.level).square()

class Shaded(FilterSpec):
    """Darkens by a share."""

    type: Literal["shade"] = "shade"
    share: float = 0.5
    """What is left of the light."""

    def build(self, env):
        return lambda image, step: image * self.share

class Traced(LossSpec):
    """How dark the picture is, on request of a file."""

    type: Literal["traced"] = "traced"
    image: InputFile
    """A picture nobody looks at."""

    def build(self, env):
        return lambda look: look.image.mean(dim=(1, 2, 3))

@hookimpl
def artgen_losses():
    return [Shade, Traced]

@hookimpl
def artgen_filters():
    return [Shaded]
'''


@pytest.fixture
def tidy(tmp_path):
    """An installed distribution that keeps its contracts, one of whose parts needs a file."""
    folder = tmp_path / "tidy"
    info = folder / "artgen_tidy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-tidy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[artgen]\ntidy = tidy\n")
    (folder / "tidy.py").write_text(TIDY)
    return folder


@pytest.fixture
def preset():
    return small_preset(generator={"type": "flat"}, losses=[{"type": "dark"}])


# Running a preset


def test_a_run_has_its_picture_losses_and_notes(preset):
    drawn = draw(preset, batch=2, steps=4)
    assert drawn.image.shape == (2, 3, 24, 32)
    assert [step for step, _ in drawn.losses["dark"]] == [0, 1, 2, 3]
    assert drawn.result.steps_done == 4
    drawn.assert_finished().assert_loss_falls().assert_loss_falls("dark")


def test_settings_are_replaced_by_name_and_by_path(preset):
    drawn = draw(preset, **{"losses.dark.weight": 3, "size": [8, 8]})
    assert drawn.image.shape == (1, 3, 8, 8)
    assert drawn.losses["total"][0][1] == pytest.approx(3 * drawn.losses["dark"][0][1])


def test_a_file_and_a_preset_are_drawn_like_plain_data(preset, tmp_path):
    (tmp_path / "mine.yaml").write_text(loading.parse(preset).to_yaml())
    drawn = draw(preset, seed=4)
    drawn.assert_same_picture_as(draw(tmp_path / "mine.yaml", seed=4))
    drawn.assert_same_picture_as(draw(loading.parse(preset), seed=4))


def test_a_wrong_preset_is_told_as_anywhere(preset):
    with pytest.raises(InputError, match="did you mean 'dark'"):
        draw(preset, losses=[{"type": "drak"}])


def test_a_run_that_fails_does_not_pass_as_finished(preset):
    drawn = draw(preset, losses=[{"type": "misbehave", "at_step": 2}])
    with pytest.raises(AssertionError, match="the run failed after 2 steps: loss 'misbehave'"):
        drawn.assert_finished()


def test_a_loss_that_rises_or_is_not_there_is_noticed(preset):
    drawn = draw(preset, **{"losses.dark.weight": -1})
    drawn.assert_loss_falls()
    with pytest.raises(AssertionError, match=r"the loss 'dark' does not fall: from 0\.\d+ to 0\.\d+ in 8 steps"):
        drawn.assert_loss_falls("dark")
    with pytest.raises(AssertionError, match="no loss 'drak' in this run; it has dark, total"):
        drawn.assert_loss_falls("drak")


def test_pictures_are_compared_bit_for_bit(preset):
    one, other = draw(preset, seed=1), draw(preset, seed=2)
    one.assert_different_from(other)
    with pytest.raises(AssertionError, match=r"the pictures differ at 768 pixels, by up to .* of 255 levels"):
        one.assert_same_picture_as(other)
    with pytest.raises(AssertionError, match="differ in shape"):
        one.assert_same_picture_as(draw(preset, size=[8, 8]))
    with pytest.raises(AssertionError, match="the pictures are the same"):
        one.assert_different_from(one.image + 1e-4)


def test_a_picture_of_one_colour_is_flat(preset):
    drawn = draw(preset)
    with pytest.raises(AssertionError, match="picture 0 of the batch is of one colour"):
        drawn.assert_not_flat()
    drawn.image[..., 3] = torch.rand(1)
    drawn.assert_not_flat()


# The fixtures


def test_an_authors_tests_have_the_fixtures(tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["artgen.testing.fixtures"]\n')
    (tmp_path / "test_mine.py").write_text(
        "from artgen.testing import FilterContract, PlainLook, small_preset\n"
        "from strangers import Dark, Grey\n"
        "class TestGrey(FilterContract):\n"
        "    spec = Grey()\n"
        "def test_it_judges(env, image, perceptor):\n"
        "    assert perceptor.embed_images(image[..., :8, :8]).shape == (2, perceptor.dim)\n"
        "    assert Dark().build(env)(PlainLook(image, env.perceptors)).shape == (env.batch,)\n"
        "def test_it_draws(draw):\n"
        "    draw(small_preset(generator={'type': 'flat'}, losses=[{'type': 'dark'}])).assert_finished()\n"
    )
    strangers = DISTS / "ok"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(strangers)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "16 passed" in done.stdout


# An installed plugin


def test_a_plugin_that_keeps_its_contracts_passes(artgen, tidy):
    (tidy / "cat.png").write_bytes(b"")
    done = artgen("plugins", "test", "Artgen_Tidy", "--set", f"traced.image={tidy / 'cat.png'}", dists=[tidy], code=0)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[:2] for row in rows[1:]] == [["shade", "loss"], ["traced", "loss"], ["shade", "filter"]]
    assert all(row[3:] == ["passed"] and int(row[2]) > 10 for row in rows[1:])
    assert not done.stderr


def test_broken_contracts_and_missing_settings_are_a_line_each(artgen, tidy):
    module = tidy / "tidy.py"
    module.write_text(module.read_text().replace("image * self.share", "(image / self.share).clamp(0, 1).detach()"))
    done = artgen("plugins", "test", "artgen-tidy", "--set", "filter.shade.share=0.7", dists=[tidy], code=1)
    assert "shade      filter  13 passed, 1 broken" in done.stdout
    assert "traced     loss    cannot be built" in done.stdout
    broken, unbuilt = done.stderr.splitlines()
    assert broken.startswith("filter 'shade': the gradient reaches the picture: no gradient leads from")
    assert unbuilt.startswith(
        "loss 'traced': cannot be built: needs 'image' (settings are given by --set traced.image="
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["artgen-stranger"], "no installed plugin is called 'artgen-stranger'; did you mean 'artgen-strangers'?"),
        (["artgen", "--set", "symetry.id=a"], "artgen offers nothing called 'symetry'; did you mean 'symmetry'?"),
        (
            ["artgen", "--set", "palette.id=a"],
            "2 components are called 'palette'; write filter.palette.id or loss.palet",
        ),
        (["artgen", "--set", "palette"], "--set palette: expected TYPE.setting=VALUE, such as clip.id=mine"),
    ],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    assert cli.main(["plugins", "test", *arguments]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not said.out


def test_a_plugin_that_does_not_load_is_named_with_its_reason(artgen):
    done = artgen("plugins", "test", "artgen-raises", dists=["raises"], code=2)
    assert done.stderr.startswith("plugin 'artgen-raises 0.3' (raises_at_import): RuntimeError: operator torchvision::")


def test_a_second_name_belongs_to_a_test(artgen):
    assert "artgen plugins test DIST" in artgen("plugins", "flat", "dark", code=2).stderr
    assert "artgen plugins test DIST" in artgen("plugins", "test", code=2).stderr


def test_importers_are_listed_with_the_components(artgen):
    listed = artgen("plugins", code=0).stdout
    assert "Turns settings of pixray into a preset." in next(row for row in listed.splitlines() if "importer" in row)
