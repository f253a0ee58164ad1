"""Style and content over features, against numpy and scipy."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from scipy.spatial.distance import cdist
from torchvision.models import vgg16

from artgen.api import InputError
from artgen.canvas import read_picture
from artgen_clip import OpenClip
from artgen_style import Content, StayContent, Style
from artgen_style.network import Network
from artgen_style.points import places

SIDE = 16


class Stages:
    """A perceptor with two layers: filtered pixels, and their squares at half the size."""

    size, dim = SIDE, 4

    def __init__(self):
        self.filters = torch.randn(5, 3, 3, 3, generator=torch.Generator().manual_seed(2))

    def features(self, images):
        fine = F.conv2d(images, self.filters, padding=1)
        return [fine, F.avg_pool2d(fine.square(), 2)[:, :4]]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Stripes and a soft gradient, at the canvas's size."""
    folder = tmp_path_factory.mktemp("pictures")
    y, x = np.mgrid[:SIDE, :SIDE]
    stripes = np.stack([x // 2 % 2 * 255, y // 4 % 2 * 200, np.full_like(x, 90)], axis=-1)
    soft = np.stack([x * 15, y * 10, 255 - x * 12], axis=-1)
    for name, pixels in (("stripes", stripes), ("soft", soft)):
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def build(env):
    def make(spec, seeds=(0,), **more):
        return spec.build(env(SIDE, SIDE, seeds=seeds, perceptors={"clip": Stages()}, **more))

    return make


def drawing(count=1, seed=0):
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def maps(image):
    return [found[0].numpy().astype(np.float64) for found in Stages().features(image)]


def pixels(path):
    return read_picture(path, (SIDE, SIDE))


def gram(found):
    rows = found.reshape(len(found), -1)
    return rows @ rows.T / rows.shape[1]


def test_gram_against_numpy(build, pictures, fake_look):
    image, path = drawing(), pictures / "stripes.png"
    pairs = [(gram(a), gram(b)) for a, b in zip(maps(image), maps(pixels(path)), strict=True)]
    expected = np.mean([((a - b) ** 2).sum() / (b**2).sum() for a, b in pairs])
    assert build(Style(image=path))(fake_look(image)).item() == pytest.approx(expected, rel=1e-4)
    one = ((pairs[1][0] - pairs[1][1]) ** 2).sum() / (pairs[1][1] ** 2).sum()
    assert build(Style(image=path, layers=(1,)))(fake_look(image)).item() == pytest.approx(one, rel=1e-4)


def test_gram_asks_not_where_but_what(build, pictures, fake_look):
    path = pictures / "stripes.png"
    loss, image = build(Style(image=path, layers=(0,))), pixels(path)
    rolled = image.roll((4, 4), (2, 3))
    assert loss(fake_look(image)).item() == pytest.approx(0, abs=1e-9)
    assert loss(fake_look(rolled)).item() < 0.05 * loss(fake_look(pixels(pictures / "soft.png"))).item()


def bilinear(layer, at):
    """(C, h, w) at (k, 2) places from -1 to 1, x first, with the border held."""
    height, width = layer.shape[1:]
    x = np.clip((at[:, 0] + 1) * width / 2 - 0.5, 0, width - 1)
    y = np.clip((at[:, 1] + 1) * height / 2 - 0.5, 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, low = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    upper = layer[:, top, left] * (1 - x + left) + layer[:, top, right] * (x - left)
    lower = layer[:, low, left] * (1 - x + left) + layer[:, low, right] * (x - left)
    return (upper * (1 - y + top) + lower * (y - top)).T


def columns(image, at, scales):
    layers = [image[0].numpy().astype(np.float64), *maps(image)]
    return np.concatenate([bilinear(layer, at) / scale for layer, scale in zip(layers, scales, strict=True)], axis=1)


def test_relaxed_transport_against_scipy(build, env, pictures, fake_look):
    image, path, step = drawing(), pictures / "stripes.png", 3
    style = pixels(path)
    scales = [np.sqrt((layer**2).mean()) for layer in (style[0].numpy().astype(np.float64), *maps(style))]
    part = env(SIDE, SIDE)
    here, there = (
        columns(picture, places(part, 1, when, purpose)[0, 0].numpy().astype(np.float64), scales)
        for picture, when, purpose in ((image, step, "places"), (style, 0, "style"))
    )
    far, colour = cdist(here, there, "cosine"), cdist(here[:, :3] * scales[0], there[:, :3] * scales[0])
    moved, painted = (max(d.min(axis=0).mean(), d.min(axis=1).mean()) for d in (far, colour))
    spread = np.abs(np.cov(here.T, bias=True) - np.cov(there.T, bias=True)).mean()
    moments = np.abs(here.mean(axis=0) - there.mean(axis=0)).mean() + spread
    value = build(Style(image=path, kind="remd"))(fake_look(image, step=step)).item()
    assert value == pytest.approx((moved + moments + painted) / 3, rel=1e-3)


def test_content_against_numpy(build, pictures, fake_look):
    image, path = drawing(), pictures / "soft.png"
    parts = []
    for a, b in zip(maps(image), maps(pixels(path)), strict=True):
        one, two = (m / np.linalg.norm(m, axis=0, keepdims=True) for m in (a, b))
        parts.append(((one - two) ** 2).sum(axis=0).mean())
    assert build(Content(image=path))(fake_look(image)).item() == pytest.approx(np.mean(parts), rel=1e-3)


def test_self_similarity_against_scipy(build, env, pictures, fake_look):
    image, path = drawing(), pictures / "soft.png"
    at = places(env(SIDE, SIDE), 1, 2)[0, 0].numpy().astype(np.float64)

    def shares(picture):
        points = np.concatenate([bilinear(layer, at) for layer in maps(picture)], axis=1)
        far = cdist(points, points, "cosine")
        return far / far.sum(axis=0)

    expected = np.abs(shares(image) - shares(pixels(path))).sum(axis=0).mean()
    value = build(Content(image=path, kind="self_similarity"))(fake_look(image, step=2)).item()
    assert value == pytest.approx(expected, rel=5e-3)


def test_self_similarity_hardly_minds_other_colours(build, pictures, fake_look):
    """Turning all colours around keeps what is alike alike; moving things does not."""
    path = pictures / "soft.png"
    loss, image = build(Content(image=path, kind="self_similarity")), pixels(path)
    assert loss(fake_look(image)).item() == pytest.approx(0, abs=1e-3)
    assert loss(fake_look(0.9 * image)).item() < 0.3 * loss(fake_look(drawing())).item()


def test_tiles_show_finer_texture(env, pictures):
    network = Network(Style(image=pictures / "soft.png", tiles=2), env(SIDE, SIDE, perceptors={"clip": Stages()}))
    image = drawing(2)
    tiles = network.cut(F.interpolate(image, scale_factor=2, mode="nearest"))
    assert tiles.shape == (2, 4, 3, SIDE, SIDE)
    assert tiles[:, 0].mean().item() == pytest.approx(image[:, :, :8, :8].mean().item(), abs=0.02)
    assert tiles[:, 1].mean((0, 2, 3)) == pytest.approx(image[:, :, :8, 8:].mean((0, 2, 3)), abs=0.03)


def every(pictures):
    return {
        "gram": Style(image=pictures / "stripes.png"),
        "remd": Style(image=pictures / "stripes.png", kind="remd"),
        "content": Content(image=pictures / "stripes.png"),
        "self_similarity": Content(image=pictures / "stripes.png", kind="self_similarity"),
    }


@pytest.mark.parametrize("name", ["gram", "remd", "content", "self_similarity"])
@pytest.mark.parametrize("tiles", [1, 2])
def test_descent_brings_the_picture_nearer(name, tiles, build, pictures, fake_look):
    loss = build(every(pictures)[name].model_copy(update={"tiles": tiles}))
    image = drawing().requires_grad_()
    optimiser = torch.optim.Adam([image], 0.05)
    values = []
    for step in range(16):
        value = loss(fake_look(image, step=step))
        values.append(value.item())
        optimiser.zero_grad()
        value.sum().backward()
        assert image.grad.isfinite().all()
        optimiser.step()
    assert values[-1] < 0.5 * values[0]


def test_content_pulls_a_picture_back(build, pictures, fake_look):
    wanted = pixels(pictures / "stripes.png")
    loss = build(Content(image=pictures / "stripes.png"))
    image = (0.7 * wanted + 0.3 * drawing()).requires_grad_()
    before = (image - wanted).square().mean().item()
    optimiser = torch.optim.Adam([image], 0.01)
    for _ in range(60):
        optimiser.zero_grad()
        loss(fake_look(image)).sum().backward()
        optimiser.step()
    assert (image - wanted).square().mean().item() < 0.5 * before


@pytest.mark.parametrize("name", ["gram", "remd", "content", "self_similarity"])
def test_a_picture_counts_the_same_alone_and_in_a_batch(name, build, pictures, fake_look):
    spec, image = every(pictures)[name], drawing(2)
    both = build(spec, seeds=(3, 4))(fake_look(image, step=1))
    alone = build(spec, seeds=(4,))(fake_look(image[1:], step=1))
    assert both.shape == (2,)
    torch.testing.assert_close(both[1:], alone, atol=1e-5, rtol=1e-4)


def test_the_start_is_kept(build, fake_look):
    start = drawing(2, seed=5)
    loss = build(StayContent(), seeds=(0, 1), start=start)
    assert loss(fake_look(start)).tolist() == pytest.approx([0, 0], abs=1e-6)
    assert loss(fake_look(start.flip(0))).min() > 0.1
    with pytest.raises(InputError, match="stay_content: the run has no start"):
        build(StayContent())


def test_vgg_gives_what_torchvision_computes(vgg, env, pictures):
    network = Network(Style(image=pictures / "soft.png", network="vgg16", checkpoint=vgg, resolution=32), env(32, 32))
    image = torch.rand(1, 3, 32, 32)
    found = network.maps(network.cut(image))
    with torch.device("meta"):
        model = vgg16(weights=None).features
    model.load_state_dict({k.removeprefix("features."): v.float() for k, v in load_file(vgg).items()}, assign=True)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    values = (image - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)
    with torch.no_grad():
        third = model[:16](values)
    torch.testing.assert_close(found[2][:, 0], third, atol=1e-4, rtol=1e-4)
    assert [layer.shape[2] for layer in found] == [64, 128, 256, 512, 512]
    assert list(network.weights) == ["vgg16/vgg.safetensors"]


def test_the_weights_of_vgg_are_not_looked_for_when_offline(env, pictures, monkeypatch, tmp_path):
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"vgg16-397923af\.pth: is not in the cache"):
        Style(image=pictures / "soft.png", network="vgg16").build(env(SIDE, SIDE))


def test_other_weights_are_one_line(env, pictures, tmp_path):
    save_file({"features.0.weight": torch.ones(2)}, tmp_path / "other.safetensors")
    spec = Style(image=pictures / "soft.png", network="vgg16", checkpoint=tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="are no weights of torchvision's VGG-16") as caught:
        spec.build(env(SIDE, SIDE))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("perceptors", "fields", "message"),
    [
        ({}, {}, "the preset has no perceptor; or give 'network: vgg16'"),
        ({"a": Stages(), "b": Stages()}, {}, "which of the perceptors.*one of a, b"),
        ({"clip": SimpleNamespace(dim=4)}, {}, "perceptor 'clip' does not show its features"),
        ({"clip": Stages()}, {"layers": (0, 2)}, "style: there is no layer 2; the network has 0 to 1"),
    ],
)
def test_networks_that_do_not_do_are_one_line(perceptors, fields, message, env, pictures):
    with pytest.raises(InputError, match=message) as caught:
        Style(image=pictures / "soft.png", **fields).build(env(SIDE, SIDE, perceptors=perceptors))
    assert "\n" not in str(caught.value)


def test_the_embedded_model_sees_the_style_of_a_picture(env, pictures, fake_look):
    perceptor = OpenClip().build(env(48, 48))
    loss = Style(image=pictures / "stripes.png", tiles=1).build(env(48, 48, perceptors={"clip": perceptor}))
    same, other = (read_picture(pictures / f"{name}.png", (48, 48)) for name in ("stripes", "soft"))
    assert loss(fake_look(same)).item() == pytest.approx(0, abs=1e-6)
    assert loss(fake_look(same.flip(-1))).item() < loss(fake_look(other)).item()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"network": "vgg16", "perceptor": "clip"}, "'perceptor' belongs to 'network: perceptor'"),
        ({"resolution": 64}, "'checkpoint' and 'resolution' belong to 'network: vgg16'"),
        ({"layers": (1, 1)}, "'layers' names a layer twice"),
        ({"layers": ()}, "at least 1 item"),
        ({"tiles": 0}, "greater than or equal to 1"),
        ({"image": "nowhere.png"}, "there is no file"),
    ],
)
def test_mistakes_are_named(fields, message, pictures):
    with pytest.raises(ValidationError, match=message):
        Style(**{"image": pictures / "soft.png", **fields})
