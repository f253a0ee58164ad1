"""Files for plotters."""

import numpy as np
import pytest
import torch
from defusedxml.ElementTree import fromstring

from artgen.api import InputError
from artgen.vectors import Shapes, chain, circle, ordered, plot, polyline, travel

SVG = "{http://www.w3.org/2000/svg}"
LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"


def strokes(count, colours, seed=0):
    draw = torch.Generator().manual_seed(seed)
    points = torch.rand(1, count, 4, 2, generator=draw) * 100
    kinds = torch.tensor(colours)[torch.arange(count) % len(colours)]
    return Shapes(chain(points), kinds[None], widths=torch.full((1, count), 2.0))


def lines(layer):
    return [np.array(path.get("d")[1:].split(), float).reshape(-1, 2) for path in layer.findall(f"{SVG}path")]


def test_it_is_as_large_as_the_sheet_and_the_picture_lies_in_the_middle():
    corners = torch.tensor([[[[0.0, 0], [200, 0], [200, 100], [0, 100], [0, 0]]]])
    drawing = fromstring(
        plot(Shapes(polyline(corners), torch.zeros(1, 1, 3), widths=torch.ones(1, 1)), None, (100, 200))
    )
    assert (drawing.get("width"), drawing.get("height"), drawing.get("viewBox")) == ("297mm", "210mm", "0 0 297 210")
    (found,) = lines(drawing.find(f"{SVG}g"))
    assert np.allclose(found.min(axis=0), [10, (210 - 138.5) / 2], atol=0.02)
    assert np.allclose(found.max(axis=0), [287, (210 + 138.5) / 2], atol=0.02)


def test_each_pen_has_a_layer_and_the_papers_colour_none():
    shapes = strokes(12, [[1.0, 0, 0], [0, 0, 0], [1, 1, 1]])
    layers = fromstring(plot(shapes, torch.ones(1, 3), (100, 100))).findall(f"{SVG}g")
    assert [layer.get(LABEL) for layer in layers] == ["1 #ff0000", "2 #000000"]
    assert [len(lines(layer)) for layer in layers] == [4, 4]
    few = fromstring(plot(strokes(40, torch.rand(40, 3).tolist()), None, (100, 100), pens=3)).findall(f"{SVG}g")
    assert len(few) == 3 and sum(len(lines(layer)) for layer in few) == 40


def test_what_leaves_the_canvas_is_cut_off():
    through = polyline(torch.tensor([[[[-50.0, 50], [50, 50], [50, 150], [80, 150], [80, 50]]]]))
    drawing = plot(Shapes(through, torch.zeros(1, 1, 3), widths=torch.ones(1, 1)), None, (100, 100), sheet=(120, 120))
    one, other = sorted(lines(fromstring(drawing).find(f"{SVG}g")), key=len, reverse=True)
    assert np.allclose(one, [[10, 60], [60, 60], [60, 110]])
    assert np.allclose(other, [[90, 110], [90, 60]]) or np.allclose(other, [[90, 60], [90, 110]])


def test_curves_keep_their_form():
    ring = Shapes(
        circle(torch.tensor([[[50.0, 50]]]), torch.tensor([[40.0]])), torch.zeros(1, 1, 3), widths=torch.ones(1, 1)
    )
    (line,) = lines(fromstring(plot(ring, None, (100, 100))).find(f"{SVG}g"))
    assert np.abs(np.linalg.norm(line - [105, 148.5], axis=1) - 76).max() < 0.05
    middles = (line[1:] + line[:-1]) / 2
    assert np.abs(np.linalg.norm(middles - [105, 148.5], axis=1) - 76).max() < 0.07


def test_the_pen_travels_a_fifth_of_the_way():
    draw = np.random.default_rng(1)
    starts = draw.random((200, 2)) * 100
    ends = starts + draw.normal(size=(200, 2)) * 5
    order = ordered(starts, ends)
    assert sorted(line for line, _ in order) == list(range(200))
    begin = np.array([(ends if back else starts)[line] for line, back in order])
    end = np.array([(starts if back else ends)[line] for line, back in order])
    assert travel(begin, end) < travel(starts, ends) / 5
    assert travel(np.zeros((0, 2)), np.zeros((0, 2))) == 0


def test_without_strokes_there_is_nothing_to_plot():
    filled = Shapes(circle(torch.tensor([[[50.0, 50]]]), torch.tensor([[40.0]])), torch.zeros(1, 1, 3))
    with pytest.raises(InputError, match="none"):
        plot(filled, None, (100, 100))
