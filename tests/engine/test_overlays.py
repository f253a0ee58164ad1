"""An overlay changes what it covers, and as little else as a generator can."""

from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from artgen.engine.loop import lay_over
from artgen.preset.settings.overlay import Overlay
from artgen.testing import make_env
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_diffusion.pixel_spec import Diffusion
from artgen_fourier import Fourier
from artgen_pixel import Pixel
from artgen_vqgan import Vqgan


@pytest.fixture
def half(tmp_path):
    """24 x 16 pixels: yellow at the right, clear at the left."""
    picture = Image.new("RGBA", (24, 16))
    picture.paste((255, 230, 0, 255), (16, 0, 24, 16))
    picture.save(tmp_path / "half.png")
    return str(tmp_path / "half.png")


@pytest.fixture
def clear(tmp_path):
    Image.new("RGBA", (24, 16)).save(tmp_path / "clear.png")
    return str(tmp_path / "clear.png")


@pytest.fixture
def builds(code_model, picture_model, stable):
    """For each kind of numbers, a generator of 16 x 24 pixels and two pictures."""

    def build(name):
        still = {"guidance": 0, "eta": 0, "scheduler": "ddim"}
        spec = {
            "pixels": lambda: Pixel(),
            "cells": lambda: Pixel(grid=(5, 3), interpolation="bicubic"),
            "pyramid": lambda: Pixel(pyramid=(4, 24)),
            "palette": lambda: Pixel(palette=("red", "teal", "yellow"), noise=2),
            "waves": lambda: Fourier(band=0.5),
            "codes": lambda: Vqgan(model=str(code_model())),
            "diffusion": lambda: Diffusion(model=str(picture_model()), resolution=16, **still),
            "latents": lambda: LatentDiffusion(model=str(stable), prompt="a cat", **still),
        }[name]()
        return spec.build(make_env(size=(16, 24), seeds=(3, 4), steps=8))

    return build


NAMES = ["pixels", "cells", "pyramid", "palette", "waves", "codes", "diffusion", "latents"]
IN_PLACE = {
    # Numbers that lie where they are seen: which of a generator's state they are, and how much of them is left of
    # what is covered. Networks and waves reach everywhere, so that there the drawing says nothing.
    "pixels": ("parameters", 16 / 24),
    "cells": ("parameters", 3 / 5),
    "palette": ("parameters", 16 / 24),
    "codes": ("parameters", 4 / 6),
    "diffusion": ("sample", 0.6),
    "latents": ("sample", 4 / 6),
}


def parts_of(generator, image):
    """As much of a run as `lay_over` wants."""
    overlay = Overlay(image=image, every=1)
    return SimpleNamespace(
        preset=SimpleNamespace(overlay=overlay),
        overlay=overlay.layer((16, 24)),
        paint=(),
        generator=generator,
        generator_title="generator 'mine' (test 1.0)",
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_clear_overlay_changes_nothing_at_all(name, builds, clear):
    generator = builds(name)
    before = generator.draw(0).detach()
    lay_over(parts_of(generator, clear), 0)
    assert torch.equal(generator.draw(0).detach(), before)


@pytest.mark.parametrize("name", IN_PLACE)
def test_the_numbers_of_what_is_not_covered_stay(name, builds, half):
    generator, (which, share) = builds(name), IN_PLACE[name]

    def numbers():
        found = generator.state_dict()[which]
        return (found[0] if isinstance(found, list) else found).clone()

    before = numbers()
    lay_over(parts_of(generator, half), 0)
    after, left = numbers(), round(before.shape[-1] * share)
    assert torch.equal(after[..., :left], before[..., :left])
    assert not torch.equal(after[..., left:], before[..., left:])


@pytest.mark.parametrize(("name", "near"), [("pixels", 0), ("pyramid", 1e-5), ("palette", 0), ("waves", 2e-2)])
def test_the_drawing_stays_beside_an_overlay(name, near, builds, half):
    generator = builds(name)
    before = generator.draw(0).detach()
    for _ in range(5):
        lay_over(parts_of(generator, half), 0)
    after = generator.draw(0).detach()
    # Waves that are not drawn yet are missing at the border.
    assert (after - before)[..., 2:12].abs().max() <= near
    if name != "palette":
        yellow = torch.tensor([1, 0.9, 0]).view(3, 1, 1)
        assert (after[..., 18:22] - yellow).abs().mean() < 0.1


def test_an_opaque_overlay_is_painted_as_ever(builds, half):
    """Presets with such overlays come out as they always did."""
    Image.new("RGB", (24, 16), "teal").save(half)
    one, other = builds("pyramid"), builds("pyramid")
    parts = parts_of(one, half)
    lay_over(parts, 0)
    other.paint(parts.overlay[:, :3].expand(2, -1, -1, -1), 0)
    assert torch.equal(one.draw(0), other.draw(0))


def test_a_stranger_that_only_paints_is_handed_the_whole_picture(half):
    class Painter:
        steps = 8

        def draw(self, step):
            return torch.zeros(1, 3, 16, 24)

        def paint(self, image, step):
            self.painted = image

    painter = Painter()
    lay_over(parts_of(painter, half), 0)
    assert (painter.painted[..., :16] == 0).all()
    assert (painter.painted[:, 0, :, 16:] == 1).all()
