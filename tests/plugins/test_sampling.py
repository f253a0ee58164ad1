"""The sampler's arithmetic, against diffusers' schedulers and by itself."""

import itertools
import math

import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler
from hypothesis import given
from hypothesis import strategies as st

from artgen.api import InputError
from artgen_diffusion import sampling

COSINE = {"beta_schedule": "squaredcos_cap_v2", "clip_sample": False}
PREDICTIONS = ("epsilon", "sample", "v_prediction")


def network(x, timestep):
    return torch.tanh(0.7 * x + timestep / 1000)


def noise(step):
    return torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(step))


def travel(scheduler, **options):
    """What a scheduler of diffusers makes of the same network and noise."""
    x = noise(1000)
    for step, timestep in enumerate(scheduler.timesteps):
        output = network(x, int(timestep))
        x = scheduler.step(output, timestep, x, variance_noise=noise(step), **options).prev_sample
    return x


def sample(levels, prediction, move):
    """The same with the functions under test; `move` steps from (step, x, x0, eps)."""
    x = noise(1000)
    for step, level in enumerate(levels[:-1]):
        x0, eps = sampling.split(network(x, level.timestep), x, level, prediction)
        x = move(step, x, x0, eps)
    return x


@pytest.mark.parametrize("prediction", PREDICTIONS)
@pytest.mark.parametrize("eta", [0.0, 0.6, 1.0])
def test_ddim_is_that_of_diffusers(prediction, eta):
    # The linear table's first level leaves an epsilon model enough signal for a comparison in float32.
    config = {**COSINE, "beta_schedule": "linear", "prediction_type": prediction}
    scheduler = DDIMScheduler(**config)
    scheduler.set_timesteps(20)
    levels = sampling.levels(config, 20)
    made = sample(
        levels,
        prediction,
        lambda step, x, x0, eps: sampling.ddim(x0, eps, levels[step], levels[step + 1], eta, noise(step)),
    )
    torch.testing.assert_close(made, travel(scheduler, eta=eta), atol=1e-3, rtol=1e-4)


def test_ddim_with_full_noise_is_ddpm():
    config = {**COSINE, "prediction_type": "v_prediction"}
    scheduler = DDPMScheduler(**config, variance_type="fixed_small")
    levels = sampling.levels(config, 50)
    scheduler.set_timesteps(50)
    x, x0, eps = noise(1), noise(2), noise(3)
    for step, timestep in list(enumerate(scheduler.timesteps))[1:49]:
        level = levels[step]
        x = level.alpha * x0 + level.sigma * eps
        velocity = level.alpha * eps - level.sigma * x0
        draw = torch.Generator().manual_seed(7)
        theirs = scheduler.step(velocity, timestep, x, generator=draw).prev_sample
        fresh = torch.randn(x.shape, generator=draw.manual_seed(7))
        ours = sampling.ddim(x0, eps, level, levels[step + 1], 1.0, fresh)
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("algorithm", "eta"), [("dpmsolver++", 0.0), ("sde-dpmsolver++", 1.0)])
def test_dpm_is_that_of_diffusers(algorithm, eta):
    config = {**COSINE, "prediction_type": "v_prediction", "timestep_spacing": "trailing"}
    del config["clip_sample"]
    scheduler = DPMSolverMultistepScheduler(**config, algorithm_type=algorithm, final_sigmas_type="zero")
    scheduler.set_timesteps(20)
    levels = sampling.levels(config, 20)
    assert [level.timestep for level in levels[:-1]] == scheduler.timesteps.tolist()
    previous = None

    def move(step, x, x0, eps):
        nonlocal previous
        moved = sampling.dpm(x, x0, levels[step], levels[step + 1], eta, noise(step), previous)
        previous = x0, levels[step]
        return moved

    torch.testing.assert_close(sample(levels, "v_prediction", move), travel(scheduler), atol=1e-5, rtol=1e-5)


@given(st.sampled_from(PREDICTIONS), st.floats(1e-4, 1 - 1e-4))
def test_what_is_predicted_is_split_into_picture_and_noise(prediction, alpha_squared):
    level = sampling.Level.of(0, alpha_squared)
    x0, eps = noise(1), noise(2)
    x = level.alpha * x0 + level.sigma * eps
    outputs = {"epsilon": eps, "sample": x0, "v_prediction": level.alpha * eps - level.sigma * x0}
    found = sampling.split(outputs[prediction], x, level, prediction)
    slack = 1e-5 / min(level.alpha, level.sigma)
    torch.testing.assert_close(found, (x0, eps), atol=slack, rtol=0)


@given(st.floats(0.01, 0.98), st.floats(0.01, 0.98))
def test_going_back_gives_the_noisier_level(one, other):
    cleaner, noisier = (sampling.Level.of(0, alpha_squared) for alpha_squared in (max(one, other), min(one, other)))
    kept = noisier.alpha / cleaner.alpha
    moved = sampling.renoise(torch.ones(1), cleaner, noisier, torch.zeros(1))
    added = sampling.renoise(torch.zeros(1), cleaner, noisier, torch.ones(1))
    assert moved.item() == pytest.approx(kept, rel=1e-5)
    assert (kept * cleaner.sigma) ** 2 + added.item() ** 2 == pytest.approx(noisier.sigma**2, rel=1e-3)


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
@pytest.mark.parametrize("steps", [1, 7, 100])
def test_levels_go_from_noisy_to_clean(spacing, steps):
    config = {**COSINE, "rescale_betas_zero_snr": True, "num_train_timesteps": 100}
    levels = sampling.levels(config, steps, spacing)
    assert len(levels) == steps + 1
    assert all(before.alpha < after.alpha for before, after in itertools.pairwise(levels))
    assert (levels[-1].alpha, levels[-1].sigma) == (1, 0)
    assert all(level.alpha > 0 and math.isclose(level.alpha**2 + level.sigma**2, 1) for level in levels)


def test_schedulers_that_cannot_be_used_are_named():
    with pytest.raises(InputError, match="ScoreSdeVeScheduler, which has no table of betas"):
        sampling.levels({"_class_name": "ScoreSdeVeScheduler", "sigma_max": 50}, 10)
    with pytest.raises(InputError, match="the model predicts 'flow'; only epsilon, sample, v_prediction"):
        sampling.prediction_of({"prediction_type": "flow"})
    with pytest.raises(InputError, match="at most 100 steps; the preset has 101"):
        sampling.levels({**COSINE, "num_train_timesteps": 100}, 101)
    with pytest.raises(InputError, match="diffusers cannot read the model's scheduler"):
        sampling.levels({"beta_schedule": "cubic"}, 10)


@given(
    st.lists(st.floats(-(2**90), 2**90, width=32, allow_subnormal=False), min_size=4, max_size=4), st.floats(1e-3, 1e3)
)
def test_gradients_are_shaped_per_picture(numbers, limit):
    gradient = torch.tensor(numbers).view(2, 1, 1, 2)
    lengths = [math.hypot(*row.flatten().tolist()) / math.sqrt(2) for row in gradient]
    for row, length in zip(sampling.normalised(gradient), lengths, strict=True):
        assert math.hypot(*row.flatten().tolist()) / math.sqrt(2) == pytest.approx(length and 1, rel=1e-3)
    for row, length in zip(sampling.clamped(gradient, limit), lengths, strict=True):
        assert math.hypot(*row.flatten().tolist()) / math.sqrt(2) == pytest.approx(min(length, limit), rel=1e-3)


def test_dynamic_thresholding_scales_what_is_left():
    picture = torch.linspace(-4, 4, 101).view(1, 1, 1, 101)
    kept = sampling.thresholded(torch.cat((picture, picture / 8)), 0.5)
    torch.testing.assert_close(kept[0], (picture[0] / 2).clamp(-1, 1))  # half of all lie within 2
    assert torch.equal(kept[1], picture[0] / 8)  # one within the range already stays as it is
