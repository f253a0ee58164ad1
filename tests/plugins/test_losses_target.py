import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage.metrics import mean_squared_error, structural_similarity

from artgen.api import InputError, Need
from artgen_losses import Stay, Target

SIZE = (40, 48)


def smooth(seed):
    """(3, H, W) in [0, 1], of 8-bit levels."""
    random = np.random.default_rng(seed).random((3, *SIZE))
    image = gaussian_filter(random, (0, 2, 2))
    return ((image - image.min()) / np.ptp(image) * 255).round() / 255


@pytest.fixture
def written(tmp_path):
    def write(image, name="wanted"):
        levels = (image * 255).round().astype(np.uint8)
        Image.fromarray(levels if levels.ndim == 2 else levels.transpose(1, 2, 0)).save(tmp_path / f"{name}.png")
        return tmp_path / f"{name}.png"

    return write


def value(spec, image, env, fake_look, **more):
    image = torch.as_tensor(image, dtype=torch.float32)
    image = image[None] if image.ndim == 3 else image
    return spec.build(env(*image.shape[-2:], **more))(fake_look(image))


def interior(margin):
    mask = np.zeros(SIZE)
    mask[margin:-margin, margin:-margin] = 1
    return mask


def test_differences_against_numpy_and_scikit_image(env, fake_look, written):
    image, wanted = smooth(0), smooth(1)
    path = written(wanted)
    mse = value(Target(image=path), image, env, fake_look).item()
    assert mse == pytest.approx(mean_squared_error(image, wanted), rel=1e-5)
    l1 = value(Target(image=path, distance="l1"), image, env, fake_look).item()
    assert l1 == pytest.approx(np.abs(image - wanted).mean(), rel=1e-5)


def test_structure_against_scikit_image(env, fake_look, written):
    image, wanted = smooth(0), (smooth(0) * 0.5 + smooth(1) * 0.5)
    _, similarity = structural_similarity(
        image, wanted, channel_axis=0, data_range=1, full=True,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    )  # fmt: skip
    # The two mirror the border in different ways, so that only what is further than a window from it is compared.
    expected = ((1 - similarity) / 2)[:, 6:-6, 6:-6].mean()
    spec = Target(image=written(wanted), distance="ssim", mask=written(interior(6), "mask"))
    assert value(spec, image, env, fake_look).item() == pytest.approx(expected, rel=0.01)


def test_a_mask_is_a_weight(env, fake_look, written):
    image, wanted, mask = smooth(0), smooth(1), smooth(2)[0]
    expected = np.average(((image - wanted) ** 2).mean(axis=0), weights=mask)
    spec = Target(image=written(wanted), mask=written(mask, "mask"))
    assert value(spec, image, env, fake_look).item() == pytest.approx(expected, rel=1e-4)


def test_a_blur_against_scipy(env, fake_look, written):
    image, wanted = np.random.default_rng(0).random((3, *SIZE)), smooth(1)
    blurred = [gaussian_filter(picture, (0, 4, 4), mode="nearest", truncate=3) for picture in (image, wanted)]
    spec = Target(image=written(wanted), blur=0.1)
    assert value(spec, image, env, fake_look).item() == pytest.approx(((blurred[0] - blurred[1]) ** 2).mean(), rel=1e-4)


def test_a_blur_leaves_the_layout(env, fake_look, written):
    """Grain costs much without it and little with it; a shifted picture costs much either way."""
    wanted = np.zeros((3, *SIZE))
    wanted[:, :, 24:] = 0.8
    path = written(wanted)
    grainy = np.clip(wanted + np.random.default_rng(0).normal(0, 0.3, wanted.shape), 0, 1)
    mirrored = wanted[:, :, ::-1].copy()
    share = {
        blur: (value(Target(image=path, blur=blur), grainy, env, fake_look) /
               value(Target(image=path, blur=blur), mirrored, env, fake_look)).item()
        for blur in (0, 0.1)
    }  # fmt: skip
    assert share[0.1] < 0.5 * share[0]


@pytest.mark.parametrize("distance", ["mse", "l1", "ssim"])
def test_the_same_picture_costs_nothing_and_descent_leads_to_it(distance, env, fake_look, written):
    wanted = smooth(1)
    spec = Target(image=written(wanted), distance=distance)
    assert value(spec, wanted, env, fake_look).item() == pytest.approx(0, abs=1e-4)
    image = torch.as_tensor(smooth(0), dtype=torch.float32)[None].requires_grad_()
    optimiser = torch.optim.Adam([image], lr=0.05)
    loss = spec.build(env(*SIZE))
    before = (image.detach()[0].numpy() - wanted).std()
    for _ in range(30):
        optimiser.zero_grad()
        loss(fake_look(image)).sum().backward()
        optimiser.step()
    assert (image.detach()[0].numpy() - wanted).std() < 0.5 * before


@pytest.mark.parametrize("size", [(512, 300), (1, 1), (6, 4)], ids=str)
def test_structure_is_judged_at_any_size(size, env, fake_look, written):
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = Target(image=written(smooth(1)), distance="ssim").build(env(*size))(fake_look(image))
    loss.sum().backward()
    assert 0 <= loss.item() <= 1 and image.grad.isfinite().all()


def test_large_pictures_are_compared_at_the_height_that_ssim_was_made_for(env, fake_look, written):
    path = written(smooth(1))
    small = torch.rand(1, 3, 256, 256, generator=torch.Generator().manual_seed(0))
    large = small.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    spec = Target(image=path, distance="ssim")
    assert value(spec, large, env, fake_look).item() == pytest.approx(
        value(spec, small, env, fake_look).item(), abs=0.01
    )


def test_each_picture_stays_near_its_own_start(env, fake_look):
    start = torch.as_tensor(np.stack([smooth(0), smooth(1)]), dtype=torch.float32)
    image = start.clone()
    image[1] += 0.1
    assert Stay().needs() == {Need.START}
    cost = value(Stay(), image, env, fake_look, seeds=(0, 1), start=start)
    assert cost.tolist() == pytest.approx([0, 0.01], abs=1e-6)
    swapped = value(Stay(distance="l1"), start.flip(0), env, fake_look, seeds=(0, 1), start=start)
    assert swapped.tolist() == pytest.approx([np.abs(smooth(0) - smooth(1)).mean()] * 2, rel=1e-4)


def test_without_a_start_there_is_nothing_to_stay_near(env):
    with pytest.raises(InputError, match=r"stay: .* give it a 'start'"):
        Stay().build(env(*SIZE))


def test_a_black_mask_is_refused(env, written):
    black = written(np.zeros(SIZE), "black")
    with pytest.raises(InputError, match=r"target: .*black\.png: the mask leaves nothing of the picture to judge"):
        Target(image=written(smooth(0)), mask=black).build(env(*SIZE))


def test_a_file_that_is_no_picture_is_named(env, tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(InputError, match=r"notes\.png: no picture that can be read"):
        Target(image=tmp_path / "notes.png").build(env(*SIZE))
