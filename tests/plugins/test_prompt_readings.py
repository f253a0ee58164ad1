"""Prompts that see the picture otherwise, in the loss that follows them."""

import pytest
import torch

from artgen.api import Prompt, Schedule
from artgen.picture.regions import crop_to_region
from artgen.prompts import Where
from artgen.testing import ColourPerceptor, PlainLook, make_env, make_image
from artgen_clip import Clip
from tests.helpers.guiding import Counting, corners, guidance

SIZE = (12, 16)


def loss(prompts, size=SIZE, eyes=None, **more):
    eyes = eyes or {"a": ColourPerceptor()}
    return Clip(prompts=prompts).build(make_env(size=size, perceptors=eyes, prompts=(), **more))


def judge(prompts, image, **more):
    """The CLIP loss of `image`, (B,), seen by two plain views."""
    eyes = {"a": ColourPerceptor()}
    return loss(prompts, tuple(image.shape[2:]), eyes, **more)(PlainLook(image, eyes))


@pytest.mark.parametrize(
    ("seen", "change"),
    [
        ("rotate-90", lambda image: image.rot90(-1, (2, 3))),
        ("rotate-180", lambda image: image.rot90(2, (2, 3))),
        ("mirror", lambda image: image.flip(3)),
        ("negative", lambda image: 1 - image),
        (["rotate-90", "negative"], lambda image: 1 - image.rot90(-1, (2, 3))),
    ],
)
def test_a_reading_of_a_picture_is_the_picture_read_so(seen, change):
    image = make_image(size=SIZE).detach()
    read = judge([{"text": "blue", "seen": seen}], image)
    torch.testing.assert_close(read, judge(["blue"], change(image)), rtol=0, atol=1e-6)
    if seen != "mirror":  # the two views are the picture and its mirror image
        assert not torch.allclose(read, judge(["blue"], image), atol=1e-4)


def test_readings_share_by_weight_and_push_away():
    image = make_image(size=SIZE).detach()
    upright, turned = judge(["blue"], image), judge(["red"], image.rot90(2, (2, 3)))
    both = judge(["blue", {"text": "red", "seen": "rotate-180", "weight": -3}], image)
    torch.testing.assert_close(both, (upright - 3 * turned) / 4)


def test_the_place_is_meant_on_the_picture_as_it_is_seen():
    image = make_image(size=SIZE).detach()
    turned = image.rot90(-1, (2, 3))
    part = crop_to_region(turned, Where(place="top").region((16, 12)))
    prompts = [{"text": "blue", "seen": "rotate-90", "where": "top"}]
    torch.testing.assert_close(judge(prompts, image), judge(["blue"], part), rtol=0, atol=1e-6)


def test_a_picture_as_prompt_is_what_is_to_be_seen(tmp_path):
    from artgen.picture import images

    shown = make_image(1, SIZE).detach()
    images.to_pil(shown[0]).save(tmp_path / "cat.png")
    for views in (True, False):
        prompt = {"image": tmp_path / "cat.png", "views": views, "seen": "rotate-180"}
        assert float(judge([prompt], shown.rot90(2, (2, 3)), seeds=(3,))) < float(judge([prompt], shown, seeds=(3,)))
    exact = judge(
        [{"image": tmp_path / "cat.png", "views": True, "seen": "rotate-90"}], shown.rot90(1, (2, 3)), seeds=(3,)
    )
    assert float(exact) < 1e-3


def test_a_direction_leads_away_from_the_start_as_it_is_seen():
    start, image = make_image(seed=1, size=SIZE).detach(), make_image(size=SIZE).detach()
    direction = {"direction": {"from": "red", "to": "blue"}}
    read = judge([{**direction, "seen": "rotate-90"}], image, start=start)
    turned = judge([direction], image.rot90(-1, (2, 3)), start=start.rot90(-1, (2, 3)))
    torch.testing.assert_close(read, turned, rtol=0, atol=1e-6)


PROMPTS = [
    "blue",
    {"text": "red", "seen": "rotate-90"},
    {"text": "a cat", "seen": ["rotate-90", "far"], "where": "left", "weight": -0.5},
    {"text": "green", "seen": {"jigsaw": "2x3"}, "weight": 2},
    {"text": "black", "seen": "near"},
    {"text": "an owl", "seen": {"inner_circle": 30}},
]


@pytest.mark.parametrize("chunk", [None, 2])
def test_guidance_carries_the_gradient_of_every_reading_back(chunk):
    class Direct(PlainLook):
        """Nothing is cut off: autograd sees the whole way from the loss to the pixels."""

        def views(self, perceptor):
            seen = corners(self.image, 8, self.step)
            return seen.unflatten(0, (len(self.image), -1))

        def through(self, change):
            return Direct(change(self.image), self._perceptors, self.step)

        def within(self, region):
            return Direct(crop_to_region(self.image, region), self._perceptors, self.step)

    image, eyes = make_image(size=SIZE), {"a": ColourPerceptor()}
    follow = loss(PROMPTS, eyes=eyes)
    found = guidance(chunk, follow, weight=1, **eyes)(image, 3)
    direct = follow(Direct(image, eyes, 3))
    (expected,) = torch.autograd.grad(direct.sum(), image)
    torch.testing.assert_close(found.rows["parts"], direct.detach(), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(found.gradient, expected, rtol=1e-3, atol=1e-6)


def test_prompts_that_see_alike_share_their_views():
    eye = Counting()
    alike = [{"text": word, "seen": ["rotate-90", "far"]} for word in ("red", "blue", "a cat")]
    guidance(None, loss([*alike, {"text": "x", "seen": "rotate-90"}], eyes={"a": eye}), a=eye)(make_image(size=SIZE), 0)
    assert eye.seen == 2 * 2 * 3


def test_a_reading_that_does_not_pull_is_not_looked_at():
    eye = Counting()
    late = Prompt.model_validate({"text": "red", "seen": "far", "weight": Schedule.parse({0: 0, "50%": 1})})
    follow = loss([{"text": "blue"}, late], eyes={"a": eye})
    for step, seen in ((0, 6), (9, 6 + 12)):
        guidance(None, follow, a=eye)(make_image(size=SIZE), step)
        assert eye.seen == seen
