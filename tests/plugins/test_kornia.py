"""Views by kornia: what kornia would make of the same parameters, and random numbers that are artgen's own."""

import json
import re

import kornia.augmentation
import pytest
import torch
import torch.nn.functional as F

from artgen.api import InputError
from artgen.testing import AugmentationContract, ColourPerceptor, make_env, make_image
from artgen_kornia import Kornia, checking
from artgen_kornia.catalogue import LEFT_OUT, augmentations
from artgen_kornia.changing import RESIZING, Change, seeded
from tests.helpers import kornia_table

NEEDED = {
    "CenterCrop": {"size": 24},
    "LongestMaxSize": {"max_size": 24},
    "PadTo": {"size": [40, 40]},
    "RandomAffine": {"degrees": 20},
    "RandomCrop": {"size": [24, 24]},
    "RandomFisheye": {"center_x": [-0.3, 0.3], "center_y": [-0.3, 0.3], "gamma": [0.9, 1.1]},
    "RandomGaussianBlur": {"kernel_size": 3, "sigma": [0.1, 2]},
    "RandomMotionBlur": {"kernel_size": [3, 7], "angle": 30, "direction": 0.5},
    "RandomResizedCrop": {"size": [24, 24]},
    "RandomRotation": {"degrees": 30},
    "RandomRotation90": {"times": [0, 3]},
    "RandomShear": {"shear": 10},
    "Resize": {"size": 24},
    "SmallestMaxSize": {"max_size": 24},
}
"""The arguments that have no default, for views of 32 pixels."""
WITHOUT_GRADIENT = ("RandomClahe", "RandomEqualize", "RandomPosterize")
CPU = torch.device("cpu")


def arguments(name, p=1.0):
    """As little as the augmentation needs, and its share if it has one."""
    given = {**NEEDED.get(name, {}), **({"p": p} if "p" in augmentations()[name] else {})}
    return checking.checked({name: given})[name]


def photo(height=32, width=32, batch=1):
    return make_image(batch, (height, width), seed=5).detach()


def views(spec, image, size=32, step=0, seeds=None, **env):
    made = make_env(size=tuple(image.shape[2:]), seeds=seeds or tuple(range(len(image))), perceptors={}, **env)
    return spec.build(made)(image, size, step)


class TestContract(AugmentationContract):
    spec = Kornia(
        apply=(
            "RandomHorizontalFlip",
            {"RandomPlanckianJitter": {"p": 0.5}},
            {"RandomGaussianNoise": {"std": 0.05}},
            {"RandomResizedCrop": {"size": [16, 16], "scale": [0.3, 1], "p": 0.5}},
        ),
        count=3,
    )


def test_the_table_is_what_kornia_offers():
    """With the kornia of constraints.txt; `python -m tests.helpers.kornia_table` writes the table anew."""
    now = {name: kornia_table.arguments(name) for name in kornia_table.offered()}
    assert json.loads(kornia_table.TABLE.read_text()) == json.loads(json.dumps(now))
    assert set(NEEDED) == {name for name, known in augmentations().items() if any(a.needed for a in known.values())}


def test_the_reference_names_them_all():
    listed = re.search(r"There are (.*?)\. Left out", Kornia.__doc__, re.DOTALL)
    assert re.findall(r"[A-Z]\w+", listed[1]) == list(augmentations())


def test_what_is_left_out_is_there_to_be_left_out():
    assert all(hasattr(kornia.augmentation, name) for name in LEFT_OUT)


@pytest.mark.parametrize("name", augmentations())
def test_each_is_what_kornia_makes_of_the_same_draws(name):
    """By a plain call, whose parameters and pixels all come from torch's own generator."""
    shown = photo().expand(3, -1, -1, -1).clone().requires_grad_()
    given = arguments(name)
    changed = Change(name, given, CPU)(shown, seed=7)
    tensors = name == "RandomFisheye"
    plain = {key: torch.tensor(v) if tensors and isinstance(v, list) else v for key, v in given.items()}
    plain = {key: tuple(v) if isinstance(v, list) else v for key, v in plain.items()}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        expected = getattr(kornia.augmentation, name)(**plain)(shown)
    assert changed.equal(expected)
    sized = (32, 32) if name not in RESIZING else (40, 40) if name == "PadTo" else (24, 24)
    assert changed.shape == (3, 3, *sized)
    passes = changed.requires_grad and bool(torch.autograd.grad(changed.square().sum(), shown)[0].any())
    assert passes is (name not in WITHOUT_GRADIENT)


@pytest.mark.parametrize("name", augmentations())
def test_applying_draws_nothing(name):
    """So the parameters, which are drawn on the CPU, decide what is seen on every device."""
    change = Change(name, arguments(name), CPU)
    shown = photo().expand(3, -1, -1, -1)
    parameters = change._draws.forward_parameters(shown.shape)
    before = torch.get_rng_state()
    change._changes(shown, params=parameters)
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize("name", augmentations())
def test_each_makes_views_in_range(name):
    spec = Kornia(apply=({name: arguments(name, p=0.5)},), count=2)
    notes = []
    made = views(spec, photo(20, 32, batch=2), note=notes.append)
    assert made.shape == (4, 3, 32, 32) and made.isfinite().all()
    assert made.min() >= 0 and made.max() <= 1
    assert [note.partition(":")[0] for note in notes] == ["apply[0]"] * (name in WITHOUT_GRADIENT)


def test_each_view_is_drawn_by_itself():
    made = views(Kornia(apply=({"RandomRotation": {"degrees": 90, "p": 1}},), count=4), photo())
    assert not any(made[i].allclose(made[j]) for i in range(4) for j in range(i))


def test_p_is_the_share_of_views_that_change():
    spec = Kornia(apply=({"RandomInvert": {"p": 0.25}},), count=400)
    whole = views(Kornia(apply=({"RandomInvert": {"p": 0}},), count=1), photo(), size=8)
    changed = (views(spec, photo(), size=8) - whole).abs().amax(dim=(1, 2, 3)) > 0.01
    assert 70 < changed.sum() < 130  # 100 +- 3.5 standard deviations


@pytest.mark.parametrize("name", ["CenterCrop", "RandomCrop"])
def test_a_share_of_the_views_is_cropped_and_the_others_stay_whole(name):
    """Kornia itself crops all of a batch or none, because a batch has one size."""
    shown = photo().expand(8, -1, -1, -1)
    whole = Change(name, {"size": [16, 16]}, CPU)(shown, 7)
    cropped = F.interpolate(whole, (32, 32), mode="bilinear", antialias=True)
    made = Change(name, {"size": [16, 16], "p": 0.5}, CPU)(shown, 7)
    kinds = [view.equal(crop) - view.equal(one) for view, crop, one in zip(made, cropped, shown, strict=True)]
    assert set(kinds) == {-1, 1}


def test_the_pictures_of_a_batch_come_out_as_alone():
    spec = Kornia(apply=("ColorJiggle", {"RandomGaussianNoise": {"std": 0.1}}, "RandomPerspective"), count=3)
    image = photo(24, 40, batch=3)
    together = views(spec, image, seeds=(4, 5, 6), step=2).unflatten(0, (3, 3))
    alone = [views(spec, image[i : i + 1], seeds=(4 + i,), step=2) for i in range(3)]
    assert all(one.equal(other) for one, other in zip(together, alone, strict=True))
    assert not together[0].equal(views(spec, image[:1], seeds=(4,), step=3))


def test_one_more_augmentation_leaves_the_draws_of_the_others():
    rotation = {"RandomRotation": {"degrees": 90}}
    alone = views(Kornia(apply=(rotation,), count=4), photo())
    beside = views(
        Kornia(apply=({"RandomInvert": {"p": 0}}, rotation, {"RandomRotation": {"degrees": 0}}), count=4), photo()
    )
    assert beside.allclose(alone, atol=1e-5)


def test_twice_the_same_augmentation_draws_twice():
    invert = {"RandomInvert": {"p": 0.5}}
    made = views(Kornia(apply=(invert, invert), count=16), photo())
    assert not all(view.allclose(made[0], atol=1e-4) for view in made)


def test_the_global_generators_are_left_alone():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    with seeded(5):
        torch.rand(3)
    with pytest.raises(ZeroDivisionError), seeded(5):
        raise ZeroDivisionError
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize("size", [(32, 96), (96, 32)], ids=str)
def test_views_are_squares_anywhere_along_the_longer_side(size):
    ramp = torch.linspace(0, 1, 96)
    image = (ramp if size[1] == 96 else ramp[:, None]).expand(1, 3, *size)
    means = views(Kornia(apply=({"RandomInvert": {"p": 0}},), count=64), image).mean(dim=(1, 2, 3))
    assert means.min() < 0.25 and means.max() > 0.75  # squares at the ends have 1/6 and 5/6
    assert means.std() > 0.1


def test_more_detail_keeps_crops_sharp():
    lines = (torch.arange(128) // 2 % 2).float().expand(1, 3, 128, 128)
    crop = {"CenterCrop": {"size": 32}}
    coarse, fine = (views(Kornia(apply=(crop,), count=1, detail=detail), lines) for detail in (1, 4))
    assert coarse.std() < 0.1 < 0.4 < fine.std()


def test_gamma_has_a_gradient_at_black():
    image = torch.zeros(1, 3, 16, 16)
    image[..., 8:] = 0.5
    image.requires_grad_()
    views(Kornia(apply=({"RandomGamma": {"gamma": [0.5, 0.5]}},), count=1), image, size=16).sum().backward()
    assert image.grad.isfinite().all() and image.grad[..., 8:].all()


def build(*apply, size=32, **env):
    return Kornia(apply=apply).build(make_env(perceptors={"clip": ColourPerceptor(size)}, **env))


@pytest.mark.parametrize("name", WITHOUT_GRADIENT)
def test_views_that_would_steer_nothing_are_refused(name):
    with pytest.raises(InputError, match=rf"apply\[1\]: {name}: it passes no gradient, .*give it a 'p' below 1"):
        build("RandomHue", {name: {"p": 1}})


def test_views_some_of_which_steer_nothing_are_said():
    notes = []
    build({"RandomPosterize": {"p": 0.3}}, note=notes.append)
    assert notes == ["apply[0]: RandomPosterize: it passes no gradient, so that 30% of the views steer nothing"]


@pytest.mark.parametrize(
    ("augmentation", "text"),
    [
        ({"RandomHue": {"hue": [-3, 3]}}, "kornia refuses it: hue"),
        ({"RandomJigsaw": {"grid": [5, 5]}}, "kornia refuses it: Input height and width .32, 32. must be divisible"),
        ({"RandomBoxBlur": {"kernel_size": [99, 99]}}, "kornia refuses it: "),
    ],
    ids=str,
)
def test_what_kornia_refuses_is_one_line_before_the_run(augmentation, text):
    with pytest.raises(InputError, match=rf"^apply\[0\]: \w+: {text}") as caught:
        build(augmentation)
    assert "\n" not in str(caught.value)


def test_what_an_older_kornia_lacks_is_said(monkeypatch):
    monkeypatch.delattr(kornia.augmentation, "RandomJPEG")
    with pytest.raises(InputError, match=r"has no RandomJPEG; install a newer one"):
        build("RandomJPEG")


def test_quality_multiplies_the_views():
    spec = Kornia(apply=("RandomHue",), count=10)
    assert [spec.scaled(share).count for share in (0.01, 0.5, 2, 1e6)] == [1, 5, 20, 4096]
