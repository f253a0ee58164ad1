"""What holds for every loss about pixels, whatever it measures."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.utils import save_image

import artgen_losses
from artgen.testing import LossContract, PlainLook, make_env, make_image

PICTURE, MASK = "picture", "mask"
CASES = {
    "sharpness": {},
    "sharpness by the laplacian": {"measure": "laplacian"},
    "saturation": {},
    "saturation as hsv": {"measure": "hsv", "target": 0.3},
    "colourfulness": {},
    "colourfulness to a target": {"target": 30},
    "range": {"low": 0.3, "high": 0.6},
    "exposure": {"brightness": 0.4, "contrast": 0.3},
    "exposure of blue": {"brightness": 0.9, "channel": "blue"},
    "edge": {},
    "edge of a picture": {"image": PICTURE, "mask": MASK, "margins": (0.1, 0, 0.2, 0.3), "whole": 0.1},
    "vignette": {"centre": (0.2, 0.6), "deviation": (0.1, 0.4), "colour": "navy"},
    "target": {"image": PICTURE},
    "target in l1": {"image": PICTURE, "distance": "l1", "blur": 0.1},
    "target in structure": {"image": PICTURE, "distance": "ssim", "mask": MASK},
    "stay": {"distance": "ssim"},
    "diversity": {},
    "diversity in a perceptor's eyes": {"perceptor": "clip"},
    "agreement": {},
}
TYPES = {spec.model_fields["type"].default: spec for spec in artgen_losses.artgen_losses()}
# Their windows are so many pixels wide.
IN_PIXELS = {"target in structure", "stay", "sharpness by the laplacian"}
# In a process of its own, which `contracts` pays for.
CHECKS = {name for name in dir(LossContract) if name.startswith("test_")} - {"test_importing_it_needs_no_torch"}
every = pytest.mark.parametrize("case", CASES)


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """The spec of a case, with its pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    save_image(make_image(1, (40, 50), seed=5)[0].detach(), folder / "picture.png")
    shade = np.linspace(0, 255, 50).astype(np.uint8)[None].repeat(40, axis=0)
    Image.fromarray(shade).save(folder / "mask.png")

    def make(case):
        given = {
            name: folder / f"{part}.png" if part in (PICTURE, MASK) else part for name, part in CASES[case].items()
        }
        return TYPES[case.partition(" ")[0]](**given)

    return make


def start(size, batch):
    return make_image(1, size, seed=7).detach().expand(batch, -1, -1, -1)


def judge(spec, image):
    size = tuple(image.shape[-2:])
    env = make_env(size=size, seeds=tuple(range(len(image))), start=start(size, len(image)))
    return spec.build(env)(PlainLook(image, env.perceptors))


class Contract(LossContract):
    """The contract, with a start to stay near."""

    def build(self, env=None):
        env = env or make_env()
        return super().build(replace(env, start=start(env.size, env.batch).to(env.device)))


@every
@pytest.mark.parametrize("check", sorted(CHECKS))
def test_the_contract_is_kept(case, check, build):
    contract = Contract()
    contract.spec = build(case)
    getattr(contract, check)()


@every
@pytest.mark.parametrize("size", [(1, 1), (3, 50), (17, 5), (1, 8)], ids=str)
def test_odd_sizes_and_flat_pictures_have_finite_gradients(case, size, build):
    flat = torch.full((1, 3, *size), 0.5)
    image = torch.cat((torch.rand(2, 3, *size), flat, flat * 0, flat * 2)).requires_grad_()
    loss = judge(build(case), image)
    assert loss.shape == (5,) and loss.isfinite().all()
    loss.sum().backward()
    assert image.grad.isfinite().all()


@every
def test_a_few_steps_of_descent_lower_it(case, build):
    spec = build(case)
    image = make_image(2, (16, 16), seed=2)
    before = judge(spec, image).sum().item()
    for _ in range(5):
        (gradient,) = torch.autograd.grad(judge(spec, image).sum(), image)
        image = (image - 0.02 * gradient / gradient.norm()).clamp(0, 1).detach().requires_grad_()
    assert judge(spec, image).sum().item() < before


@pytest.mark.parametrize("case", sorted({*CASES} - IN_PIXELS))
def test_the_same_picture_counts_the_same_at_twice_the_size(case, build):
    small = make_image(2, (20, 40), seed=3).detach().round(decimals=1)
    large = small.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    # Pictures and views are resampled, and Gaussians sampled.
    coarse = {"image", "deviation", "perceptor"} & set(CASES[case]) or case == "agreement"
    tolerance = 0.02 if coarse else 1e-4
    assert torch.allclose(judge(build(case), small), judge(build(case), large), atol=tolerance)


@every
def test_a_preset_reads_back(case, build):
    spec = build(case)
    assert type(spec).model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec


def test_every_loss_has_a_case_here_or_in_the_tests_of_its_own():
    assert {name.partition(" ")[0] for name in CASES} | {"symmetry", "smoothness", "palette"} >= set(TYPES)
