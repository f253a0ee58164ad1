"""Score distillation against closed forms, with diffusers' schedulers and Stable Diffusion in miniature."""

import diffusers
import pytest
import torch
from pydantic import TypeAdapter, ValidationError

import artgen as package
from artgen.api import InputError, Prompt, Schedule
from artgen.testing import PlainLook, make_env, make_image
from artgen_clip import OpenClip
from artgen_diffusion import Distill, schedules
from artgen_diffusion.distilling import forms
from artgen_diffusion.sampling import Level
from tests.helpers.stable_models import NOISE
from tests.helpers.stopped import resumed, stopped

SIZE = (16, 16)
MEAN, DEVIATION = 0.4, 0.5
LEVELS = [Level.of(number, square) for number, square in enumerate(schedules.trained(NOISE))]


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


def test_the_delta_has_the_mean_of_sds_and_none_of_its_noise():
    """Against the noise of a picture at the mode, where a perfect model finds nothing to change."""
    clean, source, level = torch.full((1, 50_000), 1.7), torch.full((1, 50_000), MEAN), LEVELS[400]
    noise = normal(1, 50_000)
    noisy = forms.sds(gaussian, clean, level, noise, 1)
    calm = forms.dds(gaussian, gaussian, clean, source, level, noise, 1)
    kept = (level.alpha * DEVIATION) ** 2
    assert noisy.std() == pytest.approx(kept / (kept + level.sigma**2), rel=0.02)
    torch.testing.assert_close(calm, torch.full_like(calm, expected(1.7, level)), atol=1e-5, rtol=0)


def test_the_inverted_forms_are_what_the_flow_of_a_gaussian_says():
    """Its probability flow keeps (x_t - alpha mu) / deviation of x_t; no noise is drawn, so that nothing varies."""
    path = [LEVELS[number] for number in forms.visited(400, 400)]
    spread = [((one.alpha * DEVIATION) ** 2 + one.sigma**2) ** 0.5 for one in LEVELS]
    clean, level = torch.full((1, 1), 1.7), LEVELS[400]
    wanted = (1.7 - MEAN) * level.alpha / level.sigma * (1 - level.alpha * DEVIATION / spread[400])
    assert forms.sdi(gaussian, clean, path, 0).item() == pytest.approx(wanted, abs=0.02)
    before, after = (LEVELS[number].sigma / spread[number] for number in (400, 450))
    found = forms.ism(gaussian, clean, path, LEVELS[450], 1).item()
    assert found == pytest.approx((1.7 - MEAN) / DEVIATION * (after - before), abs=0.02)
    at_home = torch.full((1, 1), MEAN)
    assert forms.sdi(gaussian, at_home, path, 0).item() == pytest.approx(0, abs=1e-3)


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
    """Stable Diffusion's loss, told prompts as such, as texts, or as (text, weight)."""

    def prompt(one):
        if isinstance(one, Prompt):
            return one
        text, weight = (one, 1) if isinstance(one, str) else one
        return Prompt(text=text, weight=weight if isinstance(weight, Schedule) else Schedule.constant(weight))

    def make(*prompts, seeds=(3, 7), model=stable, note=None, **settings):
        begun = make_image(1, (32, 32), seed=5).detach().expand(len(seeds), -1, -1, -1)
        more = {} if note is None else {"note": note}
        env = make_env(size=(32, 32), seeds=seeds, prompts=tuple(map(prompt, prompts)), start=begun, **more)
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


def test_several_prompts_are_composed_by_their_shares(build):
    shares = ([1, 1], [1, -1], [2, 2], [1, 3])
    noises = [forms.composed(torch.zeros(1), [torch.ones(1), 3 * torch.ones(1)], weights, 2.0) for weights in shares]
    assert [one.item() for one in noises] == [4, -2, 4, 5]
    image = make_image(2, (32, 32))
    once, twice = pull(build("red", ("blue", -1)), image), pull(build(("red", 2), ("blue", -2)), image)
    torch.testing.assert_close(once, twice)
    assert not torch.equal(once[1], pull(build("red", ("blue", 1)), image)[1])


def test_prompts_over_time_are_heard_as_they_are_at_the_step(build):
    """One that fades in, and one that travels from text to text."""
    image = make_image(2, (32, 32))
    fading = ("blue", TypeAdapter(Schedule).validate_python({0: 0, "50%": 1}))
    for step, weight in ((0, 0), (9, 1)):
        found, wanted = (pull(build("red", blue), image, step)[1] for blue in (fading, ("blue", weight)))
        assert torch.equal(found, wanted)
    way = Prompt(travel={"texts": ("red", "blue"), "at": {"20%": 0, "80%": 1}})
    for step, text in ((0, "red"), (9, "blue")):
        assert torch.equal(pull(build(way), image, step)[1], pull(build(text), image, step)[1])
    between = pull(build(way), image, 5)[1]
    assert all(not torch.equal(between, pull(build(text), image, 5)[1]) for text in ("red", "blue"))


def test_what_is_no_text_is_left_out_with_a_line(build):
    notes = []
    build("red", Prompt(noise=1), note=notes.append)
    assert notes == ["distill: reads texts alone, and leaves out 1 of 2 prompts"]


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


def test_the_embedded_model_leads_to_what_it_is_told():
    """A few steps from grey; CLIP then takes the picture for what was asked for. A batch changes no bit of it."""
    clip = OpenClip().build(make_env(size=(48, 48)))
    told = {"size": (48, 48), "prompts": (Prompt(text="a fox"),), "perceptors": {"clip": clip}}
    spec = Distill(weighting="clean", least_noise=0.5, most_noise=0.8, hand="flat")
    loss = spec.build(make_env(seeds=(4,), **told))
    image, values = torch.full((1, 3, 48, 48), 0.5), []
    beside = torch.cat([make_image(1, (48, 48)).detach(), image])
    for step in range(8):
        value, gradient = pull(loss, image, step)
        if step == 0:
            both = pull(spec.build(make_env(seeds=(9, 4), **told)), beside, step)
            assert torch.equal(both[0][1:], value) and torch.equal(both[1][1:], gradient)
        values.append(value.item())
        image = (image - 0.4 * gradient * image[0].numel()).clamp(0, 1)
    assert max(values[-3:]) < 0.3 * values[0]
    shown = torch.nn.functional.interpolate(image, (clip.size, clip.size), mode="bilinear")
    likes = clip.embed_images(shown) @ clip.embed_texts(["a fox", "a fish", "a house", "a rocket"]).T
    assert likes.argmax().item() == 0
    assert loss.credits and loss.weights


def test_a_run_that_was_stopped_ends_in_the_same_bytes(stable, tmp_path):
    preset = {
        "prompts": "a red heart | blue:-0.5", "seed": 5, "size": [32, 32], "steps": 5, "batch": 2,
        "generator": {"type": "pixel"},
        "losses": [{"type": "distill", "model": str(stable), "resolution": 32}],
    }  # fmt: skip
    straight, again = (package.run(preset, note=lambda line: None) for _ in range(2))
    _, result = resumed(stopped(tmp_path, preset))
    assert torch.equal(straight.images, again.images) and torch.equal(straight.images, result.images)
    assert straight.losses == result.losses and straight.recipe == result.recipe
    assert straight.recipe["weights"]
