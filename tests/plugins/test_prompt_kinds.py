"""What each kind of prompt pulls the picture to, against plain numpy."""

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from artgen.api import InputError, Prompt
from artgen.picture.regions import crop_to_region
from artgen.prompts import Where
from artgen.rng import stream
from artgen.testing import ColourPerceptor, PlainLook, make_env, make_image
from artgen_clip import Clip, distances, templates

BLUE = [0.0, 0.0, 1.0]


@dataclass
class Colours(ColourPerceptor):
    """A picture's embedding is its mean colour; a text's the colours that it names."""

    words: tuple[str, ...] = ("red", "green", "blue")
    size: int = 6
    dim: int = 3
    model: str = "ViT-B-32/openai"

    def embed_images(self, images):
        return F.normalize(images.mean(dim=(2, 3)) + 1e-4, dim=-1)

    def embed_texts(self, texts):
        rows = [[1.0 * (word in text.split()) for word in self.words] for text in texts]
        return F.normalize(torch.tensor(rows) + 1e-2, dim=-1)


def judge(prompts, image, eyes=None, step=0, **more):
    """The CLIP loss of `image`, (B,)."""
    fields = {name: more.pop(name) for name in ("distance", "templates", "perceptor", "bank") if name in more}
    eyes = eyes or {"clip": Colours()}
    seeds = more.pop("seeds", tuple(range(len(image))))
    env = make_env(size=tuple(image.shape[2:]), seeds=seeds, perceptors=eyes, prompts=(), **more)
    return Clip(prompts=prompts, **fields).build(env)(PlainLook(image, eyes, step, 10))


def spherical(views, target):
    """Half the squared angle, in double precision."""
    views = views.detach().double().numpy()
    target = np.asarray(target, dtype=np.float64)
    return (np.arccos((views * target / np.linalg.norm(target, axis=-1, keepdims=True)).sum(-1)) ** 2) / 2


def seen(image, eye):
    return PlainLook(image, {"clip": eye}).embeddings("clip")


def close(value, expected):
    np.testing.assert_allclose(value.detach().numpy(), expected, rtol=1e-3, atol=1e-5)


def descend(prompts, image, steps=30, rate=2.0, **more):
    """The picture after plain gradient descent."""
    image = image.detach()
    for step in range(steps):
        image.requires_grad_()
        (gradient,) = torch.autograd.grad(judge(prompts, image, step=min(step, 9), **more).sum(), image)
        image = (image - rate * image[0].numel() / 100 * gradient).detach().clamp(0, 1)
    return image


def test_a_vector_is_a_direction(tmp_path):
    (tmp_path / "blue.json").write_text(json.dumps([0, 0, 7.5]))
    image = make_image()
    prompts = [{"vector": tmp_path / "blue.json"}]
    close(judge(prompts, image), spherical(seen(image, Colours()), BLUE).mean(1))
    after = descend(prompts, image)
    assert float((after[:, 2] - after[:, 0]).mean()) > float((image[:, 2] - image[:, 0]).detach().mean()) + 0.1


@pytest.mark.parametrize(
    "data",
    [
        {"clip": BLUE, "ViT-B/32": [1, 0, 0]},
        {"ViT-B/32": [BLUE], "RN50": [[1, 0, 0, 0]]},
        {"vit-b-32/openai": BLUE, "ViT-B/32": [1, 0, 0]},
        [BLUE],
    ],
)
def test_a_vector_is_found_by_perceptor_or_model(data, tmp_path):
    (tmp_path / "v.json").write_text(json.dumps(data))
    image = make_image()
    close(judge([{"vector": tmp_path / "v.json"}], image), spherical(seen(image, Colours()), BLUE).mean(1))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1, 2]", "holds 2 numbers, the embeddings of perceptor 'clip' 3; use the perceptor it was made with"),
        ('{"RN50": [1]}', "has no vector for perceptor 'clip' (ViT-B-32/openai); choose from RN50"),
        ("[1, 2, true]", "a vector is a list of finite numbers that are not all 0"),
        ("[0, 0, 0]", "a vector is a list of finite numbers that are not all 0"),
        ("[1, 2, NaN]", "a vector is a list of finite numbers that are not all 0"),
        ("[1, 2, 1" + "0" * 400 + "]", "a vector is a list of finite numbers that are not all 0"),
        ('"abc"', "a vector is a list of finite numbers that are not all 0"),
        ("[1, 2", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        (" " * (1 << 23) + "[1]", "larger than 8 MiB, which is no vector"),
    ],
)
def test_a_strange_vector_is_refused_in_one_line(content, message, tmp_path):
    (tmp_path / "v.json").write_text(content)
    with pytest.raises(InputError) as caught:
        judge([{"vector": tmp_path / "v.json"}], make_image())
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_textoff_leads_from_lettering_to_none():
    eye = Colours(words=("text", "letters", "caption", "picture", "drawing", "icon"), dim=6)
    direction = templates.without_lettering(eye)
    assert float(direction.norm()) == pytest.approx(1)
    lettered, plain = eye.embed_texts(["a picture with text and letters and caption", "a picture of a drawing"])
    assert float((plain - lettered) @ direction) > 0.3

    class Fixed(Colours):
        def embed_images(self, images):
            return F.normalize(images.mean(dim=(2, 3)) @ torch.eye(3, 6) + 1e-3, dim=-1)

    eye = Fixed(words=eye.words, dim=6)
    image = make_image()
    close(judge([{"vector": "textoff"}], image, {"clip": eye}), spherical(seen(image, eye), direction).mean(1))


def test_noise_is_drawn_by_seed_and_number():
    image = make_image(batch=2)
    eye = Colours()
    expected = []
    for seed, views in zip((3, 4), seen(image, eye), strict=True):
        numbers = torch.randn(1, 3, generator=stream(seed, "tested", "noise 7 clip"))[0]
        expected.append(spherical(views, numbers.double().numpy()).mean())
    close(judge([{"noise": 7}], image, seeds=(3, 4)), expected)
    close(judge([{"noise": 7}], image[1:], seeds=(4,)), expected[1:])
    other = judge([{"noise": 8}], image, seeds=(3, 4))
    assert not torch.allclose(other, judge([{"noise": 7}], image, seeds=(3, 4)))
    for distance in ("cosine", "contrast"):
        value = judge([{"noise": 7}], image, seeds=(3, 4), distance=distance)
        alone = judge([{"noise": 7}], image[1:], seeds=(4,), distance=distance)
        torch.testing.assert_close(value[1:], alone)


def test_a_label_is_averaged_over_the_seven_templates_of_imagenet():
    eye = Colours(words=("photo", "art", "video", "itap", "cat"), dim=5)
    eye.embed_images = lambda images: F.normalize(images.mean(dim=(2, 3)) @ torch.eye(3, 5) + 0.01, dim=-1)
    rows = eye.embed_texts(
        ["itap cat", "photo cat", "cat", "photo cat", "video cat", "art cat", "photo cat"]
    ).double().numpy()  # fmt: skip
    eye.embed_texts = lambda texts, old=eye.embed_texts: old([text.replace(".", "") for text in texts])
    image = make_image()
    close(judge([{"label": "cat"}], image, {"clip": eye}), spherical(seen(image, eye), rows.mean(0)).mean(1))


def test_a_prompts_templates_come_before_the_losses():
    image = make_image()
    both = judge("red | blue", image, templates=("{} green", "{}"))
    one = judge([{"text": "red", "templates": ["{} blue"]}, "blue"], image, templates=("{} green", "{}"))
    plain = judge([{"text": "red", "templates": False}, "blue"], image, templates=("{} green", "{}"))
    blue = judge("blue", image, templates=("{} green", "{}"))
    torch.testing.assert_close(one, (judge("red", image, templates=("{} blue",)) + blue) / 2)
    torch.testing.assert_close(plain, (judge("red", image) + blue) / 2)
    assert not torch.allclose(one, both) and not torch.allclose(plain, both)


def test_an_image_with_views_is_compared_view_by_view(tmp_path):
    y, x = np.mgrid[0:24, 0:32]
    picture = np.stack([x * 8, y * 8, 0 * x], axis=-1).astype("uint8")
    Image.fromarray(picture).save(tmp_path / "p.png")
    image, eye = make_image(), ColourPerceptor()
    pixels = torch.from_numpy(picture / 255).permute(2, 0, 1)[None].float()
    targets = seen(pixels, eye).double().numpy()
    prompts = [{"image": tmp_path / "p.png", "views": True}]
    close(judge(prompts, image, {"clip": eye}), spherical(seen(image, eye), targets).mean(1))
    assert float(judge(prompts, pixels, {"clip": eye})) == pytest.approx(0, abs=1e-6)
    once = judge([{"image": tmp_path / "p.png"}], pixels, {"clip": eye})
    assert float(once) > 0.01, "the mirrored view is not what the picture is as a whole"
    for distance in ("cosine", "contrast"):
        assert judge(prompts, image, {"clip": eye}, distance=distance).shape == (2,)


def test_an_image_with_views_is_cut_to_the_place_like_the_drawing(tmp_path):
    picture = np.zeros((24, 32, 3), dtype="uint8")
    picture[:, :16, 0] = 255
    picture[:, 16:, 2] = 255
    Image.fromarray(picture).save(tmp_path / "p.png")
    red = torch.zeros(1, 3, 24, 32)
    red[:, 0] = 1
    left, right = (
        float(judge([{"image": tmp_path / "p.png", "views": True, "where": {"place": place, "soft": 0}}], red))
        for place in ("left", "right")
    )
    assert left == pytest.approx(0, abs=1e-3)
    assert right == pytest.approx((math.pi / 2) ** 2 / 2, rel=1e-2)


def test_a_direction_measures_the_way_from_the_start():
    start, image, eye = make_image(seed=1).detach(), make_image(), Colours()
    after, before = (F.normalize(row, dim=-1).double().numpy() for row in eye.embed_texts(["blue", "red"]))
    way = (after - before) / np.linalg.norm(after - before)
    change = seen(image, eye).detach().double().numpy() - seen(start, eye).double().numpy()
    cosine = (change @ way) / np.sqrt((change**2).sum(-1) + distances.NEAR**2)
    prompts = [{"direction": {"from": "red", "to": "blue"}}]
    for distance in ("spherical", "contrast"):
        close(judge(prompts, image, start=start, distance=distance), (1 - cosine).mean(1))


def test_a_direction_begins_at_the_start_and_leads_along():
    start = torch.full((1, 3, 24, 32), 0.5)
    prompts = [{"direction": {"from": "red", "to": "blue"}}]
    assert float(judge(prompts, start, start=start)) == 1
    moved = descend(prompts, start, steps=10, rate=0.5, start=start)
    red, green, blue = (float(moved[:, channel].mean()) for channel in range(3))
    assert red < 0.45 < 0.55 < blue
    assert green == pytest.approx(0.5, abs=0.05)


def test_a_direction_in_a_place_compares_that_place_of_the_start():
    start = torch.zeros(1, 3, 24, 32)
    start[:, 0, :, :16] = 1
    start[:, 2, :, 16:] = 1
    prompts = [{"direction": {"from": "red", "to": "blue"}, "where": {"place": "left", "soft": 0}}]
    assert float(judge(prompts, start, start=start)) == pytest.approx(1, abs=1e-6)
    turned = start.flip(-1)
    assert float(judge(prompts, turned, start=start)) < 0.1


def test_without_a_start_a_direction_is_a_target():
    image, eye = make_image(), Colours()
    after, before = eye.embed_texts(["blue", "red"]).double().numpy()
    close(
        judge([{"direction": {"from": "red", "to": "blue"}}], image),
        spherical(seen(image, eye), after - before).mean(1),
    )


def test_a_start_of_another_size_is_fitted():
    start = torch.full((2, 3, 10, 10), 0.5)
    value = judge([{"direction": {"from": "red", "to": "blue"}}], make_image(), start=start)
    assert value.isfinite().all() and value.shape == (2,)


def test_where_looks_at_its_part_alone():
    image, eye = make_image(), Colours()
    where = Where(place="right")
    part = crop_to_region(image, where.region((24, 32)))
    target = eye.embed_texts(["blue"])[0].double().numpy()
    close(judge([{"text": "blue", "where": "right"}], image), spherical(seen(part, eye), target).mean(1))
    whole = spherical(seen(image, eye), target).mean(1)
    both = judge([{"text": "blue", "where": "right", "weight": 3}, "blue"], image)
    close(both, (3 * spherical(seen(part, eye), target).mean(1) + whole) / 4)


def test_descent_draws_each_prompt_in_its_place():
    image = torch.full((1, 3, 24, 32), 0.5)
    after = descend([{"text": "red", "where": "left"}, {"text": "blue", "where": "right"}], image, rate=1.0)
    left, right = after[0, :, :, 4:12].mean(dim=(1, 2)), after[0, :, :, 20:28].mean(dim=(1, 2))
    assert left[0] > left[2] + 0.2 and right[2] > right[0] + 0.2


def test_a_prompts_own_perceptor_judges_it_alone():
    eyes = {"a": Colours(), "b": Colours(words=("blue", "green", "red"))}
    image = make_image()
    alone = {name: judge("red", image, eyes, perceptor=name) for name in eyes}
    torch.testing.assert_close(judge([{"text": "red", "perceptor": "b"}], image, eyes, perceptor="a"), alone["b"])
    mixed = judge(["red", {"text": "red", "perceptor": "b", "weight": -3}], image, eyes)
    close(mixed, ((alone["a"] + alone["b"]) / 2 - 3 * alone["b"]).detach().numpy() / 4)


def test_a_prompt_that_does_not_pull_is_not_looked_for():
    class Jealous(Colours):
        def embed_images(self, images):
            raise AssertionError("nobody asked to look")

    prompts = [{"text": "red", "weight": {0: 0, "50%": 1}, "where": "left"}]
    image = make_image()
    eyes = {"clip": Jealous()}
    assert judge(prompts, image, eyes).tolist() == [0, 0]
    with pytest.raises(AssertionError, match="nobody asked"):
        judge(prompts, image, eyes, step=8)


def test_prompts_may_all_push_away_or_sum_to_zero():
    image = make_image()
    red, blue = (judge(word, image) for word in ("red", "blue"))
    torch.testing.assert_close(judge("red:-1 | blue:-3", image), -(red + 3 * blue) / 4)
    torch.testing.assert_close(judge("red:1 | blue:-1", image), (red - blue) / 2)
    assert judge("red:0 | blue:0", image).tolist() == [0, 0]


@pytest.mark.parametrize(
    "prompt",
    [
        {"label": "red"},
        {"vector": "textoff"},
        {"noise": 1},
        {"direction": {"from": "red", "to": "blue"}},
        {"text": "red", "where": {"place": "centre", "invert": True}},
    ],
)
@pytest.mark.parametrize("distance", ["spherical", "contrast"])
def test_every_kind_pulls_with_its_sign(prompt, distance):
    image, eyes = make_image(), {"clip": ColourPerceptor()}
    options = {"eyes": eyes, **({"distance": distance, "bank": ("green", "blue")} if distance == "contrast" else {})}
    for sign in (1, -1):
        value = judge([{**prompt, "weight": sign}], image, **options)
        (gradient,) = torch.autograd.grad(value.sum(), image)
        assert gradient.isfinite().all() and float(gradient.abs().sum()) > 0
        after = judge([{**prompt, "weight": sign}], (image - 0.5 * gradient).clamp(0, 1), **options)
        assert float(after.detach().sum()) < float(value.detach().sum())


def test_a_place_that_misses_the_picture_is_said_at_the_start(tmp_path):
    Image.new("L", (4, 4), 0).save(tmp_path / "black.png")
    with pytest.raises(InputError, match="where: nothing is left of a picture of 32x24"):
        judge([{"text": "red", "where": {"mask": tmp_path / "black.png"}}], make_image())


def test_titles_name_the_prompt(tmp_path):
    (tmp_path / "x.json").touch()
    titles = [
        ({"label": "cat"}, "cat"),
        ({"noise": 0}, "noise 0"),
        ({"vector": "textoff"}, "vector textoff"),
        ({"image": tmp_path / "x.json"}, "image x.json"),
        ({"direction": {"from": "a", "to": "b"}}, "from a to b"),
        ({"travel": {"texts": ["a", "b"]}}, "a, then b"),
    ]
    assert [Prompt(**fields).title for fields, _ in titles] == [title for _, title in titles]
