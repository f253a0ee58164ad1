"""The aesthetic loss: what heads say, which perceptor they fit, and what they do to a picture."""

import json
import math
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError
from safetensors import safe_open
from safetensors.torch import save_file

from artgen.api import InputError
from artgen.testing import ColourPerceptor
from artgen.weights import sha256
from artgen_clip import OpenClip, catalogue, heads
from artgen_clip.aesthetic_catalogue import HEAD, PUBLISHED, told_by
from artgen_clip.aesthetic_spec import Aesthetic

DIM = 12
DRAWS = np.random.default_rng(0)


def linear(rows=1, dim=DIM, prefix=""):
    weight, bias = DRAWS.normal(size=(rows, dim)), DRAWS.normal(size=rows)
    return {f"{prefix}weight": weight.astype(np.float32), f"{prefix}bias": bias.astype(np.float32)}


def improved(dim=DIM):
    widths = (dim, 9, 7, 5, 3, 1)
    layers = zip((0, 2, 4, 6, 7), widths, widths[1:], strict=False)
    return {key: value for n, i, o in layers for key, value in linear(o, i, f"layers.{n}.").items()}


def write(state, path):
    state = {name: torch.from_numpy(value) for name, value in state.items()}
    save_file(state, path) if path.suffix == ".safetensors" else torch.save(state, path)
    return path


def unit(count=6, dim=DIM):
    rows = DRAWS.normal(size=(count, dim))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def layered(state, rows):
    for n in (0, 2, 4, 6, 7):
        rows = rows @ state[f"layers.{n}.weight"].T + state[f"layers.{n}.bias"]
    return rows[:, 0]


LAYOUTS = {
    "laion": (linear(), lambda state, rows: (rows @ state["weight"].T + state["bias"])[:, 0]),
    "simulacra": (
        linear(prefix="linear."),
        lambda state, rows: (math.sqrt(DIM) * rows @ state["linear.weight"].T + state["linear.bias"])[:, 0],
    ),
    "improved": (improved(), layered),
}


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_head_scores_as_numpy_does(layout, suffix, tmp_path):
    state, expected = LAYOUTS[layout]
    head, rows = heads.read(write(state, tmp_path / f"head{suffix}")), unit()
    assert head.dim == DIM
    assert head(torch.from_numpy(rows).float()).numpy() == pytest.approx(expected(state, rows), rel=1e-4, abs=1e-5)


class Payload:
    def __reduce__(self):
        return (print, ("code ran",))


def spoilt(kind, path):
    whole = write(linear(), path).read_bytes()
    if kind == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "pickle with code":
        path.write_bytes(pickle.dumps({"weight": Payload()}))
    elif kind == "other layers":
        write(linear(prefix="classifier."), path)
    elif kind == "two scores":
        write(linear(rows=2), path)
    elif kind == "layers that do not follow":
        write(improved() | linear(4, 8, "layers.4."), path)
    elif kind == "not finite":
        write(linear() | {"bias": np.full(1, np.nan, np.float32)}, path)
    elif kind == "wide":
        write(linear(dim=heads.MAX_WIDTH + 1), path)
    return path


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize(
    "kind",
    ["truncated", "pickle with code", "other layers", "two scores", "layers that do not follow", "not finite", "wide"],
)
def test_a_file_that_is_no_head_is_one_line(kind, tmp_path, capfd):
    path = spoilt(kind, tmp_path / "head.pth")
    with pytest.raises(InputError) as caught:
        heads.read(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)
    assert "code ran" not in capfd.readouterr().out


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    path = write(linear(), tmp_path / "head.pth")
    monkeypatch.setattr(heads, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="is larger than"):
        heads.read(path)


def test_the_loss_is_the_mean_squared_distance_of_each_view(env, fake_look, tmp_path):
    state = linear()
    spec = Aesthetic(checkpoint=write(state, tmp_path / "head.pth"), target=7)
    views = unit(count=6).reshape(2, 3, DIM)
    look = fake_look(torch.zeros(2, 3, 4, 4), shown={"clip": torch.from_numpy(views).float()})
    loss = spec.build(env(4, 4, seeds=(0, 1), perceptors={"clip": ColourPerceptor()}))(look)
    score = (views @ state["weight"].T + state["bias"])[..., 0]
    assert loss.numpy() == pytest.approx((((7 - score) / 10) ** 2).mean(axis=1), rel=1e-4)


def test_descent_brings_the_score_to_the_target_from_both_sides(env, fake_look, tmp_path):
    path = write(
        {"weight": np.eye(1, DIM, dtype=np.float32) * 9, "bias": np.full(1, 5, np.float32)}, tmp_path / "h.pth"
    )
    perceptor, head = ColourPerceptor(), heads.read(path)
    start = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    for target in (1, 9):
        loss = Aesthetic(checkpoint=path, target=target).build(env(8, 8, perceptors={"clip": perceptor}))
        image = start.clone().requires_grad_()
        for _ in range(30):
            (gradient,) = torch.autograd.grad(
                loss(fake_look(image, shown={"clip": perceptor.embed_images(image)[None]})), image
            )
            image = (image - 0.1 * gradient / gradient.norm()).detach().requires_grad_()
        before, after = (abs(head(perceptor.embed_images(x)).item() - target) for x in (start, image))
        assert after < 0.8 * before


def model(name, dim=DIM):
    return SimpleNamespace(model=name, dim=dim, size=8)


@pytest.mark.parametrize(
    ("file", "made_for", "perceptor", "message"),
    [
        ("head.pth", None, model("ViT-B-16/openai", 16), "embeddings of 12 numbers; those of perceptor 'clip' have 16"),
        (
            "head.pth",
            "ViT-B-16/openai",
            model("ViT-B-32/openai"),
            "made for ViT-B-16/openai; perceptor 'clip' is 'ViT-B-32",
        ),
        ("head.pth", "ViT-B-16/openai", model("ViT-B-16/laion2b_s34b_b88k"), "is 'ViT-B-16/laion2b_s34b_b88k'"),
        ("ava_vit_b_16_linear.pth", None, model("ViT-B-32/openai"), "made for ViT-B-16/openai"),
        ("ava_vit_b_16_linear.pth", None, ColourPerceptor(), "perceptor 'clip' is another model"),
    ],
)
def test_a_head_for_another_perceptor_is_refused(file, made_for, perceptor, message, env, tmp_path):
    spec = Aesthetic(checkpoint=write(linear(), tmp_path / file), made_for=made_for)
    with pytest.raises(InputError, match=message) as caught:
        spec.build(env(8, 8, perceptors={"clip": perceptor}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "made_for", "found", "told"),
    [
        ("head.pth", None, "ViT-B-32/openai", False),
        ("head.pth", "ViT-B-16", "ViT-B-16/openai", False),
        ("ava_vit_b_16_linear.pth", None, "ViT-B-16/openai", False),
        ("ava_vit_b_16_linear.pth", None, "ViT-B-16-quickgelu/openai", False),
        ("ava_vit_b_16_linear.pth", None, "ViT-B-16", True),
        ("ava_vit_b_16_linear.pth", "ViT-B-32/openai", "ViT-B-32/openai", False),
    ],
)
def test_a_head_for_this_perceptor_is_taken(file, made_for, found, told, env, tmp_path):
    """Where the perceptor's weights came as a file, nobody can know them; that is said."""
    notes = []
    spec = Aesthetic(checkpoint=write(linear(), tmp_path / file), made_for=made_for)
    loss = spec.build(env(8, 8, perceptors={"clip": model(found)}, note=notes.append))
    assert loss.weights == {f"aesthetic/{file}": sha256(tmp_path / file)}
    assert bool(notes) is told


def test_which_of_two_perceptors_must_be_said(env, tmp_path):
    two, path = {"a": ColourPerceptor(), "b": ColourPerceptor()}, write(linear(), tmp_path / "head.pth")
    with pytest.raises(InputError, match=r"which of the perceptors.*: one of a, b"):
        Aesthetic(checkpoint=path).build(env(8, 8, perceptors=two))
    Aesthetic(checkpoint=path, perceptor="b").build(env(8, 8, perceptors=two))


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_heads_are_for_models_that_open_clip_has(name, env, monkeypatch, tmp_path):
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path))
    published = PUBLISHED[name]
    architecture, _, tag = published.made_for.partition("/")
    assert architecture in catalogue.model_names() and tag == "openai"
    assert len(bytes.fromhex(published.sha256)) == 32 and len(published.mirrors) == 2
    with pytest.raises(InputError, match="is not in the cache"):
        Aesthetic(model=name).build(env(8, 8, perceptors={"clip": model(published.made_for)}))


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("sa_0_4_vit_l_14_linear", "ViT-L-14/openai"),
        ("ava_vit_l_14_336_linear", "ViT-L-14-336/openai"),
        ("sac_public_2022_06_29_vit_b_32_linear", "ViT-B-32/openai"),
        ("sac+logos+ava1-l14-linearMSE", "ViT-L-14/openai"),
        ("my_own_head", None),
    ],
)
def test_published_files_tell_their_model_by_name(stem, expected):
    assert told_by(stem) == expected


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "laion_v2_vit_l_41"}, "did you mean 'laion_v2_vit_l_14'"),
        ({"model": "laion_v1_vit_b_32", "checkpoint": __file__}, "'checkpoint' replaces 'model'"),
        ({"made_for": "ViT-B-32/openai"}, "'made_for' belongs to a 'checkpoint'"),
        ({"target": 11}, "less than or equal to 10"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Aesthetic(**fields)


def test_the_embedded_head_belongs_to_the_embedded_model():
    with safe_open(HEAD, "pt") as file:
        assert file.metadata()["made_for"] == sha256(catalogue.MODELS["embedded"].checkpoint)
    width = json.loads(catalogue.MODELS["embedded"].config.read_text())["model_cfg"]["embed_dim"]
    assert heads.read(HEAD).dim == width


def test_the_embedded_head_prefers_a_clean_drawing(env, fake_look):
    """A disc on a ground scores above itself in noise, shuffled, and under a veil of colour."""
    perceptor = OpenClip().build(env(48, 48))
    loss = Aesthetic().build(env(48, 48, perceptors={"clip": perceptor}))
    y, x = np.mgrid[:48, :48] - 23.5
    disc = torch.ones(3, 48, 48).where(
        torch.from_numpy(np.hypot(x, y) > 16), torch.tensor([0.9, 0.1, 0.15]).view(3, 1, 1)
    )
    generator = torch.Generator().manual_seed(0)
    noisy = (disc + 0.4 * torch.randn(disc.shape, generator=generator)).clamp(0, 1)
    blocks = F.unfold(disc[None], 12, stride=12)
    shuffled = F.fold(blocks[..., torch.randperm(16, generator=generator)], (48, 48), 12, stride=12)[0]
    veiled = disc.lerp(torch.tensor([0.5, 0.6, 0.3]).view(3, 1, 1), 0.7)
    images = torch.stack([disc, noisy, shuffled, veiled])
    values = loss(fake_look(images, shown={"clip": perceptor.embed_images(images)[:, None]}))
    assert (values[0] < values[1:]).all()
