"""The noise levels and steps that models are published with; diffusers' own schedulers and pipelines are the oracle."""

import json
import shutil

import diffusers
import pytest
import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline

from artgen.api import InputError, Prompt
from artgen.testing import make_env
from artgen_diffusion import sampling, schedules
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_diffusion.noise_spec import Noise

# What diffusers' own schedulers say of numpy, and of themselves.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SPACINGS = ("leading", "trailing", "linspace")
SIZE = (32, 48)


def config_of(name, **settings):
    return {"_class_name": name, **BETAS, **settings}


def ratios(levels):
    """sigma / alpha of each level but the last, which has no noise."""
    return [level.sigma / level.alpha for level in levels[:-1]]


SOLVERS = ["EulerDiscreteScheduler", "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "DEISMultistepScheduler"]


@pytest.mark.parametrize("steps", [1, 7, 30])
@pytest.mark.parametrize("spacing", [{}, *({"timestep_spacing": spacing, "steps_offset": 1} for spacing in SPACINGS)])
@pytest.mark.parametrize("name", [*SOLVERS, "EulerAncestralDiscreteScheduler"])
def test_each_family_visits_its_own_levels(name, spacing, steps):
    config = config_of(name, **spacing)
    scheduler = getattr(diffusers, name).from_config(config)
    scheduler.set_timesteps(steps)
    levels = sampling.levels(config, steps)
    assert [level.timestep for level in levels[:-1]] == pytest.approx(scheduler.timesteps.tolist())
    expected = scheduler.sigmas[:steps].tolist()
    assert ratios(levels) == pytest.approx(expected, rel=1e-4)
    assert (levels[-1].alpha, levels[-1].sigma) == (1, 0)


@pytest.mark.parametrize("spread", ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"])
@pytest.mark.parametrize("name", SOLVERS)
def test_levels_between_those_of_the_table_are_kept(name, spread):
    if spread == "use_beta_sigmas":
        pytest.importorskip("scipy")
    config = config_of(name, **{spread: True}, timestep_spacing="leading")
    scheduler = getattr(diffusers, name).from_config(config)
    scheduler.set_timesteps(12)
    levels = sampling.levels(config, 12)
    assert ratios(levels) == pytest.approx(scheduler.sigmas[:12].tolist(), rel=1e-5)
    assert [level.timestep for level in levels[:-1]] == pytest.approx(scheduler.timesteps.tolist())
    plain = sampling.levels({**config, spread: False}, 12)
    assert ratios(levels) != pytest.approx(ratios(plain), rel=0.1)


@pytest.mark.parametrize("name", ["HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "LMSDiscreteScheduler"])
def test_other_solvers_go_through_the_levels_of_euler(name):
    config = config_of(name, use_karras_sigmas=True)
    theirs = getattr(diffusers, name).from_config(config)
    theirs.set_timesteps(10)
    for ratio in ratios(sampling.levels(config, 10)):
        assert min(abs(theirs.sigmas / ratio - 1)) < 1e-4


def test_a_spacing_of_the_presets_own_goes_first():
    config = config_of("DPMSolverMultistepScheduler", use_karras_sigmas=True)
    plain = sampling.levels(config_of("DDIMScheduler"), 10, "trailing")
    assert sampling.levels(config, 10, "trailing") == plain


@pytest.fixture
def folder(stable, tmp_path):
    """A miniature model with another scheduler."""

    def make(**config):
        path = shutil.copytree(stable, tmp_path / "model", dirs_exist_ok=True) / "scheduler" / "scheduler_config.json"
        path.write_text(json.dumps(config))
        return tmp_path / "model"

    return make


def build(folder, notes=None, kind=LatentDiffusion, steps=5, **fields):
    note = (notes if notes is not None else []).append
    env = make_env(size=SIZE, seeds=(3,), steps=steps, prompts=(Prompt(text="a red heart"),), note=note)
    return kind(model=str(folder), cfg=1, **fields).build(env)


def drawn(generator):
    for step in range(generator.steps):
        generator.draw(step)
        generator.advance(step)
    return generator.draw(generator.steps).detach()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"timestep_spacing": "leading", "steps_offset": 1},
        {"use_karras_sigmas": True},
        {"use_karras_sigmas": True, "prediction_type": "v_prediction"},
        {"use_exponential_sigmas": True, "timestep_spacing": "trailing"},
    ],
)
def test_auto_draws_as_the_pipeline_that_was_published(settings, folder):
    model = folder(**config_of("DPMSolverMultistepScheduler", **settings))
    scheduler = DPMSolverMultistepScheduler.from_pretrained(model, subfolder="scheduler")
    pipeline = StableDiffusionPipeline.from_pretrained(model, scheduler=scheduler, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    noise = make_env(seeds=(3,)).random.normal("start", (4, SIZE[0] // 4, SIZE[1] // 4))
    told = {"latents": noise, "num_inference_steps": 5, "output_type": "pt", "guidance_scale": 1}
    expected = pipeline("a red heart", height=SIZE[0], width=SIZE[1], **told).images
    notes = []
    torch.testing.assert_close(drawn(build(model, notes, guidance=0)), expected, atol=1e-4, rtol=0)
    assert notes == []


def test_the_stochastic_solver_is_as_stochastic_as_it_was_published(folder):
    config = config_of("DPMSolverMultistepScheduler", algorithm_type="sde-dpmsolver++", use_karras_sigmas=True)
    model, notes = folder(**config), []
    made = drawn(build(model, notes, guidance=0))
    assert notes == []
    assert torch.equal(made, drawn(build(model, guidance=0, scheduler="dpm++", eta=1)))
    assert not torch.equal(made, drawn(build(model, guidance=0, scheduler="dpm++")))


def test_its_steps_are_those_of_diffusers():
    config = config_of("DPMSolverMultistepScheduler", algorithm_type="sde-dpmsolver++", use_karras_sigmas=True)
    scheduler = DPMSolverMultistepScheduler.from_config(config)
    scheduler.set_timesteps(12)
    levels, previous = sampling.levels(config, 12), None
    ours = theirs = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    for step, timestep in enumerate(scheduler.timesteps):
        noise, output = (
            torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(seed + 50 * step)) for seed in (1, 2)
        )
        theirs = scheduler.step(output, timestep, theirs, variance_noise=noise).prev_sample
        x0, _ = sampling.split(output, ours, levels[step], "epsilon")
        ours = sampling.dpm(ours, x0, levels[step], levels[step + 1], 1.0, noise, previous)
        previous = x0, levels[step]
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (config_of("PNDMScheduler"), "PNDMScheduler; 'ddim' is the nearest that is known"),
        (config_of("LCMScheduler"), "LCMScheduler; 'ddim'"),
        (config_of("UniPCMultistepScheduler"), "UniPCMultistepScheduler; 'dpm++'"),
        (config_of("HeunDiscreteScheduler"), "HeunDiscreteScheduler; 'ddim'"),
        (
            config_of("DPMSolverMultistepScheduler", solver_order=3, algorithm_type="dpmsolver", solver_type="heun"),
            "DPMSolverMultistepScheduler with solver_order 3, solver_type heun, algorithm_type dpmsolver; 'dpm++'",
        ),
        (
            config_of("DDPMScheduler", variance_type="fixed_large"),
            "DDPMScheduler with variance_type fixed_large; 'ddpm'",
        ),
    ],
)
def test_what_is_only_near_is_told(config, said, folder):
    notes = []
    build(folder(**config), notes, guidance=0)
    (line,) = notes
    assert said in line
    notes.clear()
    build(folder(**config), notes, scheduler="ddim")
    assert notes == []


@pytest.mark.parametrize("name", ["DDIMScheduler", "DDPMScheduler", "EulerDiscreteScheduler"])
def test_what_is_the_same_is_not(name):
    assert schedules.unlike(config_of(name)) == ""


ZERO = config_of("DDIMScheduler", rescale_betas_zero_snr=True, timestep_spacing="trailing")


def test_noise_alone_says_nothing_of_the_picture(folder):
    with pytest.raises(InputError, match=r"first level is noise alone .* give 'spacing: leading'"):
        build(folder(**ZERO))
    with pytest.raises(InputError, match="first level is noise alone"):
        build(folder(**ZERO), kind=Noise)
    assert drawn(build(folder(**ZERO), spacing="leading", guidance=0)).isfinite().all()
    assert drawn(build(folder(**ZERO, prediction_type="v_prediction"), guidance=0)).isfinite().all()


def test_a_rectified_flow_is_named():
    with pytest.raises(InputError, match="'use_flow_sigmas', for rectified flows"):
        sampling.levels(config_of("UniPCMultistepScheduler", use_flow_sigmas=True), 5)
