"""What comes from outside is printed as text and nothing else, each problem once, on any terminal."""

import json
import shlex

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from artgen.cli import printing
from artgen.errors import AT_ONCE, Mark, PresetError, Problem, one_line, plain, refused, shown
from artgen.recipe import metadata
from artgen.registry.installing import advice
from tests.recipe.test_inputs import rewritten

EVIL = "\x1b]0;PWNED\x07\x1b[2J\u202e\u2066\r\x9b\x7f"


def is_harmless(text):
    return all(letter.isprintable() or letter in "\n\u200c\u200d" or letter.isspace() for letter in text) and not set(
        "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x1b\x9b\x07\u202e\u2066\x7f"
    ) & set(text)


@given(st.text(st.characters(codec=None), max_size=60), st.integers(0, 50))
def test_anything_can_be_printed_in_a_line(text, most):
    line = shown(text, most)
    assert is_harmless(line)
    assert "\n" not in line
    line.encode("utf-8")
    if len(text) <= most and text.isprintable():
        assert line == text


def test_what_people_write_stays_as_it_is():
    for text in ("a café, 5 m²", "图画", "رسم", "👩\u200d🎨", "a\u00a0b"):
        assert shown(text) == text
    assert shown("a" * 3000) == "a" * 665 + "..." + "a" * 332
    assert plain("a\n" + EVIL).count("\n") == 1


def test_an_exception_that_cannot_speak_is_named():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    assert one_line(Mute()) == "Mute"


@pytest.mark.parametrize("where", ["plugins", "preset", "key"])
def test_a_stranger_s_recipe_moves_no_cursor(artgen, made, where):
    changes = {
        "plugins": lambda found: found["plugins"].update({EVIL: EVIL}),
        "preset": lambda found: found["preset"]["generator"].update(type=EVIL),
        "key": lambda found: found["preset"].update({EVIL: 3}),
    }
    rewritten(made, changes[where], made.with_name("evil.png"))
    for words in (("replay", "evil.png"), ("check", "evil.png"), ("run", "evil.png")):
        done = artgen(*words) if where == "plugins" else artgen(*words, code=2)
        assert is_harmless(done.stdout + done.stderr)
        assert words != ("replay", "evil.png") or "\\x1b" in done.stderr


def test_a_preset_and_a_file_s_name_move_no_cursor(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text('generator: {type: flat}\n"a\\e[2J\\u202e": 3\n')
    assert "'a\\x1b[2J\\u202e'" in artgen("check", "p.yaml", code=2).stderr
    (tmp_path / f"{EVIL}.yaml").write_text("steps: 0")
    for words in (("check", f"{EVIL}.yaml"), ("diff", f"{EVIL}.png", "b.png"), ("replay", f"{EVIL}.png")):
        assert is_harmless(artgen(*words, code=2).stderr)


@pytest.mark.parametrize("name", ["x'; COMMAND; echo ' 1", "-e evil", "x y", "x;y", "", "$(x)", "a" * 300, "ä", "x\n"])
def test_advice_to_paste_is_only_what_pip_may_be_given(name):
    assert "pip" not in advice(name, "1.0")
    assert "pip" not in advice("artgen-x", name)
    line = advice("artgen-x", "1.0+cpu.2")
    assert shlex.split(line.partition(": ")[2]) == ["pip", "install", "artgen-x==1.0+cpu.2"]


def test_some_twenty_problems_are_told_and_the_others_counted(artgen, tmp_path):
    error = PresetError(Problem(Mark("p", line, 1), "", "wrong") for line in range(1, 101))
    assert len(error.problems) == 100
    assert str(error).splitlines()[AT_ONCE:] == ["and 80 more"]
    (tmp_path / "p.yaml").write_text("generator: {type: flat}\n" + "steps: 3\n" * 1000)
    assert artgen("check", "p.yaml", code=2).stderr.count("\n") == AT_ONCE + 1


def test_a_note_is_told_once(capsys):
    from rich.console import Console

    note = printing.noting(Console(stderr=True))
    for line in ("[red]a", "b", "[red]a", EVIL):
        note(line)
    told = capsys.readouterr().err.splitlines()
    assert told[:2] == ["[red]a", "b"]
    assert len(told) == 3
    assert is_harmless("\n".join(told))


def test_a_terminal_that_is_not_utf_8_is_no_fault(several, tmp_path, flat):
    flat["about"] = "ü 图"
    flat["prompts"] = "ü 图"
    (tmp_path / "ü.yaml").write_text(yaml.safe_dump(flat, allow_unicode=True))
    others = (("check", "ü.yaml"), ("presets",), ("plugins",), ("diff", "ü.yaml", "ü.yaml"))
    asked = (("check", "ü.yaml", "--resolved"), ("presets", "--json"), *others)
    answers = several(*asked, code=0, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert all(done.stdout and done.stdout.isascii() for done in answers)
    assert yaml.safe_load(answers[0].stdout)["about"] == "ü 图"
    assert json.loads(answers[1].stdout)


def test_a_refusal_of_the_system_says_what_to_do():
    assert refused(PermissionError(13, "Permission denied", "a\x1b")) == (
        "a\\x1b: Permission denied; you may not do that here; choose another place, or ask who owns it"
    )
    assert refused(OSError("no number")) == "no number; try again, or choose another place"


def test_metadata_is_where_the_tests_think():
    assert metadata.KEY == "artgen:recipe"
