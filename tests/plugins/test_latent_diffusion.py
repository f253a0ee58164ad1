"""Latent diffusion on miniature Stable Diffusion models, with diffusers' own pipelines as the oracle."""

import json
import shutil

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
)
from pydantic import ValidationError

import artgen as package
from artgen.api import Prompt, Schedule
from artgen.cli import main
from artgen.recipe import metadata
from artgen.testing import make_env
from artgen_diffusion import sampling
from artgen_diffusion.latent_spec import LatentDiffusion

SIZE = (32, 32)
WIDE = (32, 48)
PLAIN = {"guidance": 0, "scheduler": "ddim"}


@pytest.fixture
def build(stable):
    def make(notes=None, size=SIZE, seeds=(3,), steps=4, prompts="a red heart", model=stable, start=None, **fields):
        given = tuple(Prompt(text=prompts)) if not isinstance(prompts, (str, tuple)) else prompts
        given = (Prompt(text=given),) if isinstance(given, str) else given
        note = (notes if notes is not None else []).append
        env = make_env(size=size, seeds=seeds, steps=steps, prompts=given, note=note, start=start)
        return LatentDiffusion(model=str(model), **fields).build(env)

    return make


def sample(generator, target=None):
    """The picture at the end, pulled towards a target if there is one."""
    for step in range(generator.steps):
        image = generator.draw(step)
        if target is not None:
            image.backward((image.detach() - target) / image[0].numel())
        generator.advance(step)
    return generator.draw(generator.steps).detach()


@pytest.fixture
def preset(stable):
    return {
        "prompts": "a red heart | blue:-0.5",
        "seed": 5,
        "size": list(SIZE),
        "steps": 6,
        "batch": 2,
        "generator": {"type": "latent_diffusion", "model": str(stable), "cfg": 3, "guidance": 2},
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 4}],
        "losses": [{"type": "match"}],
    }


def oracle(folder, kind, scheduler, noise, **settings):
    """What a pipeline of diffusers makes of the same noise."""
    pipeline = kind.from_pretrained(folder, scheduler=scheduler, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    size = {"height": WIDE[0], "width": WIDE[1]}
    return pipeline("a red heart", latents=noise, num_inference_steps=4, output_type="pt", **size, **settings).images


@pytest.fixture
def changed(tmp_path):
    """A copy of a model, with other settings in one of its files."""

    def change(folder, file, **settings):
        path = shutil.copytree(folder, tmp_path / "changed") / file
        path.write_text(json.dumps(json.loads(path.read_text()) | settings))
        return tmp_path / "changed"

    return change


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("cfg", [1, 4])
def test_without_guidance_it_is_the_pipeline_of_diffusers(cfg, prediction, stable, build, changed):
    folder = changed(stable, "scheduler/scheduler_config.json", prediction_type=prediction)
    scheduler = DDIMScheduler.from_pretrained(folder, subfolder="scheduler", clip_sample=False, set_alpha_to_one=True)
    noise = make_env(seeds=(3,)).random.normal("start", (4, 8, 12))
    expected = oracle(
        folder, StableDiffusionPipeline, scheduler, noise, negative_prompt="blue", guidance_scale=cfg
    ).detach()
    prompts = (Prompt(text="a red heart"), Prompt(text="blue", weight=Schedule.constant(-1)))
    made = sample(build(model=folder, size=WIDE, cfg=cfg, prompts=prompts, **PLAIN))
    torch.testing.assert_close(made, expected, atol=1e-4, rtol=0)


SPREAD = {"latents_mean": [0.3, -0.2, 0.1, 0.0], "latents_std": [1.5, 0.8, 1.0, 2.0]}


@pytest.mark.parametrize(("cfg", "spread"), [(1, {}), (3, {}), (1, SPREAD)])
def test_the_large_one_is_the_pipeline_of_diffusers(cfg, spread, stable_xl, build, changed):
    folder = changed(stable_xl, "vae/config.json", **spread)
    scheduler = EulerDiscreteScheduler.from_pretrained(folder, subfolder="scheduler")
    noise = make_env(seeds=(3,)).random.normal("start", (4, 8, 12))
    # There the first sample has the noise's share of the noise alone; here it has all of its length.
    told = noise / sampling.levels(scheduler.config, 4)[0].sigma
    expected = oracle(folder, StableDiffusionXLPipeline, scheduler, told, guidance_scale=cfg).detach()
    made = sample(build(model=folder, size=WIDE, cfg=cfg, guidance=0, scheduler="euler"))
    torch.testing.assert_close(made, expected, atol=1e-3, rtol=0)


def test_an_ancestral_step_is_the_one_of_diffusers(stable_xl):
    scheduler = EulerAncestralDiscreteScheduler.from_pretrained(stable_xl, subfolder="scheduler")
    scheduler.set_timesteps(4)
    levels = sampling.levels(scheduler.config, 4)
    x, output = (torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(3))
    for before, after, timestep in zip(levels, levels[1:], scheduler.timesteps, strict=False):
        assert before.timestep == int(timestep)
        scheduler.scale_model_input(x / before.alpha, timestep)
        stepped = scheduler.step(output, timestep, x / before.alpha, generator=torch.Generator().manual_seed(3))
        x0, eps = sampling.split(output, x, before, "epsilon")
        own = sampling.ddim(x0, eps, before, after, 1.0, noise)
        torch.testing.assert_close(own / after.alpha, stepped.prev_sample, atol=1e-4, rtol=1e-4)


def test_auto_is_what_the_model_was_published_with(build, stable_xl):
    assert torch.equal(sample(build(guidance=0)), sample(build(**PLAIN)))
    published = sample(build(model=stable_xl, guidance=0, cfg=1))
    assert torch.equal(published, sample(build(model=stable_xl, guidance=0, cfg=1, scheduler="euler_a")))
    assert not torch.equal(published, sample(build(model=stable_xl, guidance=0, cfg=1, scheduler="euler")))


def test_the_losses_pull_through_the_autoencoder(preset):
    unguided = package.run({**preset, "generator": {**preset["generator"], "guidance": 0}}, note=lambda line: None)
    for through in ("network", "estimate"):
        guided = package.run(
            {**preset, "generator": {**preset["generator"], "through": through}}, note=lambda line: None
        )
        assert all(a < b for a, b in zip(guided.scores, unguided.scores, strict=True)), through


def test_the_command_makes_the_picture_again(preset, tmp_path, capsys):
    from artgen.preset.loading import parse

    parse(preset).save(tmp_path / "p.yaml")
    assert main(["run", str(tmp_path / "p.yaml"), "--out", str(tmp_path / "a")]) == 0
    assert main(["run", str(tmp_path / "a" / "image.png"), "--out", str(tmp_path / "b"), "--allow", "/"]) == 0
    assert (tmp_path / "a" / "image.png").read_bytes() == (tmp_path / "b" / "image.png").read_bytes()
    used = metadata.read(tmp_path / "a" / "image.png")["weights"]
    names = ("unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model")
    assert {name for name in used if name.startswith("tiny")} == {f"tiny-sd/{name}.safetensors" for name in names}


def test_a_picture_of_a_batch_of_the_large_one_is_the_picture_alone(build, stable_xl):
    """The contract's, but for the rounding that a network without training makes large."""
    large = {"model": stable_xl, "guidance": 0.5, "through": "estimate", "scheduler": "euler_a", "recurrence": 2}
    both, alone = (sample(build(seeds=seeds, **large), 0.9) for seeds in ((3, 4), (4,)))
    torch.testing.assert_close(both[1:], alone, atol=0.01, rtol=0)
    assert (both[:1] - alone).abs().max() > 0.1


def test_where_nothing_pulls_no_graph_is_kept(build):
    generator = build(guidance={0: 1, 2: 0, "curve": "step"})
    assert [generator.draw(0).requires_grad, generator.draw(2).requires_grad] == [True, False]


def test_the_preset_s_prompts_are_what_is_drawn(build):
    named = build(prompt="a red heart, fog", negative="blue, dull", prompts=(), **PLAIN)
    texts = {"a red heart": 1, "blue": -0.3, "fog": 0.2, "dull": -1}
    prompts = tuple(Prompt(text=text, weight=Schedule.constant(weight)) for text, weight in texts.items())
    assert torch.equal(sample(build(prompts=prompts, **PLAIN)), sample(named))
    assert not torch.equal(sample(build(prompts=prompts[:1], **PLAIN)), sample(named))


def test_a_negative_prompt_changes_the_picture_by_way_of_cfg(build):
    plain, avoided = sample(build(**PLAIN)), sample(build(negative="blue", **PLAIN))
    assert (plain - avoided).abs().max() > 0.01
    with pytest.raises(ValidationError, match="'negative' works through 'cfg', which is 1"):
        build(negative="blue", cfg=1)


def test_cfg_may_change_over_the_run(build):
    constant, falling = sample(build(cfg=5, **PLAIN)), sample(build(cfg={0: 5, "100%": 1}, **PLAIN))
    assert not torch.equal(constant, falling)


@pytest.fixture
def gradients():
    """A picture and its opposite."""
    down = torch.linspace(0, 1, 32).view(1, 1, 32, 1).expand(1, 3, 32, 32)
    return [down, down.flip(2)]


def test_it_starts_from_a_picture_at_the_given_strength(build, gradients):
    def apart(strength):
        generators = [build(start=picture, strength=strength, steps=10, **PLAIN) for picture in gradients]
        assert {generator.steps for generator in generators} == {round(10 * strength)}
        first, second = map(sample, generators)
        return (first - second).square().mean()

    assert apart(0.1) > 10 * apart(1) > 0


def test_a_canvas_of_any_size_is_cut_out_and_told(build):
    notes = []
    assert build(notes, size=(30, 41), scheduler="ddim").draw(0).shape == (1, 3, 30, 41)
    assert notes == [
        "draws 44 x 32 pixels, because this model draws in multiples of 4; they are cut to the canvas of 41 x 30"
    ]
    whole = build(size=(32, 44)).draw(0)
    assert torch.equal(build(size=(30, 41)).draw(0), whole[..., 1:31, 1:42])


def test_a_long_prompt_and_an_empty_one_are_told(build):
    notes = []
    build(notes, prompt="a " * 20, scheduler="ddim")
    (line,) = notes
    assert line.endswith("is 22 tokens long; the model reads the first 16 and ignores the rest")
    build(notes, prompts=(), scheduler="ddim")
    assert notes[1].startswith("the prompt is empty")


def test_a_tiny_autoencoder_may_take_the_place_of_the_model_s_own(build, tiny_vae, stable, gradients):
    generator = build(vae=str(tiny_vae), guidance=1)
    assert {name.partition("/")[0] for name in generator.weights} == {"tiny-sd", "tiny-vae"}
    before = sample(build(vae=str(tiny_vae), guidance=0))
    assert (sample(generator, 0.9) - 0.9).square().mean() < (before - 0.9).square().mean()
    starts = [sample(build(vae=str(tiny_vae), guidance=0, strength=0.1, start=picture)) for picture in gradients]
    assert not torch.equal(*starts)
    # The one of a whole model will do too.
    assert torch.equal(sample(build(vae=str(stable), **PLAIN)), sample(build(**PLAIN)))


@pytest.mark.parametrize("setting", [{"chunk": 1}, {"checkpointing": True}])
def test_what_saves_memory_changes_nothing_but_rounding(setting, build):
    plain, saving = (sample(build(seeds=(3, 4), guidance=1, **more), 0.9) for more in ({}, setting))
    torch.testing.assert_close(saving, plain, atol=1e-4, rtol=0)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_is_near(precision, build):
    whole, half = sample(build(**PLAIN)), sample(build(precision=precision, vae_precision="bf16", **PLAIN))
    assert half.dtype == torch.float32
    assert 0 < (whole - half).abs().mean() < 0.03


def test_eta_belongs_to_some_schedulers(build):
    with pytest.raises(ValidationError, match="'euler_a' always has the noise of eta 1"):
        build(scheduler="euler_a", eta=0.5)
