"""No command ends in a traceback, whatever the system, a preset or a cache does; `--debug` shows one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from artgen import cli
from artgen.cli.presets import check

# Root without its capabilities, for whom permissions hold as for everybody.
HUMBLE = (
    "import ctypes; head = (ctypes.c_uint32 * 2)(0x20080522, 0); "
    "assert ctypes.CDLL(None).capset(head, (ctypes.c_uint32 * 6)()) == 0"
)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "{name}/p.yaml"),
        ("run", "p.yaml", "--out", "{name}/out"),
        ("run", "--resume", "{name}"),
        ("check", "{name}/p.yaml"),
        ("replay", "{name}/a.png"),
        ("diff", "{name}/a.png", "{name}/b.png"),
        ("export", "{name}/a.png", "b.png"),
        ("views", "pixel", "--out", "{name}/v.png"),
        ("score", "{name}/a.png", "--prompt", "a cat"),
        ("search", "a cat", "{name}"),
        ("gallery", "verify", "--gallery", "{name}"),
        ("new", "loss", "x", "--out", "{name}/x"),
        ("schema", "--install", "{name}/p.yaml"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", ["afile", "pipe", "loop", "x" * 300], ids=["file", "pipe", "loop", "long"])
def test_what_the_system_refuses_costs_a_line(artgen, tmp_path, flat, words, name):
    (tmp_path / "afile").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(flat))
    done = artgen(*(word.format(name=name) for word in words), code=2)
    assert 1 <= done.stderr.count("\n") <= 3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
@pytest.mark.parametrize(
    "words",
    [
        ("run", "shut/p.yaml"),
        ("check", "shut/p.yaml"),
        ("check", "extends.yaml"),
        ("replay", "shut/a.png"),
        ("export", "shut/a.png", "b.png"),
        ("diff", "shut/a.png", "shut/a.png"),
        ("score", "shut/a.png", "--prompt", "a cat"),
        ("search", "a cat", "shut"),
        ("gallery", "verify", "--gallery", "shut"),
        ("new", "loss", "x", "--out", "shut/x"),
    ],
    ids=" ".join,
)
def test_what_may_not_be_read_costs_a_line(artgen, tmp_path, words):
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "p.yaml").write_text("steps: 1")
    (tmp_path / "shut" / "a.png").write_text("x")
    (tmp_path / "shut").chmod(0)
    (tmp_path / "extends.yaml").write_text("extends: shut/p.yaml")
    done = artgen(*words, prelude=HUMBLE, code=2)
    assert "ermission denied" in done.stderr or "cannot be read" in done.stderr
    assert done.stderr.count("\n") <= 3


def test_an_output_that_takes_nothing_is_a_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "artgen", "presets"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("No space left on device; ")


def test_a_reader_that_has_seen_enough_hears_nothing():
    command = f"{sys.executable} -m artgen schema | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{0\n", "")


@pytest.fixture
def broken(monkeypatch):
    def fail(**given):
        raise ZeroDivisionError("it\x1b is so")

    monkeypatch.setattr(check.command, "callback", fail)
    monkeypatch.setenv("ARTGEN_DEBUG", "")


def test_what_nobody_foresaw_is_a_line_and_a_code_of_its_own(broken, capsys):
    assert cli.main(["check", "x"]) == cli.BUG == 70
    line = r"ZeroDivisionError: it\x1b is so: this is a bug of artgen or of a plugin; "
    assert capsys.readouterr().err == f"{line}`artgen --debug` before the command shows where\n"


@pytest.mark.parametrize("words", [["--debug", "check", "x"], ["check", "x"]])
def test_where_it_arose_is_shown_to_who_asks(broken, capsys, monkeypatch, words):
    monkeypatch.setenv("ARTGEN_DEBUG", "1" if len(words) == 2 else "0")
    assert cli.main(words) == 70
    told = capsys.readouterr().err
    assert "Traceback" in told and "in fail" in told


HUGE = "f" * 4000


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (f"extends: {'e' * 300}", "File name too long"),
        (f"steps: 0x{HUGE}", "finite number"),
        (f"seed: 0o{'7' * 9000}", "finite number"),
        ("quality: [a]", "quality: there is no"),
        ("quality: {a: 1}", "quality: there is no"),
        (r'about: "\UFFFFFFFF"', "no letter"),
        (r'about: "\U00110000"', "no letter"),
        ('start: "\\ud800"\nchunk: 0', "half a character"),
        ('"\\ud800": 1\nchunk: 0', "half a character"),
        (f"start: 0x{HUGE}", "start"),
        (f"frames: {'9' * 400}", "finite number"),
        (f"overlay: {'[' * 200}{']' * 200}", "nested too deeply"),
        (f"prompts: {'a cat ' * 16000}", "more than 4096 characters"),
        (f"prompts: {'a|' * 5000}a", "more than 1024 prompts"),
        (f"filters: [{'{type: flat}, ' * 300}]", "more than 256"),
    ],
)
def test_a_value_that_nobody_could_mean_has_its_line(artgen, tmp_path, flat, more, message):
    key = yaml.safe_load(more.partition(":")[0])
    kept = {name: value for name, value in flat.items() if name != key}
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(kept) + more)
    done = artgen("check", "p.yaml", code=2)
    assert message in done.stderr
    assert len(done.stderr) < 4000


@pytest.mark.parametrize("value", [10**400, -(10**400), "\ud800", [[]] * 3])
def test_data_that_nobody_could_mean_is_refused(flat, value):
    import artgen as package
    from artgen.errors import InputError

    deep = value
    for _ in range(300):
        deep = [deep]
    for changes in ({"steps": value}, {"losses": [{"type": "dark", "weight": value}]}, {"about": deep}):
        with pytest.raises(InputError):
            package.load({**flat, **changes})


def test_a_path_without_end_is_refused(artgen, tmp_path, flat):
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(flat))
    done = artgen("check", "p.yaml", "--set", ".".join("a" * 2000) + "=1", code=2)
    assert "deeper than any preset" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "losses:\n" + "- {type: dark}\n" * 60000,
        "a: 1\n" * 200_000,
        "prompts:\n" + "- ab\n" * 200_000,
        "[" * 1_000_000,
        "? " * 500_000,
        "prompts: '" + "a|" * 500_000 + "a'",
    ],
    ids=["losses", "keys", "prompts", "lists", "questions", "line"],
)
def test_a_megabyte_is_answered_soon(artgen, tmp_path, text):
    import time

    (tmp_path / "p.yaml").write_text(text[: 1 << 20])
    before = time.process_time()
    artgen("check", "p.yaml", code=2)
    assert time.process_time() - before < 10
