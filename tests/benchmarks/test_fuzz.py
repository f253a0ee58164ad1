"""A seeded piece of each fuzzer, and that the fuzzers find what they are made for."""

import time
from random import Random

import pytest

from artgen.errors import InputError
from benchmarks.fuzz import cases, damage, targets, watch
from benchmarks.fuzz.__main__ import main
from benchmarks.fuzz.gallery import parsed

COUNTS = {
    "presets": 40,
    "set": 40,
    "recipes": 20,
    "pictures": 60,
    "palettes": 60,
    "gallery": 12,
    "imports": 40,
    "checkpoints": 4,
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.slow
@pytest.mark.parametrize("name", targets.NAMES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_inputs_end_in_documented_errors(name, tmp_path):
    target = targets.make(name, tmp_path)
    findings = [cases.tried(name, target, seed, tmp_path) for seed in range(COUNTS[name])]
    assert [finding for finding in findings if finding] == []


def test_every_target_is_tried():
    assert set(COUNTS) == set(targets.NAMES)


class Planted:
    """Fails for every input that has an `x`."""

    def __init__(self, fail):
        self.fail = fail

    def base(self, random):
        return ""

    def damage(self, random, found):
        return found + random.choice("xyz")

    def attempt(self, found):
        if "x" in found:
            self.fail()

    def keep(self, found, folder):
        (folder / "found.txt").write_text(found)


def raises(error):
    def fail():
        raise error

    return fail


def hangs():
    until = time.monotonic() + 3
    while time.monotonic() < until:
        pass


FAULTS = {
    "ValueError": raises(ValueError("x")),
    "RecursionError": raises(RecursionError()),
    "over 0 s": hangs,
    "checks: prints": raises(watch.Undocumented("checks: prints")),
    "Weird": raises(type("Weird", (BaseException,), {})()),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_a_planted_fault_is_found_made_small_and_kept(reason, tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "SECONDS", 0.2)
    target = Planted(FAULTS[reason])
    found = next(filter(None, (cases.tried("planted", target, seed, tmp_path) for seed in range(50))))
    assert found.reason.startswith(reason)
    assert len(found.damages) == 1
    place = cases.kept(found, target, tmp_path / "out")
    assert (place / "found.txt").read_text() == "x"
    assert f"--again {found.name}" in (place / "finding.txt").read_text()


def test_documented_errors_are_none(tmp_path):
    target = Planted(raises(InputError("that is no preset")))
    assert not any(cases.tried("planted", target, seed, tmp_path) for seed in range(20))


@pytest.mark.skipif(not watch.PEAK.exists(), reason="needs Linux's account of memory")
def test_memory_is_watched(monkeypatch):
    monkeypatch.setattr(watch, "MIB", 50)
    assert watch.fault(lambda: len(bytes(range(1, 256)) * (400 << 12))) == "over 50 MiB"
    assert watch.fault(lambda: None) is None


@pytest.mark.parametrize("name", ["presets", "set", "imports", "palettes", "pictures"])
def test_the_same_number_is_the_same_input(name, tmp_path):
    once, again = (targets.make(name, tmp_path) for _ in range(2))
    for seed in range(10):
        assert cases.built(once, seed, cases.damages(seed)) == cases.built(again, seed, cases.damages(seed))


def test_the_page_s_reader_sees_what_could_run(tmp_path):
    (tmp_path / "x.html").write_text(
        "<p onclick=x><a href=' JavaScript:x'><iframe></iframe><script>1</script><b>fine</b>"
    )
    page = parsed(tmp_path / "x.html")
    assert page.evil == ["p onclick", "a href", "iframe"] and page.scripts == ["1"]


def test_damage_changes_a_copy():
    whole = {"a": [1, {"b": "c"}], "d": None}
    changed = [damage.tree(Random(seed), whole) for seed in range(50)]
    assert whole == {"a": [1, {"b": "c"}], "d": None}
    assert sum(found != whole for found in changed) > 40


def test_the_command_prints_a_table(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--count", "5", "--what", "palettes", "--out", str(tmp_path / "found")]) == 0
    assert "| palettes | 5 | 0 | 0 |" in capsys.readouterr().out
    assert main(["--what", "nothing"]) == 2
