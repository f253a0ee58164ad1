import numpy as np
import pytest
import scipy.ndimage
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydantic import ValidationError

from artgen_losses import Sharpness, Smoothness, Symmetry

SPECS = [
    Symmetry(),
    Symmetry(axis="up-down"),
    Symmetry(axis="both"),
    Symmetry(axis="rotation"),
    Symmetry(axis="rotation", folds=5),
    Symmetry(axis="diagonal"),
    Symmetry(axis="antidiagonal", tolerance=0.1),
    Smoothness(),
    Smoothness(kind="clipped"),
    Smoothness(kind="log", wrap=True),
    Smoothness(spacing=3),
    Smoothness(blur=0.25, wrap=True),
]
every = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.type}-{getattr(spec, 'axis', '')}")


def value(spec, image, env, fake_look):
    image = torch.as_tensor(np.asarray(image), dtype=torch.float32)
    image = image[None] if image.ndim == 3 else image
    return spec.build(env(*image.shape[-2:]))(fake_look(image))


@every
@pytest.mark.parametrize("size", [(1, 1), (3, 50), (17, 5), (1, 8)], ids=str)
def test_finite_per_picture_and_differentiable_everywhere(spec, size, env, fake_look):
    flat = torch.full((1, 3, *size), 0.5)
    image = torch.cat((torch.rand(2, 3, *size), flat, torch.zeros_like(flat))).requires_grad_()
    loss = spec.build(env(*size))(fake_look(image))
    assert loss.shape == (4,) and loss.isfinite().all() and (loss >= 0).all()
    loss.sum().backward()
    assert image.grad.isfinite().all()


@every
def test_a_flat_picture_costs_nothing(spec, env, fake_look):
    assert value(spec, np.full((3, 9, 12), 0.3), env, fake_look).item() == pytest.approx(0, abs=1e-9)


@every
def test_descent_makes_it_smaller(spec, env, fake_look):
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1)).requires_grad_()
    loss = spec.build(env(16, 16))
    before = loss(fake_look(image))
    before.backward()
    assert loss(fake_look(image - image.grad * 0.01 / image.grad.norm())) < before


@settings(max_examples=40, deadline=None)
@given(
    image=arrays.arrays(
        np.float32,
        st.tuples(st.just(3), st.integers(1, 7), st.integers(1, 7)),
        elements=st.floats(0, 1, width=32),
    )
)
def test_reflections_against_numpy(fake_look, image):
    look = fake_look(torch.from_numpy(image)[None])
    across = ((image - image[:, :, ::-1]) ** 2).mean()
    down = ((image - image[:, ::-1]) ** 2).mean()
    for axis, expected in (("left-right", across), ("up-down", down), ("both", (across + down) / 2)):
        assert Symmetry(axis=axis).build(None)(look).item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size", [(9, 9), (8, 13), (14, 7)])
def test_diagonals_against_numpy(size, env, fake_look):
    image = np.random.default_rng(1).random((3, *size))
    side = min(size)
    top, left = (size[0] - side) // 2, (size[1] - side) // 2
    square = image[:, top : top + side, left : left + side]
    main = ((square - square.transpose(0, 2, 1)) ** 2).mean()
    other = ((square - np.rot90(square.transpose(0, 2, 1), 2, axes=(1, 2))) ** 2).mean()
    assert value(Symmetry(axis="diagonal"), image, env, fake_look).item() == pytest.approx(main, rel=1e-5)
    assert value(Symmetry(axis="antidiagonal"), image, env, fake_look).item() == pytest.approx(other, rel=1e-5)


@pytest.mark.parametrize("axis", ["left-right", "diagonal", "rotation"])
def test_small_differences_are_free_under_a_tolerance(axis, env, fake_look):
    image = 0.5 + 0.05 * np.random.default_rng(0).uniform(-1, 1, (3, 12, 12))
    assert value(Symmetry(axis=axis), image, env, fake_look).item() > 0
    assert value(Symmetry(axis=axis, tolerance=0.11), image, env, fake_look).item() == 0
    half = np.zeros((3, 12, 12))
    half[:, :, 6:] = 1
    assert value(Symmetry(tolerance=0.25), half, env, fake_look).item() == pytest.approx(0.75**2)


@pytest.mark.parametrize("size", [(16, 16), (15, 24)])
def test_half_and_quarter_turns_against_numpy(size, env, fake_look):
    image = np.random.default_rng(0).random((3, *size))
    height, width = size
    y, x = np.mgrid[:height, :width] + 0.5
    disc = np.hypot(y - height / 2, x - width / 2) <= min(size) / 2
    half = ((image - image[:, ::-1, ::-1]) ** 2)[:, disc].mean()
    spec = Symmetry(axis="rotation", folds=2)
    assert value(spec, image, env, fake_look).item() == pytest.approx(half, rel=1e-4)
    if height == width:
        quarter = ((image - np.rot90(image, axes=(1, 2))) ** 2)[:, disc].mean()
        assert value(Symmetry(axis="rotation", folds=4), image, env, fake_look).item() == pytest.approx(
            quarter, rel=1e-4
        )


def test_a_pinwheel_has_its_folds(env, fake_look):
    y, x = np.mgrid[:64, :64] - 31.5
    three = np.repeat(np.cos(3 * np.arctan2(y, x))[None] * 0.4 + 0.5, 3, axis=0) * np.exp(-(x**2 + y**2) / 800)
    costs = {n: value(Symmetry(axis="rotation", folds=n), three, env, fake_look).item() for n in (2, 3, 4)}
    assert costs[3] < 0.02 * min(costs[2], costs[4])


def test_what_is_outside_the_disc_does_not_count(env, fake_look):
    image = np.zeros((3, 20, 20))
    image[:, :2, :2] = 1
    assert value(Symmetry(axis="rotation", folds=4), image, env, fake_look).item() == 0


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("kind", ["tv", "clipped", "log"])
def test_total_variation_against_numpy(kind, wrap, env, fake_look):
    image = np.random.default_rng(0).random((3, 7, 11))
    shape = {
        "tv": lambda d: d,
        "clipped": lambda d: np.minimum(d, 0.2),
        "log": lambda d: 0.2 * np.log(1 + d / 0.2),
    }[kind]
    steps = [
        np.abs(np.diff(image, axis=axis, **({"append": image.take([0], axis)} if wrap else {}))) for axis in (1, 2)
    ]
    expected = sum(shape(step).sum() for step in steps) / 3 / np.sqrt(7 * 11)
    spec = Smoothness(kind=kind, wrap=wrap, **({} if kind == "tv" else {"edge": 0.2}))
    assert value(spec, image, env, fake_look).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("wrap", [False, True])
def test_total_variation_of_distant_neighbours_against_numpy(wrap, env, fake_look):
    image = np.random.default_rng(2).random((3, 7, 11))
    if wrap:
        steps = [np.abs(np.roll(image, -4, axis) - image) for axis in (1, 2)]
    else:
        steps = [np.abs(image[:, 4:] - image[:, :-4]), np.abs(image[:, :, 4:] - image[:, :, :-4])]
    expected = sum(step.sum() for step in steps) / 3 / np.sqrt(7 * 11) / 4
    assert value(Smoothness(spacing=4, wrap=wrap), image, env, fake_look).item() == pytest.approx(expected, rel=1e-5)


def test_neighbours_further_apart_than_the_picture_is_wide_cost_nothing(env, fake_look):
    assert value(Smoothness(spacing=9), np.random.default_rng(0).random((3, 5, 8)), env, fake_look).item() == 0


def test_spacing_frees_grain_but_no_edge(env, fake_look):
    edge = np.zeros((3, 32, 32))
    edge[:, :, 16:] = 1
    grain = np.random.default_rng(0).random((3, 32, 32))
    for spec in (Smoothness(spacing=4), Smoothness()):
        assert value(spec, edge, env, fake_look).item() == pytest.approx(1)
    fine, coarse = (value(Smoothness(spacing=n), grain, env, fake_look).item() for n in (1, 4))
    assert coarse < 0.3 * fine


@pytest.mark.parametrize(("wrap", "mode"), [(False, "nearest"), (True, "wrap")])
def test_the_blur_beforehand_against_scipy(wrap, mode, env, fake_look):
    image = np.random.default_rng(3).random((3, 20, 30))
    blurred = scipy.ndimage.gaussian_filter(image, (0, 2, 2), mode=mode, truncate=3)
    expected = value(Smoothness(wrap=wrap), blurred, env, fake_look).item()
    assert value(Smoothness(blur=0.1, wrap=wrap), image, env, fake_look).item() == pytest.approx(expected, rel=1e-4)


def test_sharpness_against_numpy_and_scipy(env, fake_look):
    image = np.random.default_rng(4).random((3, 9, 14))
    steps = sum((np.diff(image, axis=axis) ** 2).sum() for axis in (1, 2)) / 3 / np.sqrt(9 * 14)
    bends = sum((scipy.ndimage.laplace(channel, mode="nearest") ** 2).sum() for channel in image) / 3 / np.sqrt(9 * 14)
    for measure, energy in (("gradient", steps), ("laplacian", bends)):
        spec = Sharpness(measure=measure)
        assert value(spec, image, env, fake_look).item() == pytest.approx(1 / (1 + energy), rel=1e-4)
        assert value(spec, np.full((3, 1, 1), 0.4), env, fake_look).item() == 1


@pytest.mark.parametrize("measure", ["gradient", "laplacian"])
def test_a_hard_edge_is_sharper_than_a_ramp_of_the_same_height(measure, env, fake_look):
    ramp, edge = (np.tile(np.clip((np.arange(16) - 7.5) * slope + 0.5, 0, 1), (3, 16, 1)) for slope in (0.2, 9))
    spec = Sharpness(measure=measure)
    assert value(spec, edge, env, fake_look) < 0.8 * value(spec, ramp, env, fake_look)
    assert value(Smoothness(), edge, env, fake_look).item() == pytest.approx(
        value(Smoothness(), ramp, env, fake_look).item()
    )


def test_descent_sharpens_a_soft_edge(env, fake_look):
    image = torch.linspace(0.2, 0.8, 16).expand(1, 3, 16, 16).clone().requires_grad_()
    loss = Sharpness(measure="laplacian").build(env(16, 16))
    for _ in range(30):
        (gradient,) = torch.autograd.grad(loss(fake_look(image)), image)
        image = (image - 0.1 * gradient / gradient.norm()).clamp(0, 1).detach().requires_grad_()
    assert image.diff(dim=-1).abs().max() > 3 * 0.6 / 15


@pytest.mark.parametrize(
    "spec",
    [Smoothness(), Smoothness(kind="clipped"), Symmetry(), Symmetry(axis="diagonal"), Sharpness()],
    ids=["tv", "clipped", "mirror", "diagonal", "sharpness"],
)
def test_the_same_picture_counts_the_same_at_any_size(spec, env, fake_look):
    small = np.zeros((3, 16, 16))
    small[:, :, 4:] = 1
    small[:, 6:] *= 0.5
    large = small.repeat(8, axis=1).repeat(8, axis=2)
    assert value(spec, small, env, fake_look).item() == pytest.approx(
        value(spec, large, env, fake_look).item(), rel=1e-5
    )


def test_an_edge_across_a_square_is_one(env, fake_look):
    image = np.zeros((3, 10, 10))
    image[:, :, 5:] = 1
    assert value(Smoothness(), image, env, fake_look).item() == pytest.approx(1)
    assert value(Smoothness(wrap=True), image, env, fake_look).item() == pytest.approx(2)
    assert value(Smoothness(kind="clipped"), image, env, fake_look).item() == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("spec", "fields", "message"),
    [
        (Symmetry, {"axis": "rotation", "folds": 1}, "greater than or equal to 2"),
        (Symmetry, {"folds": 3}, "'folds' belongs to 'axis: rotation'"),
        (Smoothness, {"edge": 0.2}, "'edge' belongs to"),
    ],
)
def test_mistakes_are_named(spec, fields, message):
    with pytest.raises(ValidationError, match=message):
        spec(**fields)


def test_presets_read_back():
    for spec in SPECS:
        assert type(spec).model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec
