from itertools import combinations, permutations

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from artgen.api import InputError, Need
from artgen_losses import Agreement, Diversity


def batch(count, size=(24, 32), spread=1.0, seed=0):
    noise = torch.rand(count, 3, *size, generator=torch.Generator().manual_seed(seed))
    return 0.5 + spread * (noise - 0.5)


def unit(count, views, dim=6, seed=0):
    rows = torch.randn(count, views, dim, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(rows, dim=-1)


def cell_means(image, cells):
    """(3, cells, cells) by numpy: each pixel cut into cells x cells equal parts, so that fractions come out even."""
    for axis in (1, 2):
        image = image.repeat(cells, axis=axis)
        image = np.stack([part.mean(axis=axis) for part in np.split(image, cells, axis=axis)], axis=axis)
    return image


@pytest.mark.parametrize(("size", "cells"), [((24, 32), 8), ((13, 9), 4), ((17, 30), 1)])
def test_pixels_against_numpy(size, cells, env, fake_look):
    images = batch(3, size)
    reduced = [cell_means(image.numpy(), cells) for image in images]
    kernel = {
        (i, j): np.exp(-((reduced[i] - reduced[j]) ** 2).mean() / (2 * 0.1**2)) for i, j in permutations(range(3), 2)
    }
    expected = [np.mean([kernel[i, j] for j in range(3) if j != i]) for i in range(3)]
    cost = Diversity(cells=cells, radius=0.1).build(env(*size))(fake_look(images))
    assert cost.tolist() == pytest.approx(expected, rel=1e-3)


def test_a_canvas_smaller_than_the_grid_is_compared_pixel_by_pixel(env, fake_look):
    images = batch(2, (3, 5))
    expected = np.exp(-((images[0] - images[1]) ** 2).mean().item() / (2 * 0.3**2))
    assert Diversity().build(env(3, 5))(fake_look(images)).tolist() == pytest.approx([expected] * 2, rel=1e-4)


def test_a_perceptors_eyes_against_numpy(env, fake_look):
    shown = unit(3, 5)
    means = shown.mean(dim=1).numpy()
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    kernel = np.exp(-((1 - means @ means.T) / 2) / (2 * 0.4**2))
    expected = [(kernel[i].sum() - 1) / 2 for i in range(3)]
    spec = Diversity(perceptor="clip", radius=0.4)
    cost = spec.build(env(24, 32))(fake_look(batch(3), shown={"clip": shown}))
    assert cost.tolist() == pytest.approx(expected, rel=1e-4)


def test_twins_cost_one_opposites_and_a_picture_alone_nothing(env, fake_look):
    loss = Diversity().build(env(24, 32))
    twins = batch(1).repeat(2, 1, 1, 1)
    assert loss(fake_look(twins)).tolist() == pytest.approx([1, 1])
    opposites = torch.stack((torch.zeros(3, 24, 32), torch.ones(3, 24, 32)))
    assert loss(fake_look(opposites)).max() < 0.005
    alone = batch(1).requires_grad_()
    cost = loss(fake_look(alone))
    cost.sum().backward()
    assert cost.tolist() == [0] and (alone.grad == 0).all()


def test_descent_drives_pictures_apart(env, fake_look):
    images = batch(3, spread=0.1)
    loss = Diversity().build(env(24, 32))

    def distances(images):
        return [(a - b).square().mean().item() for a, b in combinations(images, 2)]

    before = distances(images)
    for _ in range(40):
        images = images.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(fake_look(images)).sum(), images)
        images = (images - gradient / gradient.norm()).clamp(0, 1)
    assert min(distances(images.detach())) > 4 * max(before)


def test_strangers_are_left_alone(env, fake_look):
    """Far beyond the radius the push fades, instead of driving pictures to black and white."""
    strengths = []
    for gap in (0.3, 0.6, 0.9):
        images = torch.stack((torch.full((3, 8, 8), 0.05), torch.full((3, 8, 8), 0.05 + gap))).requires_grad_()
        Diversity(radius=0.3).build(env(8, 8))(fake_look(images)).sum().backward()
        strengths.append(images.grad.norm().item())
    assert strengths[0] > 2 * strengths[1] > 10 * strengths[2]


def test_it_needs_perceptors_only_where_one_is_named():
    assert Diversity().needs() == {Need.BATCH} and Agreement().needs() == {Need.VIEWS}
    assert Diversity(perceptor="clip").needs() == {Need.BATCH, Need.VIEWS}


def test_agreement_against_numpy(env, fake_look):
    shown = unit(2, 4)
    expected = [1 - np.mean([a @ b for a, b in combinations(rows.numpy(), 2)]) for rows in shown]
    loss = Agreement().build(env(24, 32, perceptors={"clip": None}))
    assert loss(fake_look(batch(2), shown={"clip": shown})).tolist() == pytest.approx(expected, rel=1e-4)


def test_perceptors_agree_by_their_weights(env, fake_look):
    shown = {"a": unit(2, 4), "b": unit(2, 3, dim=5, seed=1), "off": unit(2, 3, seed=2)}
    look = fake_look(batch(2), shown=shown, shares={"a": 1.0, "b": 3.0, "off": 0.0})
    parts = {name: Agreement(perceptor=name).build(env(24, 32))(look) for name in ("a", "b")}
    loss = Agreement().build(env(24, 32, perceptors=dict.fromkeys(shown)))
    assert torch.allclose(loss(look), parts["a"] / 4 + parts["b"] * 3 / 4)


def test_equal_views_and_a_single_one_agree(env, fake_look):
    loss = Agreement(perceptor="clip").build(env(24, 32))
    for shown in (unit(2, 1).repeat(1, 4, 1), unit(2, 1)):
        shown.requires_grad_()
        cost = loss(fake_look(batch(2), shown={"clip": shown}))
        cost.sum().backward()
        assert cost.tolist() == pytest.approx([0, 0], abs=1e-6) and shown.grad.isfinite().all()


def test_descent_makes_views_agree(env, fake_look):
    shown = unit(1, 4)
    loss = Agreement(perceptor="clip").build(env(24, 32))
    for _ in range(50):
        shown = torch.nn.functional.normalize(shown.detach(), dim=-1).requires_grad_()
        (gradient,) = torch.autograd.grad(loss(fake_look(batch(1), shown={"clip": shown})).sum(), shown)
        shown = shown - gradient
    assert loss(fake_look(batch(1), shown={"clip": torch.nn.functional.normalize(shown, dim=-1)})).item() < 0.05


def test_mistakes_are_named(env):
    with pytest.raises(ValidationError, match="'cells' compares pixels"):
        Diversity(perceptor="clip", cells=4)
    with pytest.raises(InputError, match="agreement: there is no perceptor"):
        Agreement().build(env(24, 32))
