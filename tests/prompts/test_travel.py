"""Prompts that travel from text to text, and scenes that do."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy.spatial.transform import Rotation, Slerp

from artgen.prompts import Prompt, Prompts, Travel
from artgen.prompts.choices import resolve_batch
from artgen.prompts.travel import slerp

READER = TypeAdapter(Prompts)
QUATERNION = st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(lambda values: math.hypot(*values) > 0.1)


def read(data):
    return READER.validate_python(data)


def told(prompts, step, steps):
    """Each text that pulls at a step, with its share of the prompt's weight."""
    found = {}
    for prompt in prompts:
        weight = prompt.weight.at(step, steps)
        if prompt.travel is None:
            found[prompt.text] = found.get(prompt.text, 0) + weight
            continue
        before, after, share = prompt.travel.between(step, steps)
        for place, part in ((before, 1 - share), (after, share)):
            text = prompt.travel.texts[place]
            found[text] = found.get(text, 0) + weight * part
    return {text: weight for text, weight in found.items() if abs(weight) > 1e-9}


@given(QUATERNION, QUATERNION, st.floats(0, 1))
def test_the_way_is_the_shortest_arc_as_quaternions_go_it(one, other, share):
    before, after = (F.normalize(torch.tensor(values, dtype=torch.float64), dim=0) for values in (one, other))
    after = after if before @ after >= 0 else -after  # scipy takes the shorter of two arcs
    made = slerp(before, after, share)
    expected = Slerp([0, 1], Rotation.from_quat(np.stack([before, after])))(share).as_quat()
    assert abs(abs(float(made @ torch.from_numpy(expected))) - 1) < 1e-9
    assert float(made.norm()) == pytest.approx(1, abs=1e-6)


def test_its_ends_are_the_texts_to_the_bit():
    rows = F.normalize(torch.randn(3, 512, generator=torch.Generator().manual_seed(1)), dim=1)
    travel = Travel(texts=("a", "b", "c"))
    for step, row in ((0, 0), (10, 1), (20, 2)):
        assert torch.equal(travel.embedding(rows, step, 21), rows[row])
    assert torch.equal(slerp(rows[0], rows[0], 0.3), rows[0])


def test_it_goes_evenly_from_the_first_text_to_the_last_if_nothing_is_said():
    prompt = Prompt(travel={"texts": ["a", "b", "c"]})
    assert [prompt.travel.between(step, 9) for step in (0, 2, 4, 5, 8)] == [
        (0, 0, 0.0),
        (0, 1, 0.5),
        (1, 1, 0.0),
        (1, 2, 0.25),
        (2, 2, 0.0),
    ]
    assert prompt.model_dump(exclude_none=True)["travel"] == {"texts": ("a", "b", "c")}


@pytest.mark.parametrize(
    ("travel", "message"),
    [
        ({"texts": ["a"]}, "at least 2 items"),
        ({"texts": ["a", "b"], "at": 1.5}, "'at' is 1.5, and the last of 2 texts is 1"),
        ({"texts": ["a", "b"], "at": -0.5}, "must be at least 0"),
        ({"texts": ["a", "b"], "at": True}, "expected a number"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(travel, message):
    with pytest.raises(ValidationError, match=message):
        Prompt(travel=travel)


def test_scenes_by_embedding_tell_one_text_between_two():
    scenes = {"scenes": ["an egg | fog:0.2", "a chick", "a rooster:0.5"], "blend": "10%", "by": "embedding"}
    prompts = read([scenes])
    assert len(prompts) == 2
    assert told(prompts, 0, 1001) == {"an egg": 1, "fog": 0.2}
    half = round(1000 / 3 + 50)
    assert told(prompts, half, 1001) == pytest.approx({"an egg": 0.5, "a chick": 0.5, "fog": 0.1}, abs=0.01)
    assert told(prompts, 600, 1001) == {"a chick": 1}
    assert told(prompts, 1000, 1001) == {"a rooster": 0.5}
    again = read(READER.dump_python(prompts, mode="json", exclude_none=True))
    assert again == prompts


@given(st.integers(2, 5), st.integers(0, 20), st.integers(0, 120))
def test_by_embedding_and_by_weight_the_scenes_share_the_run_alike(count, blend, step):
    scenes = {"scenes": [f"s{number}" for number in range(count)], "blend": f"{blend}%"}
    one, other = (told(read([{**scenes, "by": by}]), step, 121) for by in ("weight", "embedding"))
    assert one == pytest.approx(other, abs=1e-3)


@pytest.mark.parametrize(
    "second",
    [
        {"text": "b", "where": "left"},
        {"text": "b", "seen": "mirror"},
        {"text": "b", "templates": True},
        {"label": "b"},
        {"noise": 3},
    ],
)
def test_what_is_no_text_or_looks_otherwise_fades(second):
    prompts = read([{"scenes": ["a", second, "c"], "by": "embedding"}])
    assert prompts == read([{"scenes": ["a", second, "c"]}])


def test_each_picture_of_a_batch_travels_by_its_own_choices():
    prompt = read([{"travel": {"texts": ["a {red|blue|green} egg", "a chick"], "at": 0.25}}])[0]
    batch = resolve_batch(prompt, range(6))
    alone = [resolve_batch(prompt, [seed]).travel for seed in range(6)]
    assert [batch.told(picture).travel for picture in range(6)] == alone
    assert len({travel.texts[0] for travel in alone}) > 1
    assert read(READER.dump_python((batch,), mode="json", exclude_none=True)) == (batch,)
    assert batch.settled == batch
    first = batch.model_copy(update={"travel": batch.travel.model_copy(update={"at": read_number(0)})})
    assert first.settled == first  # the others still travel


def read_number(value):
    return Travel(texts=("a", "b"), at=value).at


def test_where_it_stands_still_it_is_a_text_or_a_way_between_two():
    texts = ["a", "b", "c"]
    assert Prompt(travel={"texts": texts, "at": 1}).settled == Prompt(text="b")
    assert Prompt(travel={"texts": texts, "at": 1.25}).settled == Prompt(travel={"texts": ["b", "c"], "at": 0.25})
    moving = Prompt(travel={"texts": texts})
    assert moving.settled == moving
    assert (moving.words, moving.title) == ("a", "a, then b, then c")
    assert Prompt(travel={"texts": texts, "at": 1.5}).words == "c"
