import itertools
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from defusedxml.ElementTree import fromstring
from PIL import Image

from artgen.testing import GeneratorContract, make_env
from artgen.vectors import Shapes, coverage, polyline
from artgen_lines import Lines
from artgen_lines.nails import nails
from artgen_lines.threads import Threads
from artgen_lines.winding import chords_of, wind
from tests.helpers.vectors import resvg

SVG = "{http://www.w3.org/2000/svg}"


class TestString(GeneratorContract):
    spec = Lines(nails=24, width=0.02, windings=300)


class TestStringOnAGrid(GeneratorContract):
    spec = Lines(nails=12, frame="grid", colours=("red", "blue"), paper="black", width=0.02)
    sizes = ((24, 32), (17, 5))


class TestSingle(GeneratorContract):
    spec = Lines(kind="single", points=12, colours=("black", "red"))


@pytest.mark.parametrize("frame", ["ring", "rectangle", "grid"])
def test_a_thread_hides_what_a_stroke_of_its_width_covers(frame):
    placed = nails(frame, 9, (24, 32))
    threads = Threads(placed, 1.2, (24, 32), torch.device("cpu"))
    chord = int(np.flatnonzero(placed.choices)[5])
    counts = torch.zeros(1, len(placed.ends))
    counts[0, chord] = 1
    ends = torch.from_numpy(placed.places[placed.ends[chord]]).float().view(1, 1, 2, 2)
    found = coverage(Shapes(polyline(ends), torch.zeros(1, 1, 3), widths=torch.tensor([[1.2]])), (24, 32))
    wanted = torch.zeros(24 * 32).index_put((found.pixel,), found.share)
    hidden = 1 - (-threads.density(counts)[0]).exp()
    assert (hidden - wanted).abs().mean() < 2e-3
    assert torch.isclose(hidden.sum(), wanted.sum(), rtol=0.08)


@pytest.mark.parametrize("frame", ["ring", "rectangle", "grid"])
def test_one_thread_runs_along_all_that_is_wished_for_and_little_else(frame):
    placed = nails(frame, 30, (40, 60))
    draw = np.random.default_rng(3)
    counts = (draw.random(len(placed.ends)) < 0.2) * draw.integers(1, 3, len(placed.ends))
    wound = chords_of(placed, wind(placed, counts))
    assert (wound >= counts).all()
    assert (wound - counts).sum() <= len(placed.places) / 2


def test_parts_that_hang_nowhere_together_become_one_thread():
    placed = nails("ring", 30, (40, 40))
    counts = np.zeros(len(placed.ends), np.int64)
    for one, other in ((0, 10), (10, 4), (20, 27)):
        counts[placed.chord(one, other)] = 1
    order = wind(placed, counts)
    assert (chords_of(placed, order) >= counts).all() and {0, 4, 10, 20, 27} <= set(order)
    assert wind(placed, counts * 0) == []


def test_the_finished_string_is_what_its_nails_say(artgen, tmp_path):
    preset = tmp_path / "string.yaml"
    preset.write_text(
        "generator: {type: lines, nails: 30, width: 0.004, windings: 150, colours: [black, red]}\n"
        "seed: 3\nsize: 64\nsteps: 3\nbatch: 2\nlosses: [{type: saturation}]\n"
    )
    run = tmp_path / "run"
    artgen("run", preset, "--out", run, code=0)
    picture = np.asarray(Image.open(run / "batch" / "seed-4.png").convert("RGB")) / 255
    drawing = (run / "batch" / "seed-4.svg").read_bytes()
    # Where threads cross within a pixel, a renderer has only that pixel's opacity; drawn larger, it has their shape.
    large = resvg(drawing.replace(b'width="64" height="64" view', b'width="256" height="256" view', 1))
    assert (F.avg_pool2d(large, 4).permute(1, 2, 0) - torch.tensor(picture)).abs().mean() < 2 / 255
    told = (run / "batch" / "seed-4.txt").read_text()
    threads = [[int(nail) for nail in re.findall(r"^\d+: (\d+)$", part, re.M)] for part in told.split("Thread ")[1:]]
    assert [len(thread) > 20 and set(thread) <= set(range(1, 31)) for thread in threads] == [True, True]
    pieces = [len(group.findall(f"{SVG}path")) for group in fromstring(drawing).findall(f"{SVG}g")[1:]]
    assert pieces == [len(thread) - 1 for thread in threads]
    plot = fromstring((run / "batch" / "seed-4.plot.svg").read_bytes())
    assert len(plot.findall(f"{SVG}g/{SVG}path")) == 2 and plot.get("width") == "210mm"


def test_both_kinds_begin_with_the_picture_that_they_are_given():
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    disc = 1 - ((x - 20).square() + (y - 32).square() < 12**2).float().expand(1, 3, 64, 64)
    inside, outside = disc[0, 0] == 0, (x - 46).square() + (y - 32).square() < 10**2
    for spec in (Lines(nails=60, width=0.002), Lines(kind="single", points=200, width=0.02)):
        drawn = spec.build(make_env(size=(64, 64), start=disc, steps=2)).draw(2)[0, 0]
        assert drawn[inside].mean() + 0.3 < drawn[outside].mean()


def test_a_single_line_is_one_line_and_short():
    generator = Lines(kind="single", points=100).build(make_env(size=(64, 64)))
    points = generator.shapes(0).paths[0, 0, :, 0]
    long = (points[1:] - points[:-1]).norm(dim=1).sum()
    # The length of the shortest way through n points at random in a square of side a is about 0.7124 a sqrt(n)
    # (Beardwood, Halton & Hammersley 1959); evenly spread ones lie a little further apart.
    assert long < 1.25 * 0.7124 * 64 * 10 * 1.2
    ends = generator.shapes(0).paths[0, 0]
    assert all(torch.equal(one[3], other[0]) for one, other in itertools.pairwise(ends))


def test_no_thread_is_longer_than_it_may_be():
    generator = Lines(nails=20, windings=15).build(make_env(size=(32, 32), steps=4))
    for step in range(4):
        generator.draw(step).sum().backward()
        generator.advance(step)
    assert len(generator.orders(4)[0][0]) - 1 <= 15 + 20 / 2


@pytest.mark.parametrize("settings", [{"points": 9}, {"kind": "single", "nails": 9}])
def test_what_means_nothing_to_a_kind_is_refused(settings):
    with pytest.raises(ValueError, match="means nothing"):
        Lines(**settings)
