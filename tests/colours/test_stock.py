import csv

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy.optimize import linear_sum_assignment

from artgen.colours import AnyPalette, Colouring, StockPalette, channels
from artgen.colours.stock import MATERIALS, TABLES
from artgen.colours.transport import assigned, fewest, prices
from artgen.fields.schedules import Schedule

CPU = torch.device("cpu")


def cheapest(costs, counts):
    """What the best assignment costs: each colour as often as there are pieces of it."""
    every = costs.double().numpy()[:, np.repeat(np.arange(len(counts)), counts)]
    return every[linear_sum_assignment(every)].sum()


def paid(costs, chosen):
    return costs.double().gather(1, chosen[:, None]).sum().item()


def some_costs(seed, cells, colours):
    random = torch.Generator().manual_seed(seed)
    points, others = torch.rand(cells, 3, generator=random), torch.rand(colours, 3, generator=random)
    return (points[:, None] - others).square().sum(dim=2)


@given(st.integers(0, 2**31), st.integers(1, 40), st.lists(st.integers(1, 12), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_no_colour_is_used_more_often_than_it_is_there_and_the_whole_is_nearly_the_cheapest(seed, cells, counts):
    cells = min(cells, sum(counts))
    costs = some_costs(seed, cells, len(counts))
    chosen = assigned(costs, torch.tensor(counts))
    used = chosen.bincount(minlength=len(counts))
    assert len(used) == len(counts)
    assert (used <= torch.tensor(counts)).all()
    assert paid(costs, chosen) <= 1.05 * cheapest(costs, counts) + 0.01


@pytest.mark.parametrize("spare", [0, 1, 100])
def test_a_whole_picture_is_within_three_percent_of_the_best(spare):
    """Also where every piece is needed, and cells hardly differ."""
    counts = [18] * 32
    costs = some_costs(1, 576 - spare, len(counts)).round(decimals=2)
    chosen = assigned(costs, torch.tensor(counts))
    assert paid(costs, chosen) <= 1.03 * cheapest(costs, counts)


def test_cells_that_are_all_alike_share_the_colours():
    chosen = assigned(torch.tensor([[0.0, 1, 2]]).expand(6, 3), torch.tensor([2, 3, 9]))
    assert chosen.bincount().tolist() == [2, 3, 1]


def test_prices_are_nothing_where_there_are_enough_and_else_clear_the_market():
    costs = some_costs(2, 50, 6)
    assert not prices(costs, torch.full((6,), 50)).any()
    counts = torch.tensor([3, 4, 5, 6, 20, 50])
    plan = torch.softmax((costs + prices(costs, counts)) / -2e-4, dim=1).sum(dim=0)
    assert (plan <= counts * 1.2 + 0.5).all()


def test_few_colours_are_those_that_serve_best_and_suffice():
    costs = torch.tensor([[0.0, 1, 1, 2], [0, 1, 1, 2], [1, 0, 1, 2], [1, 1, 0.4, 2]])
    assert fewest(costs, torch.full((4,), 4), 2).tolist() == [0, 1]
    assert fewest(costs, torch.tensor([2, 1, 4, 1]), 2).tolist() == [0, 2]  # the first two have three pieces only
    assert fewest(costs, torch.full((4,), 4), 9).tolist() == [0, 1, 2, 3]


@given(st.integers(0, 2**31), st.lists(st.integers(1, 6), min_size=2, max_size=8), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_few_colours_always_suffice(seed, counts, most):
    cells = sum(sorted(counts, reverse=True)[:most])
    chosen = fewest(some_costs(seed, cells, len(counts)), torch.tensor(counts), most)
    assert len(chosen) <= most
    assert sum(counts[number] for number in chosen) >= cells


def stock(tmp_path, text, **more):
    path = tmp_path / "stock.csv"
    path.write_text(text)
    return StockPalette(file=path, **more)


def test_pictures_get_exact_counts_each_alone_and_pass_the_gradient(tmp_path):
    palette = stock(tmp_path, "colour;name;count\nred;Red;3\n#00f;Blue;\nwhite;White;0\n")
    assert [(piece.colour, piece.count) for piece in palette.pieces()] == [("#ff0000", 3), ("#0000ff", None)]
    image = torch.tensor([1.0, 0.1, 0]).view(1, 3, 1, 1).repeat(2, 1, 2, 2)
    image[1, :, 0, 0] = torch.tensor([0.0, 0, 0.8])
    image.requires_grad_()
    colouring = Colouring(palette, CPU, 4)
    drawn = colouring(image, [], 0)
    assert (drawn[:, 0] == 1).sum(dim=(1, 2)).tolist() == [3, 3]
    assert drawn[1, :, 0, 0].tolist() == [0, 0, 1]
    assert torch.equal(drawn[1:], colouring(image[1:], [], 0))
    drawn.sum().backward()
    assert (image.grad == 1).all()


def test_soft_colours_are_blends_of_which_the_counts_are_nearly_kept(tmp_path):
    palette = stock(tmp_path, "colour,count\nred,4\nblue,12\n")
    image = torch.full((1, 3, 4, 4), 0.5, requires_grad=True)
    drawn = Colouring(palette, CPU, 16)(image, [], 0.05)
    assert drawn[0, 0].sum().item() == pytest.approx(4, abs=0.1)
    drawn[0, 0, 0, 0].backward()
    assert image.grad.abs().sum() > 0


def test_the_finished_picture_is_never_soft(tmp_path):
    soft = Schedule.constant(0.1)
    assert Colouring(StockPalette(lego=2), CPU, 4).softness(soft, 10, 10) == 0
    assert Colouring(StockPalette(lego=2), CPU, 4).softness(soft, 9, 10) == 0.1
    assert Colouring(["#ff0000"], CPU, 4).softness(soft, 10, 10) == 0.1


@pytest.mark.parametrize("name", MATERIALS)
def test_tables_name_different_colours(name):
    rows = list(csv.DictReader((TABLES / f"{name}.csv").read_text().splitlines()))
    pieces = StockPalette(**{name: 4}).pieces()
    assert [piece.colour for piece in pieces] == [row["colour"] for row in rows]
    assert len({piece.name for piece in pieces}) == len({piece.colour for piece in pieces}) == len(pieces)


@pytest.mark.parametrize(
    ("name", "number", "colour"),
    [  # as other lists have them: BrickLink's and LEGO's palette of 2016, and two charts of threads
        ("lego", "21", (180, 0, 0)),
        ("lego", "26", (27, 42, 52)),
        ("lego", "194", (150, 150, 150)),
        ("dmc", "310", (0, 0, 0)),
        ("dmc", "321", (199, 43, 59)),
        ("dmc", "699", (5, 101, 23)),
        ("dmc", "434", (152, 94, 51)),
        ("dmc", "221", (136, 62, 67)),
    ],
)
def test_colours_are_the_makers(name, number, colour):
    (piece,) = [piece for piece in StockPalette(**{name: 4}).pieces() if piece.number == number]
    assert [round(255 * level) for level in channels(piece.colour)] == list(colour)


def test_sizes_are_written_as_one_likes():
    read = TypeAdapter(AnyPalette).validate_python
    assert read({"lego": "24x32"}).grid == read({"lego": [24, 32]}).grid == (24, 32)
    assert read({"perler": 29, "each": 100}).grid == (29, 29)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"lego": "24x24", "dmc": "24x24"}, "a palette with stock is one of lego, dmc, perler and file"),
        ({"each": 4}, "a palette with stock is one of"),
        ({"lego": "24 by 24"}, "expected columns and rows of pieces, such as 24x24"),
        ({"lego": "0x4"}, "0x4 is out of range"),
        ({"lego": "24x24", "each": 10}, "the work takes 576 pieces, and there are 420"),
        (
            {"lego": "24x24", "each": 20, "colours": 8},
            "any 8 of the colours are 160 at most",
        ),
        ({"lego": "24x24", "colour": 8}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(value, said):
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(AnyPalette).validate_python(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must begin with a line of titles"),
        ("name,count\nRed,3\n", "must begin with a line of titles"),
        ("colour,color\nred,red\n", "must begin with a line of titles"),
        ("colour,count\n", "has 0 colours"),
        ("colour,count\nredd,3\n", "line 2: no colour is called 'redd'; did you mean 'red'?"),
        ("colour,count\nred,many\n", "line 2: a count is a whole number up to 1000000, or empty, not 'many'"),
        ("colour,count\nred,-1\n", "line 2: a count is"),
        ("colour,count\nred,1\n\n#f00,1\n", "line 4: #ff0000 is in line 2, too"),
        ('colour,count\n"red,1\n', "is no CSV file"),
        ("colour\n" + "\n".join(f"#{number:06x}" for number in range(1025)), "has 1025 colours"),
        ("x" * (1 << 18) + "y", "stock"),
    ],
)
def test_files_are_refused_in_one_line(tmp_path, text, said):
    with pytest.raises(ValidationError) as caught:
        stock(tmp_path, text)
    message = caught.value.errors()[0]["msg"]
    assert said in message
    assert "\n" not in message
