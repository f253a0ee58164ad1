"""The files: what an XML parser finds in them."""

import json

import pytest
import torch
from defusedxml.ElementTree import fromstring

from artgen.vectors import Shapes, chain, circle, svg
from tests.helpers.vectors import random_shapes

SVG = "{http://www.w3.org/2000/svg}"
LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"


def labels(drawing):
    return [group.get(LABEL) for group in fromstring(drawing).iter(f"{SVG}g")]


def discs(*colours):
    middles = torch.tensor([[[5.0 + 3 * i, 6.0] for i in range(len(colours))]])
    return Shapes(circle(middles, torch.full((1, len(colours)), 2.5)), torch.tensor([[*colours]]))


def test_it_is_svg_of_the_pictures_size():
    shapes, ground = random_shapes(1, "stroke")
    root = fromstring(svg(shapes, ground, (40, 56), names=["strokes"]))
    assert root.tag == f"{SVG}svg" and root.get("version") == "1.1"
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("56", "40", "0 0 56 40")
    assert labels(svg(shapes, ground, (40, 56), names=["strokes"])) == ["paper", "strokes"]
    assert len(root.findall(f"{SVG}g/{SVG}path")) == 4


def test_the_recipe_and_the_title_come_back_whatever_is_in_them():
    recipe = {"preset": {"prompts": '<"&>]]> \x00\x1b 家 \ud800'}, "seed": 3}
    root = fromstring(svg(discs([1.0, 0, 0]), None, (12, 12), title="a <b> & \x00c", recipe=recipe))
    assert json.loads(root.findtext(f"{SVG}metadata")) == recipe
    assert root.findtext(f"{SVG}title") == "a <b> & c"


def test_each_run_of_a_colour_is_a_layer():
    red, blue = [1.0, 0, 0], [0.0, 0, 1]
    drawing = svg(discs(red, red, blue, red), None, (12, 20), names=['a "b"'], layers="colours")
    assert labels(drawing) == ['a "b" #ff0000', 'a "b" #0000ff', 'a "b" #ff0000']
    ids = [group.get("id") for group in fromstring(drawing).iter(f"{SVG}g")]
    assert len(set(ids)) == 3


def test_without_a_ground_the_paper_stays_clear():
    assert fromstring(svg(discs([1.0, 0, 0]), None, (12, 12))).find(f".//{SVG}rect") is None


def test_numbers_are_short():
    line = chain(torch.tensor([[[[1.0, 2.5], [-0.001, 3.14159], [5, 6], [7, 8]]]]))
    shapes = Shapes(line, torch.zeros(1, 1, 3), torch.tensor([[0.5]]), torch.tensor([[2.0]]))
    (path,) = fromstring(svg(shapes, None, (9, 9))).iter(f"{SVG}path")
    assert path.get("d") == "M1 2.5C0 3.14 5 6 7 8"
    assert (path.get("stroke-width"), path.get("stroke-opacity")) == ("2", "0.5")


def test_a_number_that_is_none_is_refused():
    line = chain(torch.full((1, 1, 4, 2), torch.nan))
    with pytest.raises(ValueError, match="not finite"):
        svg(Shapes(line, torch.zeros(1, 1, 3)), None, (9, 9))


def test_a_picture_of_the_batch_is_chosen():
    shapes = Shapes(circle(torch.tensor([[[4.0, 4]], [[9.0, 9]]]), torch.ones(2, 1)), torch.zeros(2, 1, 3))
    ground = torch.tensor([[1.0, 1, 1], [0, 1, 0]])
    second = fromstring(svg(shapes, ground, (12, 12), picture=1))
    assert second.find(f".//{SVG}rect").get("fill") == "#00ff00"
    assert second.find(f".//{SVG}path").get("d").startswith("M10 9C")
