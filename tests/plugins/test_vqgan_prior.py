"""The prior: what the embedded VQGAN begins with under `init: prompt`."""

from itertools import pairwise

import pytest
import torch
from pydantic import ValidationError

from artgen.api import InputError, Prompt
from artgen.testing import ColourPerceptor
from artgen_clip import OpenClip
from artgen_diffusion import Diffusion
from artgen_vqgan import Vqgan

SPEC = Vqgan(init="prompt", guesses=2)


@pytest.fixture(scope="module")
def clip(env):
    return OpenClip().build(env(16, 16))


@pytest.fixture
def begin(env, clip):
    """The drawing of step 0, of prompts as (text, weight)."""

    def make(*prompts, size=(256, 256), seeds=(5,), spec=SPEC, **more):
        asked = tuple(Prompt(text=text, weight=weight) for text, weight in prompts)
        with torch.no_grad():
            built = spec.build(env(*size, seeds=seeds, **{"prompts": asked, "perceptors": {"clip": clip}, **more}))
            return built.draw(0)

    return make


@pytest.mark.parametrize(
    ("text", "strong", "weak"),
    [("a red heart", 0, 2), ("a green tree", 1, 2), ("a blue whale", 2, 0), ("a yellow banana", 0, 2)],
)
def test_it_shows_what_is_asked_for_in_the_middle_of_white(begin, text, strong, weak):
    image = begin((text, 1))[0]
    middle, border = image[:, 96:160, 96:160].mean(dim=(1, 2)), image[:, :8].mean(dim=(1, 2))
    assert middle[strong] > middle[weak] + 0.2
    assert border.min() > 0.85


def test_the_judge_of_the_benchmark_tells_the_guesses_apart(begin):
    """By an opinion that neither the guess nor the guide was trained by."""
    from benchmarks.quality import load_judge

    judge, prompts = load_judge(), ["a red heart", "a fish", "a tree", "a house", "a rocket", "a sunflower"]
    drawn = torch.cat([begin((prompt, 1), size=(64, 64)) for prompt in prompts])
    seen = torch.nn.functional.interpolate(drawn, (judge.size, judge.size), mode="bilinear", antialias=True)
    with torch.no_grad():
        named = (judge.embed_images(seen.clamp(0, 1)) @ judge.embed_texts(prompts).T).argmax(dim=1)
    assert (named == torch.arange(6)).sum() >= 5


def test_the_pictures_of_a_batch_differ_and_are_as_they_are_alone(begin):
    drawn = begin(("a fish", 1), seeds=(5, 6, 7))
    assert torch.equal(begin(("a fish", 1), seeds=(6,))[0], drawn[1])
    for one, other in pairwise(drawn):
        assert (one - other).abs().mean() > 0.005


def test_a_hand_is_kept_and_credited(env, clip):
    def build(hand):
        spec = Vqgan(init="prompt", hand=hand, guesses=1)
        return spec.build(env(64, 64, prompts=(Prompt(text="a cat"),), perceptors={"clip": clip}))

    outlined, clipart = build("outlined"), build("clipart")
    assert outlined.draw(0).ne(clipart.draw(0)).any()
    assert any("Streamline" in line for line in outlined.credits)
    assert len(clipart.credits) == 1 and "public-domain" in clipart.credits[0]


def test_the_heaviest_prompt_begins_and_the_others_are_told(begin):
    notes = []
    whale, heart = begin(("a blue whale", 1)), begin(("a red heart", 1))
    mostly = begin(("a blue whale", 1), ("a red heart", 0.2), note=notes.append)
    assert torch.equal(mostly, whale) and not torch.equal(mostly, heart)
    assert torch.equal(begin(("a blue whale", 1), ("a red heart", -1)), whale)
    assert [n for n in notes if "begins with 'a blue whale', the heaviest of 2 prompts" in n]


def test_colour_place_and_company_are_as_the_sentence_says(begin):
    purple = begin(("a purple cat", 1))[0]
    inside = purple[:, 96:160, 96:160].mean(dim=(1, 2))
    assert inside[2] > inside[1] + 0.15 and inside[0] > inside[1] + 0.1
    sea = begin(("a whale under the sea", 1))[0]
    assert sea[2, :16].mean() > sea[0, :16].mean() + 0.1
    pair = begin(("a red heart and a blue heart", 1), size=(128, 256))[0]
    warm = (pair[0] - pair[2]).clamp(min=0).mean(dim=0)
    assert warm[:128].mean() > 5 * warm[128:].mean()


def test_what_is_painted_on_the_ground_shows(env, clip):
    built = SPEC.build(env(64, 64, prompts=(Prompt(text="a rocket"),), perceptors={"clip": clip}))
    red = torch.tensor([0.9, 0.1, 0.1]).view(1, 3, 1, 1).expand(1, 3, 64, 64)
    corner = torch.zeros(1, 1, 64, 64)
    corner[..., :16, :16] = 1
    built.paint_over(red, corner, 0)
    drawn = built.draw(0).detach()[0]
    assert drawn[0, 4:12, 4:12].mean() > drawn[1, 4:12, 4:12].mean() + 0.4
    assert drawn[:, 60:, 60:].mean() > 0.97
    other = SPEC.build(env(64, 64, prompts=(Prompt(text="a rocket"),), perceptors={"clip": clip}))
    other.load_state_dict(built.state_dict())
    assert torch.equal(other.draw(0).detach()[0], drawn)


def test_what_is_not_begun_with_is_told(begin):
    notes = []
    begin(("a robot playing a guitar", 1), note=notes.append)
    assert [n for n in notes if "does not begin with 'playing a guitar'" in n]


def test_the_ground_around_a_drawing_stays(env, clip):
    def moved(hold):
        spec = Vqgan(init="prompt", guesses=1, hold_ground=hold)
        built = spec.build(env(256, 256, prompts=(Prompt(text="a rocket"),), perceptors={"clip": clip}))
        first = built.draw(0).detach()
        for step in range(3):
            built.draw(step).square().sum().backward()
            built.advance(step)
        return (built.draw(3).detach() - first).abs().amax(dim=(0, 1))

    held, free = moved(True), moved(False)
    assert held[:24, :24].max() == 0 and free[:24, :24].max() > 0.02
    assert held[112:144, 112:144].max() > 0.02


@pytest.mark.parametrize("size", [(128, 256), (256, 128)])
def test_it_stands_in_the_middle_of_a_long_canvas(begin, size):
    image = begin(("a red heart", 1), size=size)[0]
    redness = image[0] - image[2]
    across = redness.mean(dim=0) if size[1] > size[0] else redness.mean(dim=1)
    assert across[96:160].mean() > 0.2
    assert across[:32].mean() < 0.05 and across[-32:].mean() < 0.05


def test_a_start_goes_before_it(begin):
    black = torch.zeros(1, 3, 256, 256)
    assert begin(("a red heart", 1), start=black).mean() < 0.1


def test_the_recipe_knows_its_weights(env, clip):
    built = SPEC.build(env(64, 64, prompts=(Prompt(text="a cat"),), perceptors={"clip": clip}))
    assert set(built.weights) == {"vqgan/diffusion_pytorch_model.safetensors", "drawings/prior.safetensors"}


def test_it_goes_on_from_there_like_from_any_start(env, clip):
    def build():
        return SPEC.build(env(64, 64, prompts=(Prompt(text="a cat"),), perceptors={"clip": clip}))

    first, second = build(), build()
    for step in range(3):
        (first.draw(step) - 0.5).square().sum().backward()
        first.advance(step)
    second.load_state_dict(first.state_dict())
    assert torch.equal(first.draw(3), second.draw(3))
    assert not torch.equal(first.draw(3), build().draw(3))


def test_without_a_text_there_is_nothing_to_guess(begin):
    with pytest.raises(InputError, match="'init: prompt' begins with what a text asks for"):
        begin(("a cat", -1))
    with pytest.raises(InputError, match="'init: prompt' begins with what a text asks for"):
        begin()


def test_it_needs_the_perceptor_that_it_learnt_from(begin):
    with pytest.raises(InputError, match=r"add the perceptor \{type: open_clip, model: embedded\}"):
        begin(("a cat", 1), perceptors={"other": ColourPerceptor()})


def test_other_models_have_none(tmp_path):
    (tmp_path / "model.ckpt").touch()
    for fields in ({"model": "imagenet_f16_16384"}, {"model": "owner/name"}, {"checkpoint": tmp_path / "model.ckpt"}):
        with pytest.raises(ValidationError, match="'init: prompt' belongs to 'model: embedded'"):
            Vqgan(init="prompt", **fields)


@pytest.mark.parametrize(
    ("name", "value"), [("hand", "flat"), ("guesses", 3), ("variety", 0.5), ("hold_ground", False)]
)
def test_what_belongs_to_first_guesses_is_refused_without_one(name, value):
    with pytest.raises(ValidationError, match=f"'{name}' belongs to 'init: prompt'; give that too"):
        Vqgan.model_validate({name: value})
    kept = Vqgan.model_validate({"init": "prompt", name: value})
    assert getattr(kept, name) == value
    Vqgan.model_validate({"init": "prompt"} | kept.model_dump())


def test_prompts_that_nobody_reads_are_still_an_error(artgen, tmp_path):
    text = "prompts: a cat\nsize: 64\nsteps: 1\ngenerator: {type: vqgan, init: %s}\nlosses: [{type: symmetry}]\n"
    (tmp_path / "codes.yaml").write_text(text % "codes")
    (tmp_path / "prompt.yaml").write_text(text % "prompt" + "perceptors: {clip: {type: open_clip}}\n")
    assert "no loss reads the prompts" in artgen("check", "codes.yaml", code=2).stderr
    artgen("check", "prompt.yaml", code=0)


@pytest.mark.parametrize(("spec", "more"), [(Vqgan, {"init": "prompt"}), (Diffusion, {})])
def test_recipes_from_before_poses_are_drawn_as_they_were(spec, more):
    assert spec.written_down(more)["variety"] == 0
    assert spec.written_down({**more, "variety": 1.5})["variety"] == 1.5
    assert "variety" not in Diffusion.written_down({"model": "owner/name"})
