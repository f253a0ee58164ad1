"""Score distillation against closed forms, with diffusers' schedulers and Stable Diffusion in miniature."""

import diffusers
import pytest
import torch
from pydantic import ValidationError

import artgen as package
from artgen.api import InputError, Prompt, Schedule
from artgen.testing import LossContract, PlainLook, make_env, make_image
from artgen_clip import OpenClip
from artgen_diffusion import Distill, sampling, schedules
from artgen_diffusion.distilling import forms
from artgen_diffusion.distilling.loss import DistillLoss
from artgen_diffusion.sampling import Level
from tests.helpers.stable_models import NOISE

SIZE = (16, 16)
MEAN, DEVIATION = 0.4, 0.5
LEVELS = [Level.of(number, square) for number, square in enumerate(schedules.trained(NOISE))]
CHECKS = {name for name in dir(LossContract) if name.startswith("test_")} - {"test_importing_it_needs_no_torch"}


def gaussian(noisy, level, cfg):
    """The noise that a perfect model of independent N(MEAN, DEVIATION^2) expects: sigma (x_t - alpha mu) / var."""
    variance = (level.alpha * DEVIATION) ** 2 + level.sigma**2
    return level.sigma * (noisy - level.alpha * MEAN) / variance


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def expected(clean, level):
    """The mean of DreamFusion's gradient over the noise, without w(t)."""
    return level.sigma * level.alpha * (clean - MEAN) / ((level.alpha * DEVIATION) ** 2 + level.sigma**2)


def test_the_mean_of_sds_is_the_score_of_a_gaussian():
    clean, level = torch.full((1, 200_000), 1.7), LEVELS[400]
    found = forms.sds(gaussian, clean, level, normal(1, 200_000), 1)
    assert found.mean() == pytest.approx(expected(1.7, level), abs=0.01)


def test_sds_leads_to_the_mode():
    values = torch.full((1, 500), 3.0)
    for step in range(400):
        level = LEVELS[int(torch.rand((), generator=torch.Generator().manual_seed(step)) * 900) + 50]
        values -= 0.1 * level.sigma**2 * forms.sds(gaussian, values, level, normal(1, 500, seed=step), 1)
    assert values.mean() == pytest.approx(MEAN, abs=0.05)


def test_what_is_read_out_of_the_picture_varies_less():
    """At one picture and one level the inverted forms say one thing, where `sds` says another for each noise."""
    clean, level = torch.full((1, 1), 1.7), LEVELS[400]
    draws = torch.cat([forms.sds(gaussian, clean, level, normal(1, 1, seed=seed), 1) for seed in range(200)])
    path = [LEVELS[number] for number in forms.visited(400, 20)]
    said = [forms.sdi(gaussian, clean, path, 0), forms.ism(gaussian, clean, path, LEVELS[450], 1)]
    assert draws.std() > 0.1
    # A model without a text is inverted exactly where the steps are small, so that only the exaggeration is left.
    assert all(one.abs().item() < draws.std() for one in said)
    kept = forms.dds(gaussian, gaussian, clean, clean, level, normal(1, 1), 1)
    assert torch.equal(kept, torch.zeros(1, 1)), "what is not changed is left alone"


def test_the_delta_of_two_pictures_has_no_noise_in_it():
    level = LEVELS[400]
    clean, source = torch.full((1, 1), 1.7), torch.full((1, 1), 0.2)
    found = [forms.dds(gaussian, gaussian, clean, source, level, normal(1, 1, seed=seed), 1) for seed in range(5)]
    wanted = expected(1.7, level) - expected(0.2, level)
    torch.testing.assert_close(torch.cat(found), torch.full((5, 1), wanted))


def test_an_inversion_is_the_way_that_ddim_comes():
    """Backwards in many steps, and forwards again by diffusers' own scheduler."""
    path = [LEVELS[number] for number in forms.visited(500, 500)]
    clean = normal(1, 8)
    noisy = forms.inverted(gaussian, clean, path, 0)
    scheduler = diffusers.DDIMScheduler(**NOISE, clip_sample=False, set_alpha_to_one=False)
    scheduler.set_timesteps(1000)
    for number in range(500, 0, -1):
        noisy = scheduler.step(gaussian(noisy, LEVELS[number], 0), number, noisy).prev_sample
    torch.testing.assert_close(noisy / LEVELS[0].alpha, clean, atol=0.02, rtol=0)


@pytest.mark.parametrize("weighting", ["sigma2", "uniform", "clean"])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_the_gradient_is_the_formula_s(weighting, prediction, picture_model):
    """With diffusers' `add_noise` and table; only the noise itself is taken from here."""
    folder = picture_model(scheduler={**NOISE, "prediction_type": prediction})
    settings = {"least_noise": 0.4, "most_noise": 0.4, "weighting": weighting}
    env, image = make_env(size=SIZE, seeds=(3, 7)), make_image(2, SIZE)
    value = Distill(model=str(folder), cfg=0, **settings).build(env)(PlainLook(image, {}, 2))
    (gradient,) = torch.autograd.grad(value.sum(), image)
    scheduler = diffusers.DDPMScheduler.from_pretrained(folder / "scheduler")
    network = diffusers.UNet2DModel.from_pretrained(folder / "unet")
    time = torch.tensor(round(0.4 * 999))
    noise, clean = env.random.normal("noise", (3, *SIZE), 2), (image.detach() * 2 - 1).requires_grad_()
    noisy = scheduler.add_noise(clean, noise, time.expand(2)).detach()
    with torch.no_grad():
        output = network(noisy, time).sample
    square = scheduler.alphas_cumprod[time]
    if prediction == "v_prediction":
        output = square.sqrt() * output + (1 - square).sqrt() * noisy
    weight = {"sigma2": 1 - square, "uniform": 1, "clean": (1 / square - 1).sqrt()}[weighting]
    residual = weight * (output - noise)
    torch.testing.assert_close(gradient, 2 * residual / residual[0].numel(), atol=1e-6, rtol=1e-3)
    torch.testing.assert_close(value, residual.square().flatten(1).mean(1) / 2, rtol=1e-3, atol=1e-5)


CASES = {
    "sds": {},
    "sds in pixels": {"space": "picture", "weighting": "clean", "most_noise": 0.5},
    "dds": {"form": "dds", "source": "blue"},
    "ism": {"form": "ism", "inversion": 2},
    "sdi": {"form": "sdi", "inversion": 2},
    "half": {"precision": "bf16", "vae_precision": "bf16", "chunk": 1},
}


@pytest.fixture
def build(stable):
    """Stable Diffusion's loss, told prompts as (text, weight) or text."""

    def make(*prompts, seeds=(3, 7), model=stable, start=True, **settings):
        told = tuple(
            Prompt(text=text, weight=Schedule.constant(weight))
            for text, weight in ((one, 1) if isinstance(one, str) else one for one in prompts)
        )
        begun = make_image(1, (32, 32), seed=5).detach().expand(len(seeds), -1, -1, -1)
        env = make_env(size=(32, 32), seeds=seeds, prompts=told, start=begun if start else None)
        return Distill(model=str(model), **{"resolution": 32, **settings}).build(env)

    return make


def pull(loss, image, step=4):
    image = image.detach().requires_grad_()
    value = loss(PlainLook(image, {}, step))
    value.sum().backward()
    return value.detach(), image.grad


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_the_same_again_alone_and_beside_a_prompt_that_weighs_nothing(case, build):
    image = make_image(2, (32, 32))
    value, gradient = pull(build("a red heart", **case), image)
    assert value.shape == (2,) and value.isfinite().all() and gradient.abs().amax(dim=(1, 2, 3)).min() > 0
    for other, picture in (
        (build("a red heart", **case), image),
        (build("a red heart", ("blue", 0), **case), image),
    ):
        again = pull(other, picture)
        assert torch.equal(again[0], value) and torch.equal(again[1], gradient)
    alone = pull(build("a red heart", seeds=(7,), **case), image[1:])
    loose = 0.05 if "precision" in case else 1e-4
    torch.testing.assert_close(alone[1][0], gradient[1], rtol=loose, atol=loose * gradient.abs().max().item())
    told = pull(build("a red heart", ("blue", 1), **case), image)
    assert not torch.equal(told[1], gradient)


def test_several_prompts_are_composed_by_their_shares(build, monkeypatch):
    noise = [forms.composed(torch.zeros(1), [torch.ones(1), 3 * torch.ones(1)], weights, 2.0) for weights in
             ([1, 1], [1, -1], [2, 2], [1, 3])]  # fmt: skip
    assert [one.item() for one in noise] == [4, -2, 4, 5]
    pair, doubled = (pull(build("red", ("blue", -1)), make_image(1, (32, 32))) for _ in range(2))
    assert torch.equal(pair[1], doubled[1])


def test_the_large_one_and_mixed_precision_have_opinions_too(build, stable_xl):
    value, gradient = pull(build("a red heart", model=stable_xl, cfg=3), make_image(2, (32, 32)))
    assert value.isfinite().all() and gradient.abs().max() > 0
    full, half = (pull(build("a red heart", precision=one), make_image(2, (32, 32)))[1] for one in ("fp32", "bf16"))
    assert torch.nn.functional.cosine_similarity(full.flatten(), half.flatten(), dim=0) > 0.98


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "a cat"}, "'source' belongs to 'form: dds'"),
        ({"inversion": 3}, "'inversion' belongs to 'form: ism or sdi'"),
        ({"resolution": 64}, "'resolution' belongs to other models"),
        ({"model": "a/b", "hand": "flat"}, "'hand' belongs to 'model: embedded'"),
        ({"model": "emedded"}, "no model is called 'emedded'"),
    ],
)
def test_what_does_not_fit_is_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        Distill(**settings)


def test_a_model_without_texts_says_what_it_does_not_read(picture_model):
    env = make_env(size=SIZE)
    with pytest.raises(InputError, match="was trained without texts, so nothing reads 'cfg'"):
        Distill(model=str(picture_model()), cfg=3).build(env)


@pytest.fixture(scope="module")
def clip():
    return OpenClip().build(make_env(size=SIZE))


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_the_contract_is_kept_by_the_embedded_model(check, clip):
    class Case(LossContract):
        spec = Distill(space="picture", cfg=0)

    getattr(Case(), check)()


def test_the_embedded_model_leads_to_what_it_is_told(clip):
    """A few steps from grey; the text is then nearest to what was asked for, in the eyes of CLIP."""
    texts = ["a fox", "a fish", "a house", "a rocket"]
    env = make_env(size=(48, 48), prompts=(Prompt(text="a fox"),), perceptors={"clip": clip})
    loss = Distill(space="picture", weighting="clean", least_noise=0.5, most_noise=0.8, hand="flat").build(env)
    image, values = torch.full((1, 3, 48, 48), 0.5), []
    for step in range(10):
        value, gradient = pull(loss, image, step)
        values.append(value.item())
        image = (image - 0.4 * gradient * image.numel()).clamp(0, 1)
    assert min(values[-3:]) < 0.3 * values[0]
    shown = torch.nn.functional.interpolate(image, (clip.size, clip.size), mode="bilinear")
    likes = clip.embed_images(shown) @ clip.embed_texts(texts).T
    assert likes.argmax().item() == 0
    assert isinstance(loss, DistillLoss) and loss.credits and loss.weights


def test_a_run_with_it_replays_to_the_same_bytes(stable):
    preset = {
        "prompts": "a red heart | blue:-0.5", "seed": 5, "size": [32, 32], "steps": 4, "batch": 2,
        "generator": {"type": "pixel"},
        "losses": [{"type": "distill", "model": str(stable), "resolution": 32, "form": "ism"}],
    }  # fmt: skip
    first, again = (package.run(preset, note=lambda line: None) for _ in range(2))
    assert torch.equal(first.images, again.images) and first.recipe["weights"]
    assert sampling.PREDICTIONS
