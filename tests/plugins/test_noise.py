"""The search for a better noise, on miniature turbo models."""

import pytest
import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from pydantic import ValidationError
from transformers import CLIPTextModel, CLIPTokenizer

import artgen as package
from artgen.api import Prompt
from artgen.testing import make_env
from artgen_diffusion.noise import clipped, off_length
from artgen_diffusion.noise_spec import Noise


@pytest.fixture
def build(stable):
    def make(seeds=(3,), steps=10, model=stable, **fields):
        env = make_env(size=(32, 32), seeds=seeds, steps=steps, prompts=(Prompt(text="a red heart"),))
        return Noise(model=str(model), **fields).build(env)

    return make


@pytest.fixture
def preset(stable):
    return {
        "prompts": "a red heart",
        "seed": 5,
        "size": [32, 32],
        "steps": 15,
        "batch": 2,
        "generator": {"type": "noise", "model": str(stable), "learning_rate": 20},
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 4}],
        "losses": [{"type": "match"}, {"type": "dark"}],
    }


def pull(generator, target, step):
    """One step towards a target; how far each picture was from it."""
    image = generator.draw(step)
    off = (image.detach() - target).square().flatten(1).mean(dim=1)
    generator.judged(step, off)
    image.backward((image.detach() - target) / image[0].numel())
    generator.advance(step)
    return off


def test_one_pass_is_the_formula(stable, build):
    """x0 = (x - s eps) / a at the noisiest level, decoded: with the library's own parts."""
    load = {"use_safetensors": True, "local_files_only": True}
    scheduler = EulerDiscreteScheduler.from_pretrained(stable, subfolder="scheduler", timestep_spacing="trailing")
    tokens = CLIPTokenizer.from_pretrained(stable, subfolder="tokenizer")(
        "a red heart", padding="max_length", max_length=16, return_tensors="pt"
    )
    text = CLIPTextModel.from_pretrained(stable, subfolder="text_encoder", **load)(tokens.input_ids)[0]
    unet = UNet2DConditionModel.from_pretrained(stable, subfolder="unet", **load)
    vae = AutoencoderKL.from_pretrained(stable, subfolder="vae", **load)
    noise = make_env(seeds=(3,)).random.normal("start", (4, 8, 8))
    signal = scheduler.alphas_cumprod[-1].sqrt()
    x0 = (noise - (1 - signal**2).sqrt() * unet(noise, 999, text).sample) / signal
    expected = (vae.decode(x0 / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)
    torch.testing.assert_close(build().draw(0), expected, atol=1e-4, rtol=0)


def test_the_loss_falls_and_the_best_is_kept(preset):
    drawn = []
    result = package.run(preset, on_step=lambda event: drawn.append(event.image), note=lambda line: None)
    totals = [value for _, value in result.losses["total"]]
    assert sum(totals[-3:]) < sum(totals[:3])
    assert any(torch.allclose(result.images[0], image[0], atol=1e-5) for image in drawn)


@pytest.mark.parametrize("through", [{}, {"passes": 2}, {"optimiser": "adam", "learning_rate": 0.05}, {"cfg": 2}])
def test_the_noise_follows_the_gradient(through, build):
    generator = build(**{"learning_rate": 50, **through})
    off = [pull(generator, 0.9, step) for step in range(10)]
    assert off[-1] < off[0]


def test_after_the_last_step_each_picture_is_its_best(build):
    generator = build(seeds=(3, 4), steps=3)
    shown = []
    for step, totals in enumerate(([3.0, 1.0], [2.0, 2.0], [2.5, 3.0])):
        image = generator.draw(step)
        shown.append(image.detach())
        generator.judged(step, torch.tensor(totals))
        image.sum().backward()
        generator.advance(step)
    last = generator.draw(3)
    torch.testing.assert_close(last[0], shown[1][0], atol=1e-5, rtol=0)
    torch.testing.assert_close(last[1], shown[0][1], atol=1e-5, rtol=0)


def test_the_best_is_part_of_the_state(build, tmp_path):
    first = build()
    kept = first.draw(0).detach()
    first.judged(0, torch.tensor([0.5]))
    first.draw(0).sum().backward()
    first.advance(0)
    torch.save(first.state_dict(), tmp_path / "state.pt")
    second = build(seeds=(99,))
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    second.judged(1, torch.tensor([0.7]))
    torch.testing.assert_close(second.draw(10), kept, atol=1e-5, rtol=0)


def test_the_regulariser_is_the_gradient_of_the_norm_s_likelihood():
    noise = torch.randn(3, 4, 5, 5, generator=torch.Generator().manual_seed(0)).mul(2).requires_grad_()
    length = noise.flatten(1).norm(dim=1)
    (length**2 / 2 - 99 * length.log()).sum().backward()
    torch.testing.assert_close(off_length(noise.detach()), noise.grad)
    settled = torch.ones(1, 10, 10) * (99 / 100) ** 0.5
    assert off_length(settled).abs().max() < 1e-6
    assert off_length(torch.zeros(1, 4)).isfinite().all()


def test_the_regulariser_holds_the_length(build):
    def length(regularise):
        generator = build(steps=30, learning_rate=3, regularise=regularise, clip=10)
        state = generator.state_dict()
        generator.load_state_dict({**state, "noise": state["noise"] * 2})
        for step in range(30):
            (generator.draw(step).sum() * 0).backward()
            generator.advance(step)
        return generator.state_dict()["noise"].norm().item()

    assert length(0) > 30
    assert length(0.01) == pytest.approx((4 * 8 * 8 - 1) ** 0.5, rel=0.1)


def test_each_picture_s_gradient_is_clipped_on_its_own():
    gradient = torch.stack((torch.full((2, 8), 1.0), torch.full((2, 8), 1e-3), torch.zeros(2, 8)))
    shortened = clipped(gradient, 0.1)
    torch.testing.assert_close(shortened.flatten(1).norm(dim=1), torch.tensor([0.1, 4e-3, 0.0]))
    torch.testing.assert_close(shortened[1], gradient[1])


def test_it_works_with_the_large_one(build, stable_xl):
    generator = build(model=stable_xl, learning_rate=50)
    off = [pull(generator, 0.9, step) for step in range(6)]
    assert off[-1] < off[0]


def test_a_negative_prompt_without_cfg_is_refused():
    with pytest.raises(ValidationError, match="'negative' works through 'cfg', which is 1"):
        Noise(model="stabilityai/sd-turbo", negative="blurry")
