"""The embedded diffusion model: it draws what it is told, and follows whatever judges."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError

from artgen.api import InputError, Prompt
from artgen.testing import ColourPerceptor, make_env
from artgen_clip import OpenClip
from artgen_diffusion import Diffusion, drawn
from artgen_drawings.denoiser import levels, sample

TOLD = ("a red heart", "a fish", "a house", "a sunflower", "a rocket")


@pytest.fixture(scope="module")
def clip(env):
    return OpenClip().build(env(16, 16))


@pytest.fixture
def begin(clip):
    """A generator of prompts as (text, weight) or text."""

    def build(*prompts, size=(128, 128), seeds=(4,), steps=4, more=None, **settings):
        pairs = [(one, 1) if isinstance(one, str) else one for one in prompts]
        told = tuple(Prompt(text=text, weight=weight) for text, weight in pairs)
        env = {"size": size, "seeds": seeds, "steps": steps, "prompts": told, "perceptors": {"clip": clip}}
        return Diffusion(**settings).build(make_env(**{**env, **(more or {})}))

    return build


def travel(generator, judge=None, start=0, stop=None):
    """The drawing after steps that follow `judge`, a function to a number, if there is one."""
    stop = generator.steps if stop is None else stop
    for step in range(start, stop):
        image = generator.draw(step)
        if judge and image.requires_grad:
            judge(image).sum().backward()
        generator.advance(step)
    return generator.draw(stop).detach()


def darkness(image):
    return image.square().mean(dim=(1, 2, 3))


def test_without_guidance_it_draws_what_it_is_told(begin, clip):
    pictures = torch.cat([travel(begin(text, guidance=0)) for text in TOLD])
    seen = F.interpolate(pictures, (clip.size, clip.size), mode="bilinear", antialias=True)
    with torch.no_grad():
        likes = clip.embed_images(seen) @ clip.embed_texts(TOLD).T
    assert likes.argmax(dim=1).tolist() == [0, 1, 2, 3, 4]


def test_its_levels_are_those_that_the_prior_was_taught(begin):
    """So that without guidance the steps are the prior's own."""
    generator = begin("a fish", guidance=0, hand="flat")
    noise = generator.state_dict()["sample"][0, :1]
    generator.draw(0)
    theirs = sample(generator._prior.model, noise, generator._towards[0], generator._hands, steps=4)
    travel(generator)
    torch.testing.assert_close(generator.state_dict()["sample"][0, :1], theirs, atol=1e-3, rtol=0)
    table = drawn.scheduler()["trained_betas"]
    assert torch.tensor(table, dtype=torch.float64).sub(1).neg().prod() ** 0.5 == pytest.approx(
        levels(0.999)[0], rel=1e-6
    )


def test_the_hand_is_heard_and_credited(begin):
    made = {hand: begin("a cat", guidance=0, hand=hand) for hand in ("flat", "outlined", "clipart")}
    pictures = [travel(generator) for generator in made.values()]
    assert all((one - other).abs().mean() > 0.01 for one, other in pairwise(pictures))
    assert len({generator.credits for generator in made.values()}) == 3 and all(g.credits for g in made.values())
    glossy, flat = begin("a cat", seeds=(4,)), begin("a cat", seeds=(5,))
    assert glossy.credits != flat.credits, "any hand, by the seed"
    assert set(begin("a cat", seeds=(4, 5)).credits) == {*glossy.credits, *flat.credits}


@pytest.mark.parametrize(("colour", "strong", "weak"), [("purple", 2, 1), ("green", 1, 0), ("red", 0, 2)])
def test_colours_are_as_asked(colour, strong, weak, begin):
    middle = travel(begin(f"a {colour} cat", guidance=0))[0, :, 48:80, 48:80].mean(dim=(1, 2))
    assert middle[strong] > middle[weak] + 0.15


def test_places_and_several_things_are_composed(begin):
    pair = travel(begin("a cat and a fish", size=(128, 256), guidance=0))[0]
    covered = (pair.amin(dim=0) < 0.9).float().mean(dim=0)
    assert covered[32:100].mean() > 0.2 and covered[156:224].mean() > 0.2
    alone, place = (travel(begin(text, guidance=0)) for text in ("a boat", "a boat on the sea"))
    assert alone[..., :4, :].min() > 0.9
    assert place[0, 2, -8:].mean() > place[0, 0, -8:].mean() + 0.2, "water below"


def test_a_place_alone_is_painted_and_not_guided(begin):
    notes = []
    generator = begin("a forest", more={"note": notes.append})
    assert torch.equal(travel(generator), generator.draw(0)) and not generator.draw(0).requires_grad
    assert notes == ["diffusion: 'a forest' is a place, which is painted; there is no thing to be guided"]


def test_what_it_cannot_draw_is_told(begin):
    notes = []
    begin("a cat wearing a top hat", more={"note": notes.append})
    assert notes == ["diffusion: draws nothing for 'wearing a top hat'; that is left to the guidance"]


def test_every_picture_is_as_it_is_alone(begin):
    settings = {"seeds": (4, 5), "steps": 2, "scheduler": "ddpm", "recurrence": 2}
    batch = travel(begin("a fish", **settings), darkness)
    alone = travel(begin("a fish", **{**settings, "seeds": (5,)}), darkness)
    assert torch.equal(batch[1], alone[0])
    assert (batch[0] - batch[1]).abs().mean() > 0.005


def test_what_each_picture_is_told_changes_no_other(begin, clip):
    """One thing or two in the others."""
    each = (Prompt(text="a cat", each=("a cat", "two red hearts")),)
    batch = travel(begin(seeds=(4, 5), steps=2, more={"prompts": each}), darkness)
    for number, text in enumerate(("a cat", "two red hearts")):
        assert torch.equal(travel(begin(text, seeds=(4 + number,), steps=2), darkness)[0], batch[number])


@pytest.mark.parametrize("through", ["network", "estimate"])
@pytest.mark.parametrize("text", ["a purple cat", "a cactus in a pot", "a fish and a boat on the sea"])
def test_the_gradient_is_finite_and_reaches_every_thing(text, through, begin):
    generator = begin(text, through=through)
    for step in range(2):
        darkness(generator.draw(step)).sum().backward()
        held = generator._sampler._sample if through == "network" else generator._sampler._made[1]
        gradient = held.grad[0]
        assert gradient.isfinite().all()
        count = len(generator._things(0))
        assert (gradient[:count].abs().amax(dim=1) > 0).all() and (gradient[count:] == 0).all()
        generator.advance(step)


@pytest.mark.parametrize("through", ["network", "estimate"])
def test_losses_steer(through, begin):
    def made(guidance):
        settings = {"guidance": guidance, "through": through, "steps": 6, "variety": 0}
        return darkness(travel(begin("a cat", **settings), darkness)).item()

    assert made(0.5) < made(0) - 0.005


def test_a_negative_prompt_is_kept_away_from(begin):
    plain, kept = (travel(begin(*told, guidance=0)) for told in (("a cat",), ("a cat", ("a lion", -1))))
    assert (plain - kept).abs().mean() > 0.003


@pytest.mark.parametrize("settings", [{}, {"scheduler": "dpm++"}, {"recurrence": 2, "through": "estimate"}])
def test_a_checkpoint_goes_on_exactly(settings, begin):
    straight = travel(begin("a cat", steps=3, **settings), darkness)
    first, second = begin("a cat", steps=3, **settings), begin("a cat", steps=3, **settings)
    travel(first, darkness, stop=2)
    second.load_state_dict(first.state_dict())
    assert torch.equal(travel(second, darkness, start=2), straight)


def test_a_start_is_drawn_again_as_one_thing(begin):
    mirrored = travel(begin("a fish", guidance=0, variety=0)).flip(-1)
    near, far = (
        travel(begin("a fish", guidance=0, strength=strength, steps=10, more={"start": mirrored}))
        for strength in (0.1, 1)
    )
    distances = [(image - mirrored).abs().mean().item() for image in (near, far)]
    assert distances[0] < 0.04 and distances[0] < 0.6 * distances[1], distances
    with pytest.raises(InputError, match="'strength' says how much of the preset's 'start' is kept"):
        begin("a fish", strength=0.5)


def test_a_picture_that_is_taken_over_fills_the_canvas_and_survives_a_checkpoint(begin):
    mirrored = travel(begin("a fish", guidance=0, size=(96, 160), variety=0)).flip(-1)
    first, second = (begin("a fish", guidance=0, size=(96, 160), steps=8, variety=0) for _ in range(2))
    before = travel(first, stop=7)
    first.paint(mirrored, 7)
    assert (first.draw(7) - mirrored).abs().mean() < 0.6 * (before - mirrored).abs().mean()
    second.load_state_dict(first.state_dict())
    assert torch.equal(travel(second, start=7), travel(first, start=7))


def test_the_recipe_knows_its_weights(begin):
    assert set(begin("a cat").weights) == {"vqgan/diffusion_pytorch_model.safetensors", "drawings/prior.safetensors"}


def test_without_a_perceptor_it_draws_something_and_says_so(begin):
    notes = []
    other = {"perceptors": {"other": ColourPerceptor()}, "note": notes.append}
    assert travel(begin("a cat", guidance=0, more=other)).std() > 0.02
    assert len(notes) == 1 and "draws without the prompts" in notes[0]
    with pytest.raises(InputError, match="'cfg' tells embedded the prompts through the perceptor"):
        begin("a cat", cfg=3, more=other)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"resolution": 64}, "'resolution' belongs to models that draw pixels; the embedded one does not"),
        ({"threshold": 0.9}, "'threshold' belongs to models that draw pixels"),
        ({"chunk": 2}, "'chunk' belongs to models that draw pixels"),
        ({"model": "owner/name", "hand": "flat"}, "'hand' belongs to 'model: embedded'; leave it out"),
        ({"hand": "oil"}, "hand"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Diffusion(**fields)
