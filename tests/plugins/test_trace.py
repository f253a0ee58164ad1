"""The trace stage: few flat inks, no rims, and an SVG drawing that is the picture."""

import functools
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import resvg_py
import torch
from PIL import Image
from pydantic import ValidationError
from skimage.measure import label

from artgen.api import Finished
from artgen.testing import FinishContract
from artgen_stages import Trace

RED, BLUE, WHITE, BLACK = (220, 40, 30), (40, 60, 200), (250, 248, 240), (20, 20, 25)


class TestTrace(FinishContract):
    spec = Trace(scale=2)


def tensor(rgb):
    return torch.from_numpy(np.asarray(rgb)).float().movedim(-1, 0)[None] / 255


def soft_disc(side=96, softness=1.0, inner=RED, outer=WHITE, radius=0.3):
    """(1, 3, side, side): a disc whose border passes through all mixtures of its two colours."""
    y, x = np.mgrid[:side, :side] + 0.5
    distance = np.hypot(x - side / 2, y - side / 2) - radius * side
    share = 1 / (1 + np.exp(distance / softness))[..., None]
    return tensor((np.array(inner) * share + np.array(outer) * (1 - share)).round())


def traced(env, image, alpha=None, seeds=None, **settings):
    seeds = seeds or tuple(range(len(image)))
    return Trace(**settings).build(env(*image.shape[2:], seeds=seeds))(Finished(image, alpha))


def pixels(finished, number=0):
    return (finished.image[number].movedim(0, -1).numpy() * 255).round().astype(int)


def by_resvg(svg):
    return np.asarray(Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg.decode()))).convert("RGBA")).astype(
        int
    )


@functools.cache
def scene():
    """(1, 3, 96, 120): soft and hard borders, a line, small things and what runs over the edges."""
    image = soft_disc(120, 2.5)[:, :, 12:108]
    image[:, :, 70:, :40] = tensor(np.full((1, 1, 3), BLUE))
    image[:, :, 10:14, :] = tensor(np.full((1, 1, 3), BLACK))
    image[:, :, 44:50, 55:61] = tensor(np.full((1, 1, 3), BLACK))
    return image


def inks_of(finished):
    return [path.get("fill") for path in ET.fromstring(finished.files[".svg"][0])]


@pytest.mark.parametrize("softness", [0.3, 1.0])
@pytest.mark.parametrize(("inner", "outer"), [(RED, WHITE), (BLACK, WHITE), (BLUE, RED)])
def test_a_soft_border_leaves_no_rim(softness, inner, outer, env):
    finished = traced(env, soft_disc(96, softness, inner, outer), inks=6, scale=1)
    found = np.array([[int(ink[start : start + 2], 16) for start in (1, 3, 5)] for ink in inks_of(finished)])
    np.testing.assert_allclose(found, [outer, inner], atol=3)


def test_a_band_of_a_colour_of_its_own_stays(env):
    """Between red and white is pink; black is not."""
    image = soft_disc(128, 0.3, RED, WHITE)
    ring = (soft_disc(128, 0.3, WHITE, BLACK, 0.32) - soft_disc(128, 0.3, WHITE, BLACK, 0.29)).amin(dim=1, keepdim=True)
    image = torch.where(ring < -0.5, tensor(np.full((1, 1, 3), BLACK)), image)
    image = torch.where(ring > 0.5, tensor(np.full((1, 1, 3), BLACK)), image)
    assert len(inks_of(traced(env, image))) == 3


def test_outlines_are_where_the_picture_has_them(env):
    """A disc's area, to a part in a hundred, at four times its size."""
    finished = pixels(traced(env, soft_disc(128, 0.5, radius=0.25)))
    inside = np.abs(finished - RED).sum(axis=-1) < np.abs(finished - WHITE).sum(axis=-1)
    assert inside.sum() == pytest.approx(np.pi * 128**2, rel=0.01)
    y, x = np.argwhere(inside).T
    assert (x.mean(), y.mean()) == pytest.approx((255.5, 255.5), abs=1)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_there_are_no_more_inks_than_asked_for(most, env):
    finished = traced(env, scene(), inks=most, scale=1)
    assert len(set(inks_of(finished))) <= most


def test_specks_go_to_their_neighbours(env):
    image = soft_disc(96, 0.3)
    image[:, :, 8:11, 8:11] = 0
    counts = [
        label(np.abs(pixels(traced(env, image, specks=specks, scale=1)) - WHITE).sum(axis=-1) > 200).max()
        for specks in (0, 0.01)
    ]
    assert counts == [2, 1]


def test_a_palette_gives_the_inks(env):
    finished = traced(env, scene(), palette=["#ff0000", "#ffffff", "#000080"], scale=1)
    assert set(inks_of(finished)) == {"#ff0000", "#ffffff", "#000080"}


@pytest.mark.parametrize("settings", [{"scale": 3}, {"to": 400, "smooth": 0.02}, {"scale": 0.5, "inks": 3}, {"to": 77}])
def test_the_picture_is_its_svg_as_resvg_draws_it(settings, env):
    finished = traced(env, scene(), **settings)
    other = by_resvg(finished.files[".svg"][0])
    assert other.shape[:2] == tuple(finished.image.shape[2:]) == Trace(**settings).resized((96, 120))
    difference = np.abs(pixels(finished) - other[..., :3])
    assert difference.mean() < 0.5
    assert (difference > 40).mean() < 1e-4
    assert (other[..., 3] == 255).all()


def test_what_is_clear_stays_clear(env):
    """Drawn by resvg too; colours below what is clear reach nowhere."""
    cover = (soft_disc(128, 1.0, (255,) * 3, (0,) * 3, 0.4))[:, :1]
    image = torch.where(cover > 0.5, soft_disc(128, 0.5, RED, BLUE, 0.2), tensor(np.full((1, 1, 3), (0, 255, 0))))
    finished = traced(env, image, cover, scale=2)
    other = by_resvg(finished.files[".svg"][0])
    alpha = (finished.alpha[0, 0].numpy() * 255).round()
    assert np.abs(alpha - other[..., 3]).mean() < 0.5
    assert ((alpha > 0) & (alpha < 255)).mean() < 0.02
    assert alpha.mean() / 255 == pytest.approx(np.pi * 0.4**2, rel=0.02)
    shown = pixels(finished)[alpha == 255]
    assert (shown[:, 1] < 100).all()
    assert len(inks_of(finished)) == 2


def test_a_picture_that_is_clear_all_over_stays_so(env):
    finished = traced(env, scene(), torch.zeros(1, 1, 96, 120))
    assert finished.alpha.sum() == 0
    assert inks_of(finished) == []


def test_no_gap_shows_between_shapes(env):
    """Where two inks meet, nothing of what lies below both is seen."""
    halves = tensor(np.full((64, 64, 3), WHITE))
    halves[:, :, 16:48, 16:32] = tensor(np.full((1, 1, 3), BLACK))
    halves[:, :, 16:48, 32:48] = tensor(np.full((1, 1, 3), (60, 60, 60)))
    found = by_resvg(traced(env, halves, inks=3).files[".svg"][0])
    assert found[96:160, 100:156, :3].max() < 70


def test_the_svg_is_plain(env):
    """Well-formed, small, of paths alone, and as large as the picture."""
    svg = traced(env, scene(), to=4096).files[".svg"][0]
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib == {"width": "4096", "height": "3277", "viewBox": "0 0 4096 3277"}
    assert {child.tag for child in root} == {"{http://www.w3.org/2000/svg}path"}
    assert {name for child in root for name in child.attrib} == {"id", "fill", "d"}
    assert len(svg) < 8000


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (700, 3)], ids=str)
def test_odd_sizes(size, env):
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))
    finished = traced(env, image, scale=1)
    assert finished.image.shape == image.shape
    assert by_resvg(finished.files[".svg"][0]).shape[:2] == size


def test_progress_grows_to_one(env):
    told = []
    image = scene().repeat(2, 1, 1, 1)
    Trace(scale=3).build(env(96, 120, seeds=(0, 1), progress=told.append))(Finished(image))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)


def test_one_size_is_asked_for():
    with pytest.raises(ValidationError, match="give one of them"):
        Trace(scale=2, to=100)
    assert Trace(to=100).resized((30, 50)) == (60, 100)
    assert Trace().resized((30, 50)) == (120, 200)
