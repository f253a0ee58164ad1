"""Prompts in signs that the embedded model has never seen are told; what it reads, or may read, is not."""

import pytest

import artgen
from artgen_clip.unread import note_of


@pytest.mark.parametrize("text", ["a dragon", "a café", "un château – noir", "¿qué?", "", "“quoted” … text"])
def test_what_is_written_with_latin_letters_is_read(text):
    assert note_of([text]) is None


@pytest.mark.parametrize(
    ("text", "signs"), [("🈺", "🈺"), ("a 🍒 tree", "🍒"), ("一匹の猫", "一匹の猫"), ("кот", "кот")]
)
def test_other_signs_are_named(text, signs):
    told = f"'{signs}' means nothing to the embedded model; it knows English words, so write those"
    assert note_of(["a cat", text]) == told


def test_several_are_one_line():
    assert "; it knows" in note_of(["🈺", "кот", "a cat"]) and "those of 1 more" in note_of(["🈺", "кот"])


def test_a_run_says_it_once():
    told = []
    preset = artgen.load("pixel", prompts="🈺", batch=1, steps=1, size=32)
    artgen.run(preset, note=told.append)
    assert [line for line in told if "🈺" in line] == [note_of(["🈺"])]
