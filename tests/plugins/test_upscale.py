"""The upscaling stage: sizes, tiles, seams, transparency, and what the embedded network makes of edges."""

import io

import numpy as np
import pytest
import resvg_py
import torch
from PIL import Image
from pydantic import ValidationError
from torch.nn.functional import interpolate, pixel_shuffle, pixel_unshuffle

from artgen.api import Finished, InputError
from artgen.testing import FinishContract
from artgen_upscale import Upscale
from artgen_upscale.loading import embedded
from artgen_upscale.networks import Compact, Rrdb, Steep, steepened
from artgen_upscale.softness import shrinking
from artgen_upscale.tiles import enlarged, sizes
from benchmarks.sharpness import edge_width

DISC = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/>
<circle cx="30" cy="33" r="21" fill="#d33"/><rect x="24" y="20" width="14" height="9" fill="#246"/></svg>"""


def drawn(size):
    png = bytes(resvg_py.svg_to_bytes(svg_string=DISC, width=size, height=size))
    rgb = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    return torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None].float() / 255


def blurred(image, deviation):
    places = torch.arange(-12, 13)
    kernel = torch.exp(-0.5 * (places / deviation) ** 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    wide = torch.nn.functional.pad(image, (12,) * 4, mode="replicate")
    across = torch.nn.functional.conv2d(wide, kernel, groups=3)
    return torch.nn.functional.conv2d(across, kernel.mT, groups=3)


def noise(height, width, channels=3, batch=1):
    return torch.rand(batch, channels, height, width, generator=torch.Generator().manual_seed(4))


def finish(spec, image, env, alpha=None, **more):
    stage = spec.build(env(*image.shape[2:], seeds=range(len(image)), **more))
    with torch.no_grad():
        return stage(Finished(image, alpha))


class TestUpscale(FinishContract):
    spec = Upscale(scale=3, tile=32)


class TestUpscaleOfAPattern(FinishContract):
    spec = Upscale(scale=2, wrap=True, shrink=1.5)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (400, 240)),
        ({"scale": 3}, (300, 180)),
        ({"to": 1000}, (1000, 600)),
        ({"to": "1000"}, (1000, 600)),
        ({"to": "601x1001"}, (1001, 601)),
        ({"to": [60, 100]}, (100, 60)),
        ({"print": "30cm@300dpi"}, (3543, 2126)),
        ({"print": "2.54 cm @ 72 dpi"}, (72, 43)),
        ({"print": "254mm@100dpi"}, (1000, 600)),
        ({"print": "10in@100dpi"}, (1000, 600)),
    ],
)
def test_the_size_that_is_asked_for(fields, expected):
    spec = Upscale(**fields)
    assert spec.resized((100, 60)) == expected
    assert Upscale.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scale": 2, "to": 512}, "'scale' and 'to' each say how large"),
        ({"scale": 5}, "Input should be 2, 3 or 4"),
        ({"to": "huge"}, "expected a size in pixels"),
        ({"to": 40000}, "out of range"),
        ({"print": "30cm"}, "such as 30cm@300dpi"),
        ({"print": "30km@300dpi"}, "such as 30cm@300dpi"),
        ({"print": "500cm@1200dpi"}, "the longer side is 1 to 32768"),
        ({"model": "realesrgan-anim"}, "did you mean 'realesrgan-anime'"),
        ({"model": "old/model.pth"}, "'old/model.pth' is no .safetensors file.*convert it first"),
        ({"model": "no/such.safetensors"}, "there is no file"),
        ({"shrink": 0.5}, "greater than or equal to 1"),
        ({"tile": 8}, "greater than or equal to 32"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Upscale(**fields)


def test_a_picture_is_not_stretched():
    with pytest.raises(InputError, match="write 1000x600, or 1000 for the longer side alone"):
        Upscale(to=(1000, 1000)).resized((60, 100))


def test_any_size_is_made_in_the_fewest_passes():
    assert sizes((100, 60), (400, 240), 4) == [(400, 240)]
    assert sizes((100, 60), (200, 120), 4) == [(200, 120)]
    assert sizes((100, 60), (1001, 601), 4) == [(251, 151), (1001, 601)]
    assert sizes((64, 64), (4096, 4096), 4) == [(256, 256), (1024, 1024), (4096, 4096)]


class Folded(Compact):
    """A network that takes sides of whole pairs of pixels, as some of other people's do."""

    fold = 2

    def __init__(self):
        super().__init__(12, 2, 8)
        self.first = torch.nn.Conv2d(12, 3, 1)
        self.scale, self.reach = 4, 2 * self.reach

    def forward(self, image):
        return self.drawn(self.first(pixel_unshuffle(image, 2)))

    def drawn(self, image):
        return pixel_shuffle(self.body(image), 8)


def networks():
    torch.manual_seed(1)
    for network in (Compact(8, 3), Steep(8, 3), Folded(), Rrdb(1, 8, 4)):
        yield network.eval().requires_grad_(False)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("size", [(180, 260), (131, 193), (100, 141)], ids=str)
def test_tiles_join_to_what_the_whole_picture_becomes(size, wrap):
    image = noise(45, 65)
    for network in networks():
        whole, tiled = (enlarged(image, size, network, tile, wrap, lambda share: None) for tile in (4096, 32))
        assert whole.shape == (1, 3, *size)
        assert (whole - tiled).abs().max() < 1e-5, type(network).__name__


def test_at_borders_a_network_sees_what_it_does_alone():
    image = noise(44, 64)
    for network in networks():
        made = enlarged(image, (176, 256), network, 32, False, lambda share: None)
        torch.testing.assert_close(made, network(image).clamp(0, 1), atol=1e-5, rtol=0)


def test_a_pattern_stays_without_a_seam(env):
    image = noise(40, 48)
    spec = Upscale(scale=3, wrap=True, tile=32)
    rolled = finish(spec, image.roll((10, 16), (2, 3)), env).image
    expected = finish(spec, image, env).image.roll((30, 48), (2, 3))
    torch.testing.assert_close(rolled, expected, atol=1e-5, rtol=0)
    plain = Upscale(scale=3, tile=32)
    other = finish(plain, image.roll((10, 16), (2, 3)), env).image
    assert (other - finish(plain, image, env).image.roll((30, 48), (2, 3))).abs().max() > 0.05


def test_colours_of_what_is_clear_are_never_seen(env):
    image, alpha = noise(40, 40), torch.zeros(1, 1, 40, 40)
    alpha[..., 8:30, 12:28] = 1
    other = torch.where(alpha > 0, image, 1 - image)
    first, second = (finish(Upscale(), drawing, env, alpha) for drawing in (image, other))
    assert torch.equal(first.image, second.image) and torch.equal(first.alpha, second.alpha)
    red = torch.where(alpha > 0, torch.tensor([1.0, 0, 0])[:, None, None], torch.tensor([0, 1.0, 0])[:, None, None])
    made = finish(Upscale(), red, env, alpha)
    seen = (made.alpha > 0).expand(-1, 3, -1, -1)
    assert made.image[:, :1][seen[:, :1]].min() > 0.9 and made.image[:, 1:2][seen[:, :1]].max() < 0.1


def test_alpha_is_enlarged_crisp_and_clear_stays_clear(env):
    alpha = 1 - drawn(64)[:, 1:2]
    alpha = ((alpha - alpha.min()) / (alpha.max() - alpha.min())).round()
    made = finish(Upscale(), noise(64, 64), env, alpha)
    assert made.alpha.shape == (1, 1, 256, 256)
    far = torch.nn.functional.max_pool2d(alpha, 3, 1, 1)
    far = interpolate(far, scale_factor=4, mode="nearest")
    assert made.alpha[far == 0].max() == 0
    plain = interpolate(alpha, scale_factor=4, mode="bicubic", align_corners=False)
    assert edge_width(made.alpha[0].expand(3, -1, -1)) < edge_width(plain[0].expand(3, -1, -1))


def test_progress_goes_from_0_to_1(env):
    told = []
    finish(Upscale(tile=32), noise(64, 80, batch=2), env, noise(64, 80, 1, batch=2), progress=told.append)
    assert told == sorted(told) and told[-1] == pytest.approx(1) and len(told) == 24


def test_it_shrinks_as_far_as_edges_are_soft():
    crisp = drawn(256)
    assert shrinking(crisp) == 1
    found = [shrinking(blurred(crisp, deviation)) for deviation in (1.5, 2.5, 4)]
    assert found == sorted(found) and 2 < found[0] < 3 and 5.5 < found[2] < 7
    assert shrinking(torch.full((1, 3, 32, 32), 0.5)) == 1


def test_shrinking_first_turns_blur_into_edges(env):
    soft = blurred(drawn(128), 2.5)
    noted = []
    widths = {
        shrink: edge_width(finish(Upscale(scale=2, shrink=shrink), soft, env, note=noted.append).image[0])
        for shrink in (None, 3.0, "auto")
    }
    assert widths[3.0] < 0.6 * widths[None] and widths["auto"] < 0.6 * widths[None]
    assert len(noted) == 1 and noted[0].startswith("shrink: made")


@pytest.mark.parametrize(("softened", "share"), [(0, 0.75), (0.8, 0.5)])
def test_the_embedded_network_draws_edges_as_a_renderer_does(softened, share, env):
    true, small = drawn(512), drawn(128)
    small = blurred(small, softened) if softened else small
    made = finish(Upscale(), small, env).image
    plain = interpolate(small, scale_factor=4, mode="bicubic", align_corners=False).clamp(0, 1)
    assert (made - true).abs().mean() < share * (plain - true).abs().mean()
    assert edge_width(made[0]) < 0.5 * edge_width(plain[0])
    # An even field has no weave and no rings.
    assert (made[..., 8:24, 8:24] - 1).abs().max() < 2 / 255


def test_steepening_narrows_edges_and_never_rings():
    soft = blurred(drawn(128), 1.5)
    steep = steepened(soft)
    assert edge_width(steep[0]) < 0.8 * edge_width(soft[0])
    wide = torch.nn.functional.pad(soft, (1,) * 4, mode="replicate")
    assert (steep <= torch.nn.functional.max_pool2d(wide, 3, 1)).all()
    assert (steep >= -torch.nn.functional.max_pool2d(-wide, 3, 1)).all()
    slope = torch.linspace(0, 1, 40).expand(1, 3, 40, 40)
    torch.testing.assert_close(steepened(slope)[..., 4:-4], slope[..., 4:-4])


def test_the_recipe_learns_what_was_used(env):
    stage = Upscale().build(env(8, 8))
    assert list(stage.weights) == ["upscale/upscaler.safetensors"]
    assert stage.credits == ("Real-ESRGAN (c) 2021 Xintao Wang, BSD 3-Clause",)
    assert len(stage.weights["upscale/upscaler.safetensors"]) == 64
    assert sum(value.numel() for value in embedded().state_dict().values()) * 2 < 2e6
