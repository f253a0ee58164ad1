"""What a run begins with, what is laid over it, when it stops, and how much work it is worth."""

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pydantic import TypeAdapter

import artgen as package
from artgen.canvas import Descent, DescentSpec, in_range
from artgen.fields.schedules import At
from artgen.picture import noise
from artgen.preset import loading
from artgen.preset.auto_stop import AutoStop
from artgen.preset.overlay import Overlay
from artgen.preset.start import StartField
from artgen.rng import Random

CPU = torch.device("cpu")
START = TypeAdapter(StartField)


def still(**more):
    """A preset whose drawing stays as it begins."""
    return {
        "seed": 5,
        "size": [24, 16],
        "steps": 1,
        "generator": {"type": "pixel", "colours": "rgb", "noise": 0, "learning_rate": 0},
        "losses": [{"type": "dark"}],
        **more,
    }


def begun(start, size=(16, 24), seeds=(5, 6)):
    return START.validate_python(start).pictures(size, Random(seeds, "start", CPU))


@pytest.fixture
def badge(tmp_path):
    """A yellow disc on nothing."""
    picture = Image.new("RGBA", (48, 32), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((16, 8, 32, 24), fill=(255, 230, 0, 255))
    picture.save(tmp_path / "badge.png")
    return tmp_path / "badge.png"


@pytest.mark.parametrize("generator", ["pixel", "fourier"])
def test_a_run_begins_with_the_picture(generator, tmp_path):
    pixels = np.linspace(40, 210, 16 * 24 * 3).reshape(16, 24, 3).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "first.png")
    kind = {"type": generator, "learning_rate": 0, **({"noise": 0} if generator == "pixel" else {})}
    image = package.run(still(generator=kind, start=str(tmp_path / "first.png"))).images[0]
    np.testing.assert_allclose(image.movedim(0, -1) * 255, pixels, atol=0.6)


def test_a_run_goes_on_from_the_picture_of_an_earlier_run(artgen, tmp_path):
    (tmp_path / "first.yaml").write_text(yaml.safe_dump(still(start="gradient")))
    (tmp_path / "second.yaml").write_text(yaml.safe_dump(still(start="earlier", seed=9)))
    artgen("run", "first.yaml", "--out", "earlier", code=0)
    artgen("run", "second.yaml", "--out", "later", code=0)
    first, second = (np.asarray(Image.open(tmp_path / out / "image.png")) for out in ("earlier", "later"))
    assert np.abs(first.astype(int) - second).max() <= 5  # white and black are moved a little inwards
    assert first.std() > 10


def test_a_colour_and_a_picture_over_it(badge):
    plain = begun("#204080")
    assert torch.equal(plain, torch.tensor([0x20, 0x40, 0x80]).view(1, 3, 1, 1).expand(2, 3, 16, 24) / 255)
    over = begun({"image": badge, "colour": "#204080", "alpha": 0.5})
    assert torch.equal(over[:, :, :3, :3], plain[:, :, :3, :3])  # where the picture is clear
    wanted = (torch.tensor([255, 230, 0]) + torch.tensor([0x20, 0x40, 0x80])) / 2 / 255
    torch.testing.assert_close(over[0, :, 8, 12], wanted, atol=0.01, rtol=0)


@pytest.mark.parametrize("kind", ["perlin", "fractal", "gradient", "snow"])
def test_noise_is_each_picture_s_own_and_comes_again(kind):
    both, alone = begun(kind), begun(kind, seeds=(6,))
    assert torch.equal(both[1], alone[0])
    assert not torch.equal(both[0], both[1])
    assert both.min() >= 0 and both.max() <= 1
    assert abs(both.mean() - 0.5) < 0.2 and both.std() > 0.05


def test_perlin_noise_is_that_of_the_paper():
    """At a lattice point it is 0; between, what the four corners' slopes say, blended by 6t^5 - 15t^4 + 10t^3."""
    random = Random((3,), "start", CPU)
    made = noise.perlin((8, 8), 2, random, "octave 0")[0]
    angle = 2 * np.pi * random.uniform("octave 0", (3, 3, 3))[0].double().numpy()
    slopes = np.stack([np.sin(angle), np.cos(angle)], -1)  # y, x
    for y, x in ((0, 0), (2, 5), (7, 3)):
        place = np.array([(y + 0.5) / 4, (x + 0.5) / 4])
        low, t = np.floor(place).astype(int), place % 1
        fade = 6 * t**5 - 15 * t**4 + 10 * t**3
        value = sum(
            (fade[0] if dy else 1 - fade[0]) * (fade[1] if dx else 1 - fade[1])
            * (slopes[:, low[0] + dy, low[1] + dx] @ (t - (dy, dx)))
            for dy in (0, 1)
            for dx in (0, 1)
        )  # fmt: skip
        np.testing.assert_allclose(made[:, y, x], value, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 256), st.sampled_from(["perlin", "fractal"]))
def test_noise_fits_any_canvas(height, width, cells, kind):
    made = noise.make(kind, (height, width), cells, Random((1,), "start", CPU))
    assert made.shape == (1, 3, height, width)
    assert made.min() >= 0 and made.max() <= 1


def test_fewer_cells_make_larger_blobs():
    random = Random((1, 2, 3), "start", CPU)
    rough, calm = (noise.make("perlin", (64, 64), cells, random).diff(dim=-1).abs().mean() for cells in (16, 2))
    assert rough > 3 * calm


@given(st.integers(0, 60), st.integers(1, 30), st.integers(0, 60))
def test_an_overlay_is_due_every_so_many_steps(offset, every, until):
    overlay = Overlay(image=__file__, every=every, offset=offset, until=until)
    assert [s for s in range(60) if overlay.is_due(s, 60)] == [s for s in range(offset, 60, every) if s <= until]


def test_an_overlay_comes_back_and_the_rest_is_free(badge):
    preset = still(
        steps=20,
        generator={"type": "pixel", "colours": "rgb", "noise": 0, "learning_rate": 2},
        start="#808080",
        overlay={"image": str(badge), "every": "50%"},
    )
    seen = []
    result = package.run(preset, on_step=lambda event: seen.append(event.image[0, :, 8, 12].clone()))
    yellow = torch.tensor([255, 230, 0]) / 255
    near = [(colour - yellow).abs().max() < 0.05 for colour in seen]
    assert [step for step in range(20) if near[step]] == [0, 10]
    assert (result.images[0, :, 0, 0] < 0.4).all()  # `dark` had its way elsewhere


def test_what_the_picture_does_not_need_becomes_see_through(artgen, tmp_path, badge):
    """The loss wants a yellow disc and nothing else in particular: the disc covers, the rest is clear."""
    Image.open(badge).getchannel(3).convert("RGB").save(tmp_path / "mask.png")
    target = {"type": "target", "image": "badge.png", "mask": "mask.png"}
    preset = still(
        steps=120,
        generator={"type": "pixel", "colours": "rgb", "noise": 0, "learning_rate": 0.1},
        losses=[target],
        transparent={"weight": 0.2, "cells": 24, "learning_rate": 0.2},
    )
    (tmp_path / "clear.yaml").write_text(yaml.safe_dump(preset))
    artgen("run", "clear.yaml", "--out", "out", code=0)
    made = Image.open(tmp_path / "out" / "image.png")
    assert made.mode == "RGBA"
    alpha = np.asarray(made)[:, :, 3] / 255
    assert alpha[6:10, 10:14].min() > 0.8
    assert alpha[:3].max() < 0.2 and alpha[:, :4].max() < 0.2
    strip = Image.open(tmp_path / "out" / "progress.png")
    assert strip.mode == "RGB"


def test_a_run_stops_when_the_loss_no_longer_falls():
    notes = []
    preset = still(
        steps=400,
        generator={"type": "pixel", "noise": 0, "learning_rate": 0.5},
        auto_stop={"patience": 10, "progress": 0.05},
    )
    result = package.run(preset, note=notes.append)
    assert 20 <= result.steps_done < 400
    (note,) = notes
    assert note == f"stopped after {result.steps_done} of 400 steps: the loss no longer falls (auto_stop)"
    assert result.recipe["steps_done"] == result.steps_done
    assert package.run({**preset, "auto_stop": False}).steps_done == 400


def test_progress_is_counted_over_averages():
    stop = AutoStop(patience=At(3), progress=0.1)
    assert not stop.is_stuck([5, 4, 3, 2, 1, 0.5], 100)
    assert stop.is_stuck([1, 9, 2, 4, 4, 4], 100)
    assert stop.is_stuck([4, 4, 4, 3.8, 3.8, 3.8], 100)  # 5 % is less than a tenth
    assert not stop.is_stuck([4, 4, 4, 1, 1], 100)
    assert not stop.is_stuck([-4, -4, -4, -5, -5, -5], 100)


def test_quality_becomes_plain_settings(artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text("extends: quickstart\nsteps: 100\n")
    draft, best = (
        yaml.safe_load(artgen("check", "mine.yaml", "--resolved", "--set", f"quality={rung}", code=0).stdout)
        for rung in ("draft", "best")
    )
    assert (draft["steps"], best["steps"]) == (40, 200)
    assert (draft["views"][0]["count"], best["views"][0]["count"]) == (4, 16)
    assert "quality" not in draft
    assert loading.parse(draft).resolved() == draft


@pytest.mark.parametrize(
    ("settings", "place", "message"),
    [
        ({"start": {"alpha": 0.5, "colour": "red"}}, "start", "lays an 'image' over a 'colour' or 'noise'"),
        ({"start": {"cells": 3, "noise": "snow"}}, "start", "'cells' belongs to 'noise: perlin'"),
        ({"start": {"colour": "red", "noise": "snow"}}, "start", "give one of them"),
        ({"start": {}}, "start", "nothing to start from"),
        ({"start": "perln"}, "start", "no colour is called 'perln'"),
        ({"start": "nowhere.png"}, "start", "there is no file 'nowhere.png'"),
        ({"start": "."}, "start", "there is no image.png in the folder '.'"),
        ({"start": "~nobody/x.png"}, "start", "there is no file '~nobody/x.png'"),
        ({"start": "a" * 300 + ".png"}, "start", ".png'"),
        ({"start": "red", "generator": {"type": "flat"}}, "start", "nothing reads it: the generator 'flat'"),
        ({"overlay": {"image": "mine.yaml"}, "generator": {"type": "flat"}}, "overlay", "cannot take a picture over"),
        ({"overlay": {"image": "mine.yaml", "every": "often"}}, "overlay.every", "'often' is no moment of the run"),
        ({"auto_stop": True, "generator": {"type": "diffusion"}}, "auto_stop", "needs all of its steps"),
        ({"quality": "bets"}, "quality", "there is no 'bets'; did you mean 'best'?"),
        ({"transparent": {"opacity": 1}}, "transparent.opacity", "less than 1"),
    ],
)
def test_mistakes_are_named(settings, place, message, artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(still(**settings)))
    done = artgen("check", "mine.yaml", code=2)
    assert f" {place}: " in done.stderr and message in done.stderr, done.stderr


def test_a_picture_that_is_none_is_one_line(artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(still(start="broken.png")))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    done = artgen("run", "mine.yaml", code=2)
    assert "broken.png: no picture that can be read" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_clipped_gradients_are_no_longer_than_said():
    spec = DescentSpec(type="any", optimiser="sgd", learning_rate=1, clip_gradient=2)
    descent = Descent(spec, [torch.zeros(2, 3), torch.zeros(2, 1)], 10)
    gradients = torch.tensor([[3.0, 0, 0, 4], [0.1, 0, 0, 0]])
    for parameter, part in zip(descent.parameters, gradients.split([3, 1], dim=1), strict=True):
        parameter.grad = part.clone()
    descent.step(0)
    moved = torch.cat([-parameter.detach() for parameter in descent.parameters], dim=1)
    torch.testing.assert_close(moved, torch.stack((gradients[0] * 2 / 5, gradients[1])))


def test_numbers_stay_within_their_bounds_and_the_last_drawing_is_their_average():
    spec = DescentSpec(type="any", optimiser="sgd", learning_rate=1, ema=0.5)
    bounds = torch.tensor([-1.0]), torch.tensor([1.0])
    descent, seen = Descent(spec, [torch.zeros(1, 1)], 3, bounds), []
    for step in range(3):
        descent.parameters[0].grad = torch.tensor([[-0.4]])
        descent.step(step)
        seen.append(descent.at(step)[0].item())
    assert seen == [pytest.approx(0.4), 1, 1]
    assert descent.at(3)[0].item() == pytest.approx((seen[0] + 2 * seen[1] + 4 * seen[2]) / 7)


def test_only_a_gradient_that_moves_inwards_passes_the_clamp():
    values = torch.tensor([-0.5, -0.5, 0.5, 0.5, 1.5, 1.5], requires_grad=True)
    clamped = in_range(values)
    assert clamped.tolist() == [0, 0, 0.5, 0.5, 1, 1]
    clamped.backward(torch.tensor([1.0, -1, 1, -1, 1, -1]))
    assert values.grad.tolist() == [0, -1, 1, -1, 1, 0]
    with torch.no_grad():
        assert in_range(values).tolist() == clamped.tolist()
