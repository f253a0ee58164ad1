"""The test kit as authors use it: draw, its assertions, and the fixtures."""

import os
import subprocess
import sys

import pytest
import torch

from artgen.api import InputError
from artgen.preset import loading
from artgen.rng import Random
from artgen.testing import draw, make_env, small_preset
from artgen.testing.probes.devices import elsewhere
from tests.helpers.paths import DISTS


@pytest.fixture
def preset():
    return small_preset(generator={"type": "flat"}, losses=[{"type": "dark"}])


def test_an_environment_has_what_it_is_given():
    env = make_env(batch=3, device="meta")
    assert env.random.seeds == (3, 4, 5) and env.batch == 3
    assert env.random.uniform("x", (2,)).device.type == env.device.type == "meta"
    assert env.perceptors["clip"].embed_texts(["a cat"]).device.type == "meta"
    mine = Random((9, 9), "mine", torch.device("cpu"))
    assert make_env(random=mine).random is mine
    assert make_env(perceptors={}).perceptors == {}
    assert make_env(seeds=(7, 9), batch=2).random.seeds == (7, 9)


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
    assert "22 passed" in done.stdout


def test_what_stands_in_for_a_gpu_computes_as_the_cpu_does():
    """Also where torch itself makes tensors of lists."""
    values = torch.arange(24.0).view(4, 3, 2)
    for index in ([2, 0], ([3, 1], 2), (slice(None), [True, False, True]), [], range(3)):
        with elsewhere() as device:
            there = values.to(device)[index]
            assert there.device == device
        assert there.cpu().equal(values[list(index) if isinstance(index, range) else index])


def test_numbers_that_the_stand_in_has_not_got_are_never_read():
    lost = torch.empty(3, device="meta")
    with elsewhere() as device:
        there = torch.ones(3).to(device)
        with pytest.raises(RuntimeError, match="gets a tensor that was made there past this stand-in"):
            there + lost
