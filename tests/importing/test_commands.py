"""Command lines are taken apart as a shell and argparse do."""

from __future__ import annotations

import pytest

from artgen.importing import Option, Options, commands, spelled

OPTIONS = Options(
    spelled({"prompts": ("-p", "--prompts"), "palette": ("--palette",), "palette_weight": ("--palette_weight",)})
    | {"--size": Option("size", 2), "--drops": Option("drops", -1), "-v": Option("video", 0, is_switch=True)}
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("python a.py -p x", ("-p", "x")),
        ("$ python3.9 -u ./dir/a.py -p 'x | y' | tee log", ("-p", "x | y")),
        ('!python /content/a.py -p "it\'s"', ("-p", "it's")),
        ("%run a.py -p x", ("-p", "x")),
        ("PS C:\\art> python a.py -p x", ("-p", "x")),
        ("a.py -p x", ("-p", "x")),
        ("./a.py -p x; ls", ("-p", "x")),
        ("nohup env A=1 python a.py -p x > out 2>&1 &", ("-p", "x")),
        ("python -m a -p x", ("-p", "x")),
        ("python a.py \\\n  -p x \\\n  -v", ("-p", "x", "-v")),
        ("python a.py ^\n -p x", ("-p", "x")),
        ("`python a.py -p x`", ("-p", "x")),
        ("python a.py -p 'one\ntwo'", ("-p", "one\ntwo")),
        ("python a.py -p it's", ("-p", "it", "s")),
        ("python a.py -p '#red'", ("-p", "#red")),
        ("python a.py -p {what} -s $n", ("-p", "a cat", "-s", "3")),
    ],
)
def test_a_command_is_found_with_its_words(text, words):
    (found,) = commands.find(text, {"what": "a cat", "n": 3})
    assert found == commands.Command("a", words)


@pytest.mark.parametrize("text", ["", "python", "python -c 'x'", "I like python a lot", "pip install a", "import a"])
def test_what_is_no_command_is_none(text):
    assert commands.find(text, {}) == ()


@pytest.mark.parametrize(
    ("words", "settings", "notes"),
    [
        (["-p", "x"], {"prompts": "x"}, []),
        (["--prompts=x=y"], {"prompts": "x=y"}, []),
        (["--prom", "x"], {"prompts": "x"}, []),
        (["--palette", "x"], {"palette": "x"}, []),
        (["--size", "3", "4"], {"size": ["3", "4"]}, []),
        (["--size", "3"], {"size": ["3"]}, ["--size: needs 2 values, has 1."]),
        (["--drops", "-1", "2", "-v"], {"drops": ["-1", "2"], "video": True}, []),
        (["-p", "-0.5 of it"], {"prompts": "-0.5 of it"}, []),
        (["-p", "a", "b"], {"prompts": "a"}, ["b - a word of the command line that belongs to no option; left out."]),
        (["--other", "3"], {"other": "3"}, []),
        (["--pal", "3"], {"pal": "3"}, []),
    ],
)
def test_options_are_read_as_argparse_reads_them(words, settings, notes):
    found, _, told = OPTIONS.read(tuple(words))
    assert (found, told) == (settings, notes)
