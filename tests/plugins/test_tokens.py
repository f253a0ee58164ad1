"""How long texts are, told before a model is loaded."""

import functools

import open_clip
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgen_clip import OpenClip, catalogue
from artgen_clip.tokens import counter, cut


@functools.cache
def both(model):
    """The count of the light counter, and open_clip's own."""
    room, merges = catalogue.text_room(model, None)
    tokenizer = open_clip.tokenizer.SimpleTokenizer(bpe_path=str(merges), context_length=room)
    return counter(merges), lambda text: len(tokenizer.encode(text)) + 2


@pytest.mark.parametrize("model", ["embedded", "ViT-B-32"])
@settings(deadline=None)  # the first text waits for the merges
@given(st.text(max_size=60) | st.text("abcdeghinorst '12,.", max_size=80))
def test_texts_are_counted_as_open_clip_counts_them(model, text):
    mine, theirs = both(model)
    assert mine(text) == theirs(text)


@pytest.mark.parametrize(
    "text",
    ["", "a lighthouse at night", "aaaa aaaaaaa", "it's 10:30", "桜の木", "x" * 250, "&amp;", "\u0345", "a\u0345b"],
)
def test_texts_of_all_kinds(text):
    mine, theirs = both("embedded")
    assert mine(text) == theirs(text)


def test_the_words_that_are_kept_are_named():
    count, _ = both("embedded")
    text = " ".join(f"word{number}" for number in range(300))
    line = cut(text, 16, count)
    kept = line.partition("as far as '")[2].partition("'")[0].removeprefix("...").split()
    place = text.split().index(kept[-1]) + 1
    assert count(" ".join(text.split()[:place])) <= 16 < count(" ".join(text.split()[: place + 1]))
    assert len(line) < 200 and cut("a cat", 16, count) is None


def test_a_model_whose_tokenizer_is_of_another_kind_says_nothing():
    assert catalogue.text_room("ViT-B-16-SigLIP", None) is None
    assert catalogue.text_room("ViT-B-32", None)[0] == 77
    spec = OpenClip(model="ViT-B-16-SigLIP", pretrained="webli")
    assert list(spec.unread(["a cat " * 500])) == []


def test_check_tells_it_and_stays_light(artgen):
    done = artgen("check", "pixel", "--set", "prompts=" + "a tower by the sea with many windows " * 9, code=0)
    (line,) = done.stderr.splitlines()
    assert line.startswith("pixel: perceptors.clip: 'a tower by the sea")
    assert "tokens long; the model reads the first 16, as far as '" in line
    assert len(line) < 300
