import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from artgen.api import InputError, Prompt
from artgen.prompts import parse_line
from artgen_clip import Clip, distances, negatives


@dataclass
class Axes:
    """A perceptor that knows some words, one axis each; a picture's embedding is its mean colour."""

    words: tuple[str, ...] = ("red", "green", "blue")
    size: int = 8
    asked: tuple[str, ...] = ()

    @property
    def dim(self):
        return len(self.words)

    def embed_texts(self, texts):
        self.asked += tuple(texts)
        rows = [[1.0 * (word in text.split()) for word in self.words] for text in texts]
        return F.normalize(torch.tensor(rows) + 1e-3, dim=-1)

    def embed_images(self, images):
        return F.normalize(images.mean(dim=(2, 3)), dim=-1)


def unit(*shape, seed=0):
    return F.normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), dim=-1)


def judge(env, fake_look, views, prompts="red", perceptors=None, step=0, shares=None, **fields):
    """The loss of (B, n, 3) views."""
    perceptors = perceptors or {"clip": Axes()}
    views = views if isinstance(views, dict) else {"clip": views}
    loss = Clip(**fields).build(env(4, 4, prompts=tuple(parse_line(prompts)), perceptors=perceptors))
    image = torch.zeros(len(next(iter(views.values()))), 3, 4, 4)
    return loss(fake_look(image, step=step, shown=views, shares=shares or {}))


def test_distances_against_numpy():
    views, target = unit(2, 5, 7), unit(7, seed=1)
    a, b = views.double().numpy(), target.double().numpy()
    cosine = a @ b
    np.testing.assert_allclose(distances.cosine(views, target), 1 - cosine, atol=1e-6)
    np.testing.assert_allclose(distances.spherical(views, target), np.arccos(cosine) ** 2 / 2, rtol=1e-4)
    others = unit(11, 7, seed=2)
    logits = np.concatenate((cosine[..., None], a @ others.double().numpy().T), -1) * 30
    expected = np.log(np.exp(logits).sum(-1)) - logits[..., 0]
    np.testing.assert_allclose(distances.contrast(views, target, others, 30), expected, rtol=1e-4, atol=1e-5)


@given(st.integers(0, 10**6), st.sampled_from(["same", "opposite", "random"]))
def test_gradients_are_finite_everywhere(seed, relation):
    target = unit(6, seed=seed)
    view = {"same": target, "opposite": -target, "random": unit(6, seed=seed + 1)}[relation].clone().requires_grad_()
    (distances.spherical(view, target) + distances.cosine(view, target)).backward()
    distances.contrast(view, target, unit(3, 6), 1000.0).backward()
    assert view.grad.isfinite().all()


@pytest.mark.parametrize("distance", ["spherical", "cosine", "contrast"])
def test_the_value_is_the_weighted_mean_over_views_and_prompts(distance, env, fake_look):
    views = unit(2, 4, 3)
    own, other = Axes().embed_texts(["red", "blue"])
    if distance == "contrast":
        options = {"bank": ("green",)}
        # Each prompt's negatives: the bank, and itself in the ten other basic colours.
        colours = ["black", "white", "red", "green", "yellow", "blue", "brown", "purple", "pink", "orange", "grey"]
        others = {c: Axes().embed_texts(["green", *(k for k in colours if k != c)]) for c in ("red", "blue")}
        parts = [distances.contrast(views, t, others[c], 40) for c, t in (("red", own), ("blue", other))]
    else:
        options = {}
        parts = [getattr(distances, distance)(views, target) for target in (own, other)]
    expected = (2 * parts[0].mean(1) - 0.5 * parts[1].mean(1)) / 2.5
    got = judge(env, fake_look, views, "red:2 | blue:-0.5", distance=distance, **options)
    torch.testing.assert_close(got, expected)


def test_a_step_against_the_gradient_comes_nearer_and_away(env, fake_look):
    views = unit(1, 3, 3).requires_grad_()
    target = Axes().embed_texts(["red"])[0]
    for prompt, sign in (("red", 1), ("red:-1", -1)):
        (gradient,) = torch.autograd.grad(judge(env, fake_look, views, prompt).sum(), views)
        moved = F.normalize(views - 0.01 * gradient, dim=-1)
        assert sign * ((moved - views) @ target).sum() > 0


def test_weights_follow_their_schedule(env, fake_look):
    views = unit(1, 3, 3)
    red, blue = (judge(env, fake_look, views, word) for word in ("red", "blue"))
    prompts = [{"text": "red", "weight": {0: 1, "100%": 0}}, {"text": "blue", "weight": {0: 0, "100%": 1}}]
    loss = Clip(prompts=prompts).build(env(4, 4, perceptors={"clip": Axes()}))
    image = torch.zeros(1, 3, 4, 4)
    torch.testing.assert_close(loss(fake_look(image, step=0, shown={"clip": views})), red)
    torch.testing.assert_close(loss(fake_look(image, step=9, shown={"clip": views})), blue)


def test_without_weight_nothing_pulls(env, fake_look):
    image = torch.rand(2, 3, 4, 4, requires_grad=True)
    loss = Clip().build(env(4, 4, prompts=tuple(parse_line("red:0")), perceptors={"clip": Axes()}))
    value = loss(fake_look(image, shown={"clip": unit(2, 3, 3)}))
    value.sum().backward()
    assert value.tolist() == [0, 0] and (image.grad == 0).all()


@pytest.mark.parametrize(("prompt", "stops"), [("red:1:0.4", "near"), ("red:-1:0.4", "far"), ("red:-1:-0.4", "far")])
def test_stop_takes_the_gradient_and_keeps_the_value(prompt, stops, env, fake_look):
    target = Axes().embed_texts(["red"])[0]
    views = F.normalize(target + unit(1, 40, 3) * torch.linspace(0.05, 4, 40)[:, None], dim=-1).requires_grad_()
    distance = distances.spherical(views, target)
    near = (distance < 0.4)[0]
    assert near.any() and not near.all()
    value = judge(env, fake_look, views, prompt)
    torch.testing.assert_close(value.abs(), distance.mean(1), atol=1e-5, rtol=0)
    value.sum().backward()
    still = (views.grad[0] == 0).all(dim=-1)
    assert torch.equal(still, near if stops == "near" else ~near)


def test_perceptors_share_by_weight(env, fake_look):
    eyes = {"a": Axes(), "b": Axes()}
    views = {"a": unit(2, 3, 3), "b": unit(2, 5, 3, seed=4)}
    alone = {name: judge(env, fake_look, views, perceptors=eyes, perceptor=name) for name in eyes}
    both = judge(env, fake_look, views, perceptors=eyes, shares={"a": 3.0, "b": 1.0})
    torch.testing.assert_close(both, (3 * alone["a"] + alone["b"]) / 4)
    torch.testing.assert_close(judge(env, fake_look, views, perceptors=eyes, shares={"a": 0.0}), alone["b"])


def test_rows_are_independent(env, fake_look):
    views = unit(3, 4, 3)
    torch.testing.assert_close(judge(env, fake_look, views)[1:2], judge(env, fake_look, views[1:2]))


def test_texts_are_embedded_once_at_build(env, fake_look):
    eye = Axes()
    loss = Clip().build(env(4, 4, prompts=tuple(parse_line("red | blue")), perceptors={"clip": eye}))
    asked = eye.asked
    for step in range(3):
        loss(fake_look(torch.zeros(1, 3, 4, 4), step=step, shown={"clip": unit(1, 3, 3)}))
    assert asked == eye.asked == ("red", "blue")


def test_own_prompts_come_before_the_presets(env, fake_look):
    views = unit(1, 3, 3)
    loss = Clip(prompts="blue").build(env(4, 4, prompts=(Prompt(text="red"),), perceptors={"clip": Axes()}))
    got = loss(fake_look(torch.zeros(1, 3, 4, 4), shown={"clip": views}))
    torch.testing.assert_close(got, judge(env, fake_look, views, "blue"))


def test_templates_are_averaged(env, fake_look):
    eye = Axes(words=("red", "photo", "drawing"))
    views = unit(1, 3, 3)
    texts = eye.embed_texts(["red photo", "red drawing"])
    expected = distances.spherical(views, F.normalize(texts.mean(0), dim=-1)).mean(1)
    got = judge(env, fake_look, views, perceptors={"clip": eye}, templates=("{} photo", "{} drawing"))
    torch.testing.assert_close(got, expected)
    fresh = Axes()
    judge(env, fake_look, views, perceptors={"clip": fresh}, templates=True)
    assert len(fresh.asked) > 3 and all("red" in text for text in fresh.asked)


def test_an_image_prompt_is_its_embedding(env, fake_look, tmp_path):
    Image.new("RGB", (30, 20), (0, 0, 255)).save(tmp_path / "blue.png")
    views = unit(1, 4, 3)
    prompts = [{"image": str(tmp_path / "blue.png")}]
    expected = distances.spherical(views, torch.tensor([0.0, 0, 1])).mean(1)
    eyes = {"clip": Axes()}
    image = torch.zeros(1, 3, 4, 4)
    for options in ({}, {"distance": "contrast", "bank": ["red"]}):
        got = Clip(prompts=prompts, **options).build(env(4, 4, perceptors=eyes))(
            fake_look(image, shown={"clip": views})
        )
        assert got.isfinite().all()
        if not options:
            torch.testing.assert_close(got, expected)


def test_texts_about_the_same_object_are_no_negatives():
    lines = [
        "a heart\theart love",
        "a big blue thing\theart love",
        "a cat's face\tcat pet",
        "a red house",
        "houses in snow",
        "sun",
    ]
    texts = [negatives.Negative.parse(line) for line in lines]
    assert negatives.unrelated("a red heart", texts) == [2, 3, 4, 5]
    assert negatives.unrelated("two cats", texts) == [0, 1, 3, 4, 5]
    assert negatives.unrelated("a photo of a house", texts) == [0, 1, 2, 5]
    assert negatives.unrelated("the sunset", texts) == [0, 1, 2, 3, 4, 5]


def test_other_colours_of_the_prompt_are_negatives():
    variants = negatives.recoloured("a Gray cat on red")
    assert len(variants) == 20
    assert "a blue cat on red" in variants and "a Gray cat on white" in variants
    assert "a gray cat on red" not in variants and "a Gray cat on red" not in variants
    assert negatives.recoloured("a cat") == []


def test_a_bank_from_a_file(env, fake_look, tmp_path):
    (tmp_path / "bank.txt").write_text("green grass\tgrass lawn\n\nblue\n", encoding="utf-8")
    assert [e.text for e in negatives.read(tmp_path / "bank.txt")] == ["green grass", "blue"]
    views = unit(1, 4, 3)
    by_file = judge(env, fake_look, views, distance="contrast", bank=tmp_path / "bank.txt")
    torch.testing.assert_close(by_file, judge(env, fake_look, views, distance="contrast", bank=("green grass", "blue")))


def test_a_certain_winner_costs_nothing_and_a_sure_loser_the_margin(env, fake_look):
    red, green = Axes().embed_texts(["x red", "x green"])
    target, rival = red.view(1, 1, 3), green.view(1, 1, 3)
    options = {"distance": "contrast", "bank": ("green thing",), "scale": 50}
    assert judge(env, fake_look, target, "apple red", **options).item() < 1e-3
    assert judge(env, fake_look, rival, "apple red", **options).item() == pytest.approx(50, abs=1)


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        (Clip(), {"perceptors": {"clip": Axes()}}, "there are no prompts"),
        (Clip(prompts="red"), {}, "there is no perceptor"),
        (Clip(prompts="red", distance="contrast", bank=(" ",)), {"perceptors": {"clip": Axes()}}, "holds no text"),
    ],
)
def test_what_is_missing_is_said(spec, options, message, env):
    with pytest.raises(InputError, match=message):
        spec.build(env(4, 4, **options))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scale": 20}, "'bank' and 'scale' belong to 'distance: contrast'"),
        ({"bank": ["x"]}, "'bank' and 'scale' belong to 'distance: contrast'"),
        ({"templates": ["a photo"]}, r"a template has a \{\} where the prompt goes"),
        ({"distance": "contrast", "bank": "gone.txt"}, r"there is no file 'gone\.txt'"),
        ({"prompts": []}, "at least 1 item"),
        ({"distance": "euclid"}, "'spherical', 'cosine' or 'contrast'"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Clip(**fields)


def test_a_preset_reads_back(tmp_path):
    (tmp_path / "bank.txt").write_text("x")
    for spec in (
        Clip(),
        Clip(prompts="a | b:-1:0.3", distance="contrast", bank=["x", "y"], scale=10, templates=["{}!"]),
        Clip(distance="contrast", bank=tmp_path / "bank.txt", templates=True),
    ):
        assert Clip.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec


def test_the_half_squared_angle_is_in_the_docstring_range():
    axis = torch.eye(2)[0]
    assert distances.spherical(-axis, axis).item() == pytest.approx(math.pi**2 / 2, rel=1e-2)


def test_a_prompt_of_many_colours_has_as_many_negatives_as_can_be_read():
    assert negatives.recoloured("a red cat on a blue mat")[0] == "a black cat on a blue mat"
    assert len(negatives.recoloured("a red cat on a blue mat")) == 20
    assert len(negatives.recoloured("red " * 300)) == 10 * negatives.MOST_RECOLOURED
