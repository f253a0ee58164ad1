"""What is told to the text encoders: an empty negative prompt, and texts that are too long."""

import pytest
import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

from artgen.api import Prompt
from artgen.testing import make_env
from artgen_diffusion.latent_spec import LatentDiffusion

SIZE = (32, 32)


def build(model, prompt="a red heart", notes=None, **fields):
    note = (notes if notes is not None else []).append
    env = make_env(size=SIZE, seeds=(3,), steps=4, prompts=(Prompt(text=prompt),), note=note)
    return LatentDiffusion(model=str(model), guidance=0, scheduler="euler", **fields).build(env)


def drawn(generator):
    for step in range(generator.steps):
        generator.draw(step)
        generator.advance(step)
    return generator.draw(generator.steps).detach()


@pytest.mark.parametrize("negative", [None, "", "blue"])
def test_an_empty_negative_prompt_is_not_none(negative, stable_xl):
    scheduler = EulerDiscreteScheduler.from_pretrained(stable_xl, subfolder="scheduler")
    pipeline = StableDiffusionXLPipeline.from_pretrained(stable_xl, scheduler=scheduler, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    generator = build(stable_xl, cfg=3, negative=negative)
    # There the first sample has the noise's share of the noise alone; here it has all of its length.
    noise = make_env(seeds=(3,)).random.normal("start", (4, 8, 8)) / generator._sampler._levels[0].sigma
    told = {"latents": noise, "num_inference_steps": 4, "output_type": "pt", "guidance_scale": 3}
    expected = pipeline("a red heart", negative_prompt=negative, height=SIZE[0], width=SIZE[1], **told).images
    torch.testing.assert_close(drawn(generator), expected.detach(), atol=1e-3, rtol=0)


def test_the_empty_text_is_not_nothing(stable_xl):
    none, empty = (drawn(build(stable_xl, cfg=3, negative=negative)) for negative in (None, ""))
    assert not torch.equal(none, empty)


def test_only_the_note_says_that_a_text_is_long(stable, capfd, recwarn, caplog):
    notes = []
    build(stable, "a " * 200, notes, cfg=1)
    (line,) = notes
    assert line.endswith("the model reads the first 16 and ignores the rest")
    out, err = capfd.readouterr()
    assert "indexing errors" not in out + err + caplog.text and len(recwarn) == 0
