import pytest
import torch
from pydantic import ValidationError

from artgen.api import InputError
from artgen.testing import GeneratorContract, make_env
from artgen_cells import Cells
from artgen_pixel import Pixel


class TestPixelsOfAStock(GeneratorContract):
    spec = Pixel(palette={"lego": "4x4", "each": 1}, softness=0.01)


def pieces(picture):
    """How often each colour is in (3, ...)."""
    return torch.unique(picture.flatten(1).T, dim=0, return_counts=True)[1]


@pytest.mark.parametrize("spec", [Pixel, lambda **more: Cells(kind="square", **more)])
def test_a_finished_picture_takes_no_more_pieces_than_there_are(spec):
    settings = {"palette": {"perler": "6x4", "each": 5}, "softness": 0.01, "noise": 0.05}
    generator = spec(**settings).build(make_env(size=(16, 24), batch=2, steps=1))
    assert len(pieces(generator.draw(0)[0])) > 5
    generator.draw(0).square().mean().backward()
    generator.advance(0)
    for picture in generator.draw(1):
        assert picture.shape == (3, 16, 24)
        counts = pieces(picture) // 16
        assert counts.sum() == 24
        assert counts.max() <= 5
        assert torch.equal(picture, picture[:, ::4, ::4].repeat_interleave(4, 1).repeat_interleave(4, 2))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (lambda: Pixel(palette={"lego": "4x4"}, grid=(5, 4)), "'grid' is 5x4, the palette's work 4x4"),
        (lambda: Pixel(palette={"lego": "4x4"}, interpolation="bilinear"), "'interpolation' is nearest"),
        (lambda: Cells(palette={"lego": "4x4"}), "write 'kind: square', and not hexagon"),
        (lambda: Cells(palette={"lego": "4x4"}, kind="square", across=3), "'across' is 3, the palette's work has 4"),
    ],
)
def test_settings_that_contradict_the_work_are_refused(spec, said):
    with pytest.raises(ValidationError, match=said):
        spec()


def test_too_small_a_stock_is_refused_when_it_is_known_how_many_cells_there_are(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("colour,count\nred,9\nblue,9\n")
    with pytest.raises(ValidationError, match="the work takes 25 pieces, and there are 18"):
        Pixel(palette={"file": path}, grid=(5, 5))
    for spec in (Pixel(palette={"file": path}), Cells(palette={"file": path}, across=8)):
        with pytest.raises(InputError, match="pieces, and there are 18"):
            spec.build(make_env(size=(8, 8)))
    with pytest.raises(InputError, match="the canvas has 4x2 cells, the palette's work 4x4"):
        Cells(palette={"lego": 4}, kind="square").build(make_env(size=(8, 16)))
