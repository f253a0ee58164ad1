"""Pixel-space diffusion, drawn and steered with small real networks."""

import diffusers
import numpy as np
import pytest
import torch
from pydantic import ValidationError

from artgen.api import InputError, Prompt
from artgen.rng import stream
from artgen.testing import ColourPerceptor, GeneratorContract, make_env
from artgen_diffusion import Diffusion

RED = torch.tensor([0.9, 0.1, 0.1]).view(1, 3, 1, 1)
# Its first level keeps a third of the signal, where arithmetic is exact enough to compare by.
SHORT = {"beta_schedule": "linear", "num_train_timesteps": 100}
SETTINGS = {
    "default": {},
    "estimate": {"through": "estimate"},
    "ddpm": {"scheduler": "ddpm"},
    "dpm++": {"scheduler": "dpm++", "recurrence": 2, "eta": 0.5},
    "raw": {"normalise": False, "guidance": 3000, "clamp": 0.01},
    "threshold": {"threshold": 0.95, "eta": 0.5, "through": "estimate"},
    "chunk": {"chunk": 1, "guidance": {0: 0.1, "20%": 0.5}},
}


@pytest.fixture(scope="module")
def folder(picture_model):
    return picture_model()


@pytest.fixture(scope="module")
def still(picture_model):
    return picture_model(still=True, scheduler=SHORT)


def travel(generator, judge=None, start=0, stop=None):
    """The final drawing, after steps that follow `judge`, a function to (B,); by default the distance to red."""
    judge = judge or (lambda image: (image - RED).square().mean(dim=(1, 2, 3)))
    for step in range(start, generator.steps if stop is None else stop):
        image = generator.draw(step)
        if image.requires_grad:
            judge(image).sum().backward()
        generator.advance(step)
    return generator.draw(generator.steps if stop is None else stop).detach()


def redness(image):
    return (image - RED).square().mean().item()


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("check", [name for name in sorted(dir(GeneratorContract)) if name.startswith("test_it")])
def test_contract(settings, check, folder):
    if settings.get("chunk") == 1 and check == "test_it_stays_on_its_device":
        # torch's modes are off while it handles `backward`, in which the parts are computed again.
        pytest.skip("the stand-in for a GPU does not reach what checkpointing computes anew")
    case = GeneratorContract()
    case.spec = Diffusion(model=str(folder), **settings)
    getattr(case, check)()


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_a_picture_is_the_same_again_and_alone(settings, folder, env):
    spec = Diffusion(model=str(folder), **settings)
    batch, again = (travel(spec.build(env(16, 16, seeds=(3, 7), steps=8))) for _ in range(2))
    alone = travel(spec.build(env(16, 16, seeds=(7,), steps=8)))
    assert torch.equal(batch, again)
    torch.testing.assert_close(batch[1:], alone, atol=1e-3, rtol=0)
    assert (batch[0] - batch[1]).abs().mean() > 0.05


@pytest.mark.parametrize("prediction", ["epsilon", "sample", "v_prediction"])
def test_unguided_it_is_the_pipeline_of_diffusers(prediction, picture_model, env):
    folder = picture_model(scheduler={**SHORT, "prediction_type": prediction})
    pipeline = diffusers.DDIMPipeline(
        diffusers.UNet2DModel.from_pretrained(folder / "unet"),
        diffusers.DDIMScheduler.from_pretrained(folder / "scheduler"),
    )
    pipeline.set_progress_bar_config(disable=True)
    noise = [stream(seed, "part", "start") for seed in (3, 7)]
    theirs = pipeline(2, noise, num_inference_steps=10, output_type="np").images
    generator = Diffusion(model=str(folder), guidance=0).build(env(16, 16, seeds=(3, 7), steps=10))
    ours = travel(generator)
    np.testing.assert_allclose(ours.movedim(1, -1), theirs, atol=1e-4)
    assert not generator.draw(0).requires_grad


def test_a_model_with_a_learnt_variance_draws_by_its_mean(picture_model, env):
    folder = picture_model(out_channels=6)
    network = diffusers.UNet2DModel.from_pretrained(folder / "unet")
    image = Diffusion(model=str(folder), guidance=0, spacing="trailing").build(env(16, 16)).draw(0)
    x = torch.randn(1, 3, 16, 16, generator=stream(0, "part", "start"))
    expected = -network(x, 999).sample[:, :3]  # at the first level the velocity is the picture, turned round
    torch.testing.assert_close(image, (expected / 2 + 0.5).clamp(0, 1), atol=1e-3, rtol=0)


@pytest.mark.parametrize("through", ["network", "estimate"])
@pytest.mark.parametrize("scheduler", ["ddim", "ddpm", "dpm++"])
def test_guidance_pulls_towards_what_the_loss_wants(scheduler, through, folder, env):
    made = [
        redness(travel(Diffusion(model=str(folder), scheduler=scheduler, through=through, guidance=scale).build(
            env(16, 16, seeds=(3, 7), steps=20)
        )))
        for scale in (0, 0.3, 1)
    ]  # fmt: skip
    assert made[2] < made[1] < 0.7 * made[0]
    assert made[2] < 0.25 * made[0]


def test_raw_guidance_is_the_same_wherever_the_network_knows_no_better(still, env):
    """Where it says that pixels are independent, its derivative adds nothing to the estimate's."""

    def made(**settings):
        return travel(Diffusion(model=str(still), normalise=False, **settings).build(env(16, 16)))

    through_network, at_estimate = (made(guidance=2000, through=through) for through in ("network", "estimate"))
    torch.testing.assert_close(through_network, at_estimate, atol=1e-4, rtol=0)
    assert redness(at_estimate) < 0.7 * redness(made(guidance=0))


def test_normalised_guidance_does_not_feel_the_size_of_the_loss(folder, env):
    small, large = (
        travel(
            Diffusion(model=str(folder)).build(env(16, 16)),
            lambda image, scale=scale: scale * (image - RED).square().mean(dim=(1, 2, 3)),
        )
        for scale in (2.0**-40, 2.0**10)
    )
    torch.testing.assert_close(small, large, atol=1e-4, rtol=0)


def test_the_clamp_bounds_how_far_a_step_is_pulled(still, env):
    """With `through: estimate` a raw step moves the estimate by at most guidance x clamp, in units of the noise."""

    spec = {"model": str(still), "through": "estimate", "normalise": False, "spacing": "trailing"}
    free, pulled, held = (
        travel(Diffusion(**spec, **more).build(env(16, 16, steps=1)), lambda image: 1e6 * image.mean(dim=(1, 2, 3)))
        for more in ({"guidance": 0}, {"guidance": 1}, {"guidance": 1, "clamp": 0.02})
    )
    power = torch.linspace(1e-4, 0.02, 100).sub(1).neg().prod().item()
    assert (pulled == 0).all()
    # Pictures in [0, 1] move half as far as the model's, in [-1, 1]; what is black already is not pulled at all.
    pulled_share = (free > 0).float().mean().item()
    inside = (free > 0.1) & (free < 0.9)
    expected = 0.02 / 2 * (1 - power) / pulled_share**0.5
    assert (free - held)[inside].mean().item() == pytest.approx(expected, rel=1e-3)


def test_thresholding_leaves_no_flat_white_or_black(still, env):
    drawn = [
        Diffusion(model=str(still), guidance=0, threshold=share).build(env(16, 16, steps=20)).draw(19)
        for share in (None, 1.0)
    ]
    flat = [((image == 0) | (image == 1)).float().mean().item() for image in drawn]
    assert flat[0] > 0.1
    assert flat[1] < 0.01


def test_steps_are_done_again_as_often_as_recurrence_says(still, env):
    def steps(recurrence, **settings):
        return Diffusion(model=str(still), recurrence=recurrence, **settings).build(env(16, 16, steps=10)).steps

    assert steps(1) == 10
    assert steps(3) == 30
    assert steps({0: 1, "30%": 4, "60%": 1, "curve": "step"}) == 3 + 3 * 4 + 4


def test_going_back_keeps_the_noise_level_and_helps_the_loss(still, picture_model, env):
    """Of independent unit normal pixels a noisy sample is unit normal at every level, however often it is redone."""
    unbounded = picture_model(still=True, scheduler={**SHORT, "clip_sample_range": 100.0})
    unguided = Diffusion(model=str(unbounded), guidance=0, recurrence=5).build(env(64, 64, steps=10))
    travel(unguided, stop=27)
    assert unguided.state_dict()["sample"].std().item() == pytest.approx(1, abs=0.1)
    once, often = (
        travel(Diffusion(model=str(still), guidance=0.1, recurrence=times).build(env(16, 16, steps=10)))
        for times in (1, 5)
    )
    assert redness(often) < 0.8 * redness(once)


def test_strength_says_how_much_of_the_start_is_left(still, env):
    picture = torch.linspace(0.15, 0.85, 16).expand(1, 3, 16, 16)

    def distance(strength):
        spec = Diffusion(model=str(still), guidance=0, strength=strength)
        generator = spec.build(env(16, 16, steps=50, start=picture))
        assert generator.steps == round(50 * strength)
        return (travel(generator) - picture).square().mean().item()

    assert distance(0.02) < 0.001 < 0.02 < distance(1)
    with pytest.raises(InputError, match="'strength' says how much of the preset's 'start' is kept"):
        Diffusion(model=str(still), strength=0.5).build(env(16, 16))
    # A film's first frame has nothing to begin with, and those after it have.
    assert Diffusion(model=str(still), strength=0.5).build(env(16, 16, steps=4, frame=0)).steps == 4


def test_the_estimate_alone_needs_no_graph_of_the_network(folder, env):
    def remembered(through):
        """How many numbers a drawing keeps for its way back."""
        sizes = []
        generator = Diffusion(model=str(folder), through=through).build(env(16, 16))
        with torch.autograd.graph.saved_tensors_hooks(lambda kept: sizes.append(kept.numel()) or kept, lambda x: x):
            generator.draw(0)
        return sum(sizes)

    assert remembered("estimate") <= 4 * 3 * 16 * 16
    assert remembered("network") > 100_000


def test_little_memory_means_fewer_pictures_at_a_time(folder):
    notes = []
    spec, whole = Diffusion(model=str(folder)), make_env(size=(16, 16), seeds=(1, 2, 3, 4, 5))
    expected = travel(spec.build(whole))

    def full(limit):
        def refuse(module, inputs):
            if isinstance(module, diffusers.UNet2DModel) and len(inputs[0]) > limit:
                raise torch.OutOfMemoryError("CUDA out of memory")

        return torch.nn.modules.module.register_module_forward_pre_hook(refuse)

    with full(2):
        made = travel(spec.build(make_env(size=(16, 16), seeds=(1, 2, 3, 4, 5), note=notes.append)))
    assert notes == [
        f"out of memory: going on with {rows} rows of the batch at a time through the network" for rows in (3, 2)
    ]
    torch.testing.assert_close(made, expected, atol=1e-3, rtol=0)
    with full(0), pytest.raises(Exception, match="out of memory with one row of the batch at a time"):
        spec.build(make_env(note=notes.append)).draw(0)


def test_the_shape_is_the_canvas_and_the_area_the_models(folder, still):
    notes = []

    def drawn(size, **settings):
        generator = Diffusion(model=str(folder), **settings).build(make_env(size=size, note=notes.append))
        return tuple(generator.state_dict()["sample"].shape[-2:])

    assert drawn((64, 64)) == (16, 16)
    assert drawn((128, 32)) == (32, 8)
    assert drawn((128, 128), resolution=24) == (24, 24)
    assert not notes
    assert drawn((30, 20), resolution=15) == (18, 12)
    assert notes == [
        "diffusion: draws 12 x 18 pixels, because this model takes multiples of 2; they are stretched to the canvas "
        "of 20 x 30"
    ]


def prompted(picture_model, **more):
    """A model as the embedded one: blocks of 2 x 2 pixels, told a text's embedding, pure noise at the start."""
    scheduler = {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "clip_sample": False}
    return picture_model(
        flat=True, sample_size=8, in_channels=12, out_channels=12, time_embedding_dim=12,
        class_embed_type="identity", scheduler=scheduler, **more
    )  # fmt: skip


def test_a_model_trained_with_texts_is_told_the_prompts(picture_model):
    folder = prompted(picture_model)
    prompts = Prompt(text="a red heart"), Prompt(text="fog", weight=0.5), Prompt(text="a dog", weight=-1)
    generator = Diffusion(model=str(folder), guidance=0, cfg=3).build(
        make_env(size=(16, 16), seeds=(3,), steps=5, prompts=prompts)
    )
    network = diffusers.UNet2DModel.from_pretrained(folder)
    scheduler = diffusers.DDIMScheduler.from_pretrained(folder, clip_sample=True)
    scheduler.set_timesteps(5)
    towards, fog, away = ColourPerceptor().embed_texts([prompt.text for prompt in prompts])
    mixed = torch.nn.functional.normalize(towards + 0.5 * fog, dim=0)
    x = torch.nn.functional.pixel_unshuffle(torch.randn(1, 3, 16, 16, generator=stream(3, "tested", "start")), 2)
    with torch.no_grad():
        for timestep in scheduler.timesteps:
            plain, told = (network(x, timestep, (row * 12**0.5)[None]).sample for row in (away, mixed))
            x = scheduler.step(plain + 3 * (told - plain), timestep, x).prev_sample
    expected = torch.nn.functional.pixel_shuffle(x, 2)
    torch.testing.assert_close(travel(generator), (expected / 2 + 0.5).clamp(0, 1), atol=1e-3, rtol=0)


def test_prompts_count_as_much_as_cfg_says(picture_model):
    folder, notes = prompted(picture_model), []

    def draw(prompt, **settings):
        env = make_env(size=(16, 16), prompts=(Prompt(text=prompt),), note=notes.append)
        return travel(Diffusion(model=str(folder), guidance=0, **settings).build(env))

    assert torch.equal(draw("a cat", cfg=0), draw("a dog", cfg=0))
    assert not torch.allclose(draw("a cat", cfg=1), draw("a dog", cfg=1), atol=1e-3)
    assert not torch.allclose(draw("a cat", cfg=1), draw("a cat"), atol=1e-3)
    assert torch.equal(draw("a cat", perceptor="clip"), draw("a cat"))
    assert not notes


def test_a_perceptor_of_another_width_is_not_asked(picture_model, folder):
    def build(**settings):
        env = make_env(perceptors={"other": ColourPerceptor(dim=7)}, note=notes.append)
        return Diffusion(model=str(told), guidance=0, **settings).build(env)

    told, notes = prompted(picture_model), []
    build().draw(0)
    assert "draws without the prompts" in notes[0] and "no perceptor has embeddings of 12 numbers" in notes[0]
    with pytest.raises(InputError, match=r"'cfg' tells .*; no perceptor has embeddings of 12 numbers"):
        build(cfg=2)
    with pytest.raises(InputError, match="perceptor 'other' has embeddings of 7 numbers; 12 are needed; name"):
        build(perceptor="other")
    with pytest.raises(InputError, match="was trained without texts, so nothing reads 'cfg'"):
        Diffusion(model=str(folder), cfg=2).build(make_env())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scheduler": "ddpm", "eta": 0.5}, "'eta' belongs to 'ddim' and 'dpm\\+\\+'"),
        ({"clamp": 1}, "'clamp' belongs to 'normalise: false'"),
        ({"strength": 0}, "greater than 0"),
        ({"recurrence": 0}, "must be at least 1"),
        ({"guidance": -1}, "must be at least 0"),
        ({"threshold": 1.5}, "less than or equal to 1"),
        ({"model": "embeded"}, "no model is called 'embeded'; write 'embedded'"),
        ({"model": "./nowhere"}, "there is no folder './nowhere'"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Diffusion(**fields)
