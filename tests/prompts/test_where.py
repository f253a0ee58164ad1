"""Parts of the picture: how a prompt's `where` becomes a region, and how guidance looks at one."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage
from torch import Tensor

from artgen.api import Schedule
from artgen.engine.guidance import Guidance, WeightedLoss
from artgen.engine.look import StepLook, WeightedPerceptor
from artgen.errors import InputError, RunError
from artgen.picture.regions import crop_to_region
from artgen.prompts import Where
from artgen.testing import ColourPerceptor, PlainLook, make_image

SIZES = st.tuples(st.integers(3, 40), st.integers(3, 40))
SHARES = {"left": 0.5, "right": 0.5, "top": 0.5, "bottom": 0.5, "centre": 0.5, "top-left": 0.25, "bottom-right": 0.25}


@pytest.mark.parametrize(("place", "share"), SHARES.items())
def test_a_place_covers_its_share_of_the_picture(place, share):
    for size in ((60, 60), (41, 90), (120, 31)):
        region = Where(place=place, soft=0).region(size)
        assert region.shape == size
        assert float(region.mean()) == pytest.approx(share, abs=0.01)
        inverse = Where(place=place, soft=0, invert=True).region(size)
        torch.testing.assert_close(region + inverse, torch.ones(size))


def test_places_lie_where_they_say():
    def middle(place):
        y, x = ndimage.center_of_mass(Where(place=place).region((50, 80)).numpy())
        return (round(float(y), 1), round(float(x), 1))

    assert middle("centre") == (24.5, 39.5)
    assert middle("left")[1] < 25 < 55 < middle("right")[1]
    assert middle("top")[0] < 15 < 35 < middle("bottom")[0]
    assert middle("bottom-left")[0] > 30 and middle("bottom-left")[1] < 25
    assert middle("top-right")[0] < 20 and middle("top-right")[1] > 55


@given(SIZES, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_box_covers_its_area(size, a, b, c, d):
    left, right = sorted((a, b))
    top, bottom = sorted((c, d))
    if right - left < 0.05 or bottom - top < 0.05:
        return
    region = Where(box=(left, top, right, bottom), soft=0).region(size)
    assert float(region.sum()) == pytest.approx((right - left) * (bottom - top) * size[0] * size[1], rel=1e-3)
    assert float(region.min()) >= 0
    assert float(region.max()) <= 1


@pytest.mark.parametrize("soft", [0.05, 0.3, 1])
def test_the_border_fades_like_a_gaussian(soft):
    size = (48, 70)
    hard = Where(box=(0.2, 0.1, 0.75, 0.6), soft=0).region(size).numpy()
    expected = ndimage.gaussian_filter(hard, soft * 48 / 4, mode="nearest", truncate=4)
    np.testing.assert_allclose(Where(box=(0.2, 0.1, 0.75, 0.6), soft=soft).region(size), expected, atol=2e-4)


def test_a_mask_is_read_as_it_is(tmp_path):
    y, x = np.mgrid[0:20, 0:30]
    grey = ((x * 255) // 29).astype("uint8")
    opaque = np.where(y < 10, 255, 0).astype("uint8")
    Image.merge("LA", [Image.fromarray(grey), Image.fromarray(opaque)]).save(tmp_path / "mask.png")
    region = Where(mask=tmp_path / "mask.png").region((20, 30))
    np.testing.assert_allclose(region[:10], grey[:10] / 255, atol=0.01)
    assert float(region[10:].max()) == 0


def test_a_part_without_pixels_is_refused(tmp_path):
    Image.new("L", (8, 8), 0).save(tmp_path / "black.png")
    for where in (Where(mask=tmp_path / "black.png"), Where(box=(0, 0, 1, 1), invert=True)):
        with pytest.raises(InputError, match=r"^where: nothing is left of a picture of 9x7; choose a larger part$"):
            where.region((7, 9))


def test_only_the_region_is_shown():
    image = make_image(size=(10, 12))
    region = torch.zeros(10, 12)
    region[2:7, 3:9] = 1
    region[2, 3] = 0
    region[3, 4] = 0.25
    shown = crop_to_region(image, region)
    a, r = image.detach().double().numpy(), region.double().numpy()
    mean = (a * r).sum(axis=(2, 3), keepdims=True) / r.sum()
    expected = (a * r + mean * (1 - r))[:, :, 2:7, 3:9]
    np.testing.assert_allclose(shown.detach(), expected, atol=1e-6)
    shown.sum().backward()
    torch.testing.assert_close(image.grad, region.expand_as(image))


def corners(image: Tensor, size: int, step: int) -> Tensor:
    """Three views of each picture: the whole, mirrored, and shifted by the step."""
    views = [image, image.flip(-1), image.roll(step, dims=-1)]
    small = [F.interpolate(view, (size, size), mode="bilinear") for view in views]
    return torch.stack(small, dim=1).flatten(0, 1)


class Counting(ColourPerceptor):
    """Counts the images it has embedded."""

    seen = 0

    def embed_images(self, images):
        self.seen += len(images)
        return super().embed_images(images)


HEIGHT, WIDTH = 12, 16
LEFT = Where(place="left").region((HEIGHT, WIDTH))
CENTRE = Where(place="centre").region((HEIGHT, WIDTH))


def judged(look):
    """A loss of the picture, the views and the embeddings of two parts, of a part of a part, and of the whole."""
    left, centre = look.within(LEFT), look.within(CENTRE[None, None])
    inner = left.within(torch.ones(left.image.shape[2:]).tril())
    mean = F.normalize(left.embeddings("a").mean(dim=1), dim=-1)
    return (
        mean[:, 0]
        + centre.embeddings("b").square()[:, :, 1].sum(dim=1)
        + centre.embeddings("a")[:, 0, 2]
        + left.views("b").square().mean(dim=(1, 2, 3, 4))
        + inner.embeddings("a")[:, :, 3].prod(dim=1)
        + centre.image.square().mean(dim=(1, 2, 3))
        + look.embeddings("a")[:, 1, 0]
    )


def guidance(chunk, loss=judged, **perceptors):
    made = perceptors or {"a": ColourPerceptor(), "b": ColourPerceptor(size=5, dim=7)}
    return Guidance(
        losses=[WeightedLoss("parts", loss, Schedule.constant(0.7), "test")],
        perceptors={
            name: WeightedPerceptor(name, weighted, Schedule.constant(1), "test") for name, weighted in made.items()
        },
        augmentations=[("view 'corners' (test)", corners)],
        steps=10,
        chunk=chunk,
    )


def test_the_gradient_of_parts_is_that_of_autograd():
    image = make_image(size=(HEIGHT, WIDTH))
    perceptors = {"a": ColourPerceptor(), "b": ColourPerceptor(size=5, dim=7)}

    class Direct(PlainLook):
        """One graph from the picture to the loss."""

        def views(self, perceptor):
            return corners(self.image, self._perceptors[perceptor].size, self.step).unflatten(0, (2, 3))

        def within(self, region):
            return Direct(crop_to_region(self.image, region.reshape(self.image.shape[2:])), self._perceptors, self.step)

    expected = judged(Direct(image, perceptors, step=4))
    (0.7 * expected).sum().backward()
    verdict = guidance(None)(image, 4)
    torch.testing.assert_close(verdict.totals, 0.7 * expected.detach())
    torch.testing.assert_close(verdict.gradient, image.grad)
    for chunk in (1, 4, 5):
        torch.testing.assert_close(guidance(chunk)(image, 4).gradient, image.grad, atol=1e-6, rtol=1e-5)


def test_equal_regions_are_looked_at_once():
    weighted = Counting()

    def twice(look):
        first, second = (look.within(LEFT.clone()).embeddings("a") for _ in range(2))
        assert first is second or torch.equal(first, second)
        return (first + second).sum(dim=(1, 2))

    guidance(None, twice, a=weighted)(make_image(size=(HEIGHT, WIDTH)), 0)
    assert weighted.seen == 2 * 3


def test_a_region_of_another_size_is_refused():
    look = StepLook(make_image(), 0, 10, {}, [], None)
    with pytest.raises(RunError, match=r"^a region is \(32, 24\); expected \(24, 32\), as the look's image$"):
        look.within(torch.ones(32, 24))


@pytest.mark.parametrize("chunk", [None, 2])
def test_another_picture_is_seen_through_the_same_views(chunk):
    image, other = make_image(size=(HEIGHT, WIDTH)), make_image(1, (HEIGHT, WIDTH), seed=3)
    weighted = ColourPerceptor()
    found = {}

    def look_at(look):
        found["whole"] = look.embeddings_of(other, "a")
        found["part"] = look.within(CENTRE).embeddings_of(other, "a")
        return look.embeddings("a").sum(dim=(1, 2))

    guidance(chunk, look_at, a=weighted)(image, 3)
    for name, picture in (("whole", other), ("part", crop_to_region(other, CENTRE))):
        expected = weighted.embed_images(corners(picture.detach(), 8, 3)).expand(2, 3, -1)
        torch.testing.assert_close(found[name], expected)
        assert not found[name].requires_grad


def test_descent_within_a_part_changes_that_part_alone():
    image = make_image(1, (HEIGHT, WIDTH)).detach()
    target = F.normalize(torch.linspace(-1, 1, 12), dim=0)
    region = torch.zeros(HEIGHT, WIDTH)
    region[2:9, 1:7] = 1

    def loss(look):
        return 1 - (look.within(region).embeddings("a") @ target).mean(dim=1)

    drawing, values = image.clone(), []
    for step in range(12):
        verdict = guidance(None, loss)(drawing, step)
        drawing = (drawing - 0.5 * verdict.gradient).clamp(0, 1)
        values.append(float(verdict.totals))
    assert values[-1] < values[0] - 0.05
    changed = (drawing - image).abs().amax(dim=(0, 1)) > 0
    assert bool(changed.any()) and not bool((changed & (region == 0)).any())
    assert math.isfinite(values[-1])
