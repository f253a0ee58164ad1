"""Shells complete artgen's words: what is offered, how soon, and what the Tab key really does in bash, zsh and fish."""

import os
import shutil
import subprocess
import sys

import pytest

from artgen.cli import COMMANDS
from artgen.cli.types import component_types
from artgen.preset.shipped import own
from artgen.registry import plugins

HEAVY = ["torch", "pydantic", "pluggy", "yaml", "rich", "PIL", "strangers", "artgen_pixel", "numpy"]
TAB = "\t"


@pytest.fixture
def folder(tmp_path):
    """Some files to complete."""
    for name in ("mine.yaml", "fish.png", "notes.txt", ".hidden.yaml", "two words.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "owl.png").touch()
    return tmp_path


@pytest.fixture
def offered(artgen, folder):
    """What is offered for the last of the words, each with its kind and its help; nothing heavy is imported."""

    def ask(*words):
        typed = {"COMP_WORDS": "\n".join(("artgen", *words)), "COMP_CWORD": str(len(words))}
        prelude = f"sys.modules.update(dict.fromkeys({HEAVY}))"
        done = artgen(prelude=prelude, code=0, _ARTGEN_COMPLETE="bash_complete", **typed)
        return {value: (kind, said) for kind, value, said in (row.split("\t") for row in done.stdout.splitlines())}

    return ask


def test_commands_are_offered_with_what_they_do(offered):
    assert {name: said for name, (_, said) in offered("").items()} == {name: one[1] for name, one in COMMANDS.items()}
    assert list(offered("ru")) == ["run"]
    assert list(offered("--of")) == ["--offline"]
    assert list(offered("plugins", "")) == ["list", "show", "test"]
    assert list(offered("weights", "f")) == ["fetch"]
    assert not offered("import-pix"), "the older spelling still runs, and is not advertised"


def test_a_preset_is_a_shipped_one_or_a_file(offered):
    found = offered("run", "")
    assert set(own()) < set(found)
    assert found["quickstart"][1].startswith("The first picture")
    assert {name for name, (kind, _) in found.items() if kind == "path"} == {
        *("mine.yaml", "fish.png", "two words.yaml", "pictures/"),
    }
    assert list(offered("check", "mine.yaml", "quicks")) == ["quickstart"]
    assert list(offered("score", "a.png", "--preset", "quicks")) == ["quickstart"]
    assert list(offered("presets", "show", "quicks")) == ["quickstart"]
    assert list(offered("run", ".hid")) == [".hidden.yaml"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "quickstart", "--overw"), ["--overwrite"]),
        (("run", "quickstart", "--quality", "be"), ["better", "best"]),
        (("run", "quickstart", "--out", "pic"), ["pictures/"]),
        (("run", "--allow", ""), ["pictures/"]),
        (("export", "pictures/"), ["pictures/owl.png"]),
        (("export", "fish.png", ""), ["fish.png", "pictures/"]),
        (("schema", "--install", ""), ["mine.yaml", "pictures/", "two words.yaml"]),
        (("new", "gen"), ["generator"]),
        (("new", "loss", "x", "--license", "A"), ["Apache-2.0"]),
        (("plugins", "list", "f"), ["filters", "finish"]),
        (("plugins", "test", "artgen-s"), ["artgen-strangers"]),
        (("import", "old.png", "--from", "pi"), ["pixray"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("nosuch", "x"), []),
        (("run", "--nosuch", "quicks"), ["quickstart"]),
    ],
    ids=" ".join,
)
def test_each_word_is_completed_as_what_it_is(offered, words, expected):
    assert list(offered(*words)) == expected


def test_component_types_are_found_without_importing_plugins(offered):
    assert component_types() == sorted({one.name for one in plugins.discover().components})
    assert list(offered("plugins", "show", "symm")) == ["symmetry"]
    assert list(offered("finish", "a.png", "--with", "upsc")) == ["upscale"]


@pytest.mark.parametrize("words", ["ru", "run quicks", "plugins show symm"])
def test_an_answer_takes_less_than_half_a_second(words):
    """Of the processor, because tests run side by side."""
    typed = ["artgen", *words.split()]
    asked = {"_ARTGEN_COMPLETE": "bash_complete", "COMP_WORDS": "\n".join(typed), "COMP_CWORD": str(len(typed) - 1)}
    best = 9.0
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "-m", "artgen"], env={**os.environ, **asked}, capture_output=True, check=True)
        after = os.times()
        spent = after.children_user - before.children_user + after.children_system - before.children_system
        best = min(best, spent)
    assert best < 0.5


def test_an_unknown_shell_and_half_a_question_get_nothing(artgen):
    assert artgen(_ARTGEN_COMPLETE="tcsh_complete", COMP_WORDS="artgen r", COMP_CWORD="1", code=2).stdout == ""
    assert artgen(_ARTGEN_COMPLETE="bash_complete", code=2).stdout == ""


BEGIN = {
    "bash": (("bash", "--norc", "--noprofile", "-i"), 'eval "$(artgen completion bash)"'),
    "zsh": (("zsh", "-f", "-i"), 'autoload -Uz compinit; compinit -u -D; eval "$(artgen completion zsh)"'),
    "fish": (("fish", "--no-config", "-i"), "artgen completion fish | source"),
}
NEW_ENOUGH = "(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404 ))"


@pytest.fixture(params=BEGIN)
def shell(request, folder):
    """The shell, after the line that `artgen completion --help` says to put where it begins."""
    program, line = BEGIN[request.param]
    if not shutil.which(program[0]):
        assert program[0] != "bash" or not os.environ.get("CI"), "there is no bash"
        pytest.skip(f"{program[0]} is not installed")
    if program[0] == "bash" and subprocess.run(["bash", "-c", NEW_ENOUGH], check=False).returncode:
        pytest.skip("macOS has a bash of 2007")
    pytest.importorskip("pty", reason="Windows has none of these shells")
    from tests.helpers.terminal import Terminal

    with Terminal(*program, folder=folder) as terminal:
        terminal.type(f'{line}; echo rea""dy\n', "ready\r")
        yield terminal


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("artgen ru", "artgen run "),
        ("artgen run quicks", "artgen run quickstart "),
        ("artgen run mi", r"artgen run mine\.yaml "),
        ("artgen run two", r"artgen run two\\ words\.yaml "),
        (f"artgen export pic{TAB}ow", r"artgen export pictures/owl\.png "),
        ("artgen run --out=pic", "artgen run --out=pictures/"),
        ("artgen run ~/mi", r"artgen run ~/mine\.yaml"),
        ("artgen plugins show symm", "artgen plugins show symmetry "),
        ("artgen check --resol", "artgen check --resolved "),
    ],
)
def test_the_tab_key_completes(shell, keys, line):
    shell.type(f"{keys}{TAB}", line)


def test_several_candidates_are_listed(shell):
    shell.type(f"artgen presets {TAB}{TAB}", r"list(.|\n)*show")


def test_the_help_says_what_to_write_for_each_shell(artgen):
    said = artgen("completion", "--help", code=0).stdout
    assert all(f"artgen completion {name}" in said for name in BEGIN)
    assert artgen("completion", code=2).stderr.startswith("artgen completion: needs SHELL")
