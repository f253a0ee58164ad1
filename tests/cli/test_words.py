"""The command that tells what a preset's models know of a prompt."""

import json

import pytest


def test_words_are_told_with_what_they_are_drawn_as(artgen):
    lines = artgen("words", "two purple kittens in the rain, a frobnicator", code=0).stdout.splitlines()
    assert lines[0] == "'two purple kittens in the rain, a frobnicator'"
    told = {line.split()[0]: " ".join(line.split()[1:]) for line in lines[2:5]}
    assert told["kittens"] == "drawn as 'cat', because it has not learnt the word"
    assert told["rain"].startswith("met beside names")
    assert told["frobnicator"] == "unknown, and left as it is"


def test_the_generator_that_reads_prompts_says_how(artgen):
    [row] = json.loads(artgen("words", "two purple kittens in the snow", "--json", code=0).stdout)
    assert row["perceptors"]["clip"]["told"] == "two purple cats in the snow"
    assert row["generator"] == {
        "type": "vqgan",
        "things": "purple cat, purple cat",
        "standing": "beside",
        "place": "snow",
        "time": "day",
    }


def test_each_prompt_is_told_in_the_preset_that_is_named(artgen):
    rows = json.loads(artgen("words", "a kitten:1 | fog:-0.2", "--preset", "diffusion", "--json", code=0).stdout)
    assert [row["prompt"] for row in rows] == ["a kitten", "fog"]
    assert rows[0]["generator"] == {"type": "diffusion", "things": "cat"}
    assert not json.loads(artgen("words", "a kitten", "--preset", "pixel", "--json", code=0).stdout)[0]["generator"]


def test_a_preset_may_take_words_as_they_are_written(artgen, tmp_path):
    (tmp_path / "mine.yaml").write_text("extends: quickstart\nperceptors: {clip: {words: as-written}}\n")
    assert "kitten  met" in artgen("words", "a kitten", "--preset", "mine.yaml", code=0).stdout


def test_a_model_that_says_nothing_is_named_so(artgen, tmp_path, flat):
    (tmp_path / "mine.yaml").write_text(json.dumps(flat))
    done = artgen("words", "a kitten", "--preset", "mine.yaml", code=0)
    assert "no perceptor of this preset says what it knows" in done.stdout


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (" ", "PROMPT: is empty; say what to draw"),
        ("a {red|blue} cat", "holds choices, which the run draws; write one of them out"),
    ],
)
def test_what_cannot_be_told_is_said(artgen, prompt, message):
    assert message in artgen("words", prompt).stderr
