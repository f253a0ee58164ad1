"""Who is told a prompt that travels from text to text: losses, and generators that read prompts by themselves."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, StableDiffusionPipeline

from artgen.api import InputError, Prompt
from artgen.testing import ColourPerceptor, PlainLook, make_env, make_image
from artgen_clip import Clip, OpenClip
from artgen_diffusion import Diffusion
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_vqgan import Vqgan


class Named(ColourPerceptor):
    """Embeds texts as rows that can be told apart, and counts how often it is asked."""

    asked = 0

    def embed_texts(self, texts):
        self.asked += 1
        return super().embed_texts(texts)


def journey(*texts, at=None, **more):
    return Prompt(travel={"texts": texts, "at": at}, **more)


def judge(prompts, image, step=0, eyes=None, seeds=None, **fields):
    """The CLIP loss of `image`, (B,)."""
    eyes = eyes or {"clip": ColourPerceptor()}
    env = make_env(size=tuple(image.shape[2:]), seeds=seeds or range(len(image)), perceptors=eyes, prompts=())
    return Clip(prompts=prompts, **fields).build(env)(PlainLook(image, eyes, step, 11))


def arc(one, other, share):
    """Shoemake 1985, in double precision."""
    one, other = one.double().numpy(), other.double().numpy()
    angle = math.acos(one @ other)
    return (math.sin((1 - share) * angle) * one + math.sin(share * angle) * other) / math.sin(angle)


@pytest.mark.parametrize("step", [0, 3, 10])
def test_each_perceptor_sees_the_text_between_in_its_own_space(step):
    eyes, image = {"one": ColourPerceptor(), "two": ColourPerceptor(dim=7)}, make_image()
    made = judge([journey("red", "blue")], image, step, eyes)
    parts = []
    for name, eye in eyes.items():
        target = arc(*eye.embed_texts(["red", "blue"]), step / 10)
        views = PlainLook(image, {name: eye}).embeddings(name).detach().double().numpy()
        parts.append((np.arccos(views @ target) ** 2 / 2).mean(1))
    np.testing.assert_allclose(made.detach().numpy(), np.mean(parts, axis=0), rtol=1e-3)


@pytest.mark.parametrize("distance", ["spherical", "cosine", "contrast"])
def test_at_its_ends_it_is_the_text_and_a_negative_one_pushes_away(distance):
    image, bank = make_image(), {"bank": ("a boat", "a bus")} if distance == "contrast" else {}
    for step, text in ((0, "a tower"), (10, "a lake")):
        made, alone = (judge([p], image, step, distance=distance, **bank) for p in (journey("a tower", "a lake"), text))
        torch.testing.assert_close(made, alone)
        away = judge([journey("a tower", "a lake", weight=-1)], image, step, distance=distance, **bank)
        torch.testing.assert_close(away, -made)


def test_no_text_on_the_way_is_a_negative_of_it():
    """`a red car` recoloured is `a blue car`, which it is to become."""
    image = make_image()
    there = judge([journey("a red car", "a blue car")], image, 10, distance="contrast", bank=("a tree",))
    eye = ColourPerceptor()
    colours = ["red", "green", "yellow", "orange", "purple", "pink", "brown", "black", "white", "gray", "blue"]
    texts = [f"a {colour} car" for colour in colours if colour not in ("red", "blue")]
    views = PlainLook(image, {"clip": eye}).embeddings("clip").detach()
    own, others = (40 * views @ eye.embed_texts(rows).T for rows in (["a blue car"], ["a tree", *texts]))
    expected = (torch.cat([own, others], dim=-1).logsumexp(-1) - own[..., 0]).mean(1)
    torch.testing.assert_close(there.detach(), expected, rtol=1e-3, atol=1e-3)


def test_its_texts_are_embedded_once():
    eye, image = Named(), make_image()
    env = make_env(size=tuple(image.shape[2:]), perceptors={"clip": eye}, prompts=())
    loss = Clip(prompts=[journey("red", "green", "blue")]).build(env)
    before = eye.asked
    for step in range(10):
        loss(PlainLook(image, {"clip": eye}, step, 10))
    assert before == eye.asked == 1


def test_each_picture_of_a_batch_has_a_way_of_its_own():
    ways = [journey("red", "blue", at=0.5), journey("green", "blue", at=0.5)]
    both = ways[0].model_copy(update={"travels": tuple(way.travel for way in ways)})
    image = make_image()[:1].detach().repeat(2, 1, 1, 1)
    alone = [judge([way], image[:1]) for way in ways]
    assert torch.equal(judge([both], image, seeds=(0, 1)), torch.cat(alone))


def test_how_and_where_it_is_seen_hold_for_it():
    image = make_image()
    made = judge([journey("red", "blue", at=0.5, seen="negative", where="left")], image)
    turned = judge([journey("red", "blue", at=0.5, where="left")], 1 - image)
    torch.testing.assert_close(made, turned)


def test_stable_diffusion_is_told_the_mean_of_both_texts(stable):
    """As users of diffusers do it: `prompt_embeds` between those of two texts."""
    pipeline = StableDiffusionPipeline.from_pretrained(stable, local_files_only=True)
    scheduler = DDIMScheduler.from_config(pipeline.scheduler.config, clip_sample=False, set_alpha_to_one=True)
    pipeline.scheduler = scheduler
    pipeline.set_progress_bar_config(disable=True)
    said = [pipeline.encode_prompt(text, "cpu", 1, True, "blue") for text in ("an egg, fog", "a chick, fog")]
    between = torch.lerp(said[0][0], said[1][0], 0.25)
    noise = make_env(seeds=(3,)).random.normal("start", (4, 8, 8))
    expected = pipeline(
        prompt_embeds=between, negative_prompt_embeds=said[0][1], latents=noise, num_inference_steps=2,
        guidance_scale=4, height=32, width=32, output_type="pt",
    ).images  # fmt: skip
    prompts = (journey("an egg", "a chick", at=0.25), Prompt(text="fog"), Prompt(text="blue", weight=-1))
    env = make_env(size=(32, 32), seeds=(3,), steps=2, prompts=prompts)
    generator = LatentDiffusion(model=str(stable), guidance=0, scheduler="ddim", cfg=4).build(env)
    for step in range(2):
        generator.draw(step)
        generator.advance(step)
    torch.testing.assert_close(generator.draw(2).detach(), expected.detach(), atol=1e-4, rtol=0)


def test_stable_diffusion_says_what_it_is_not_told(stable):
    notes = []

    def build(*prompts):
        env = make_env(size=(32, 32), prompts=prompts, note=notes.append)
        return LatentDiffusion(model=str(stable), guidance=0, scheduler="ddim").build(env)

    build(journey("an egg", "a chick"))
    assert notes == ["draws where 'an egg, then a chick' begins; the losses alone go on along that way"]
    with pytest.raises(InputError, match="more than 4 prompts are each between two texts"):
        build(*(journey(f"{number}", "b", at=0.5) for number in range(5)))


@pytest.fixture(scope="module")
def clip(env):
    return OpenClip().build(env(16, 16))


@pytest.mark.parametrize("spec", [Vqgan(init="prompt", guesses=1), Diffusion(guidance=0, hand="flat")])
def test_drawings_begin_between_the_things_of_both_texts(spec, env, clip):
    def begin(prompt):
        built = spec.build(env(32, 32, seeds=(5,), steps=1, prompts=(prompt,), perceptors={"clip": clip}))
        with torch.no_grad():
            return built.draw(0)

    text, first, early = map(begin, (Prompt(text="a heart"), *(journey("a heart", "a tree", at=at) for at in (0, 0.4))))
    assert torch.equal(first, text)
    assert F.l1_loss(early, text) > 0.01
