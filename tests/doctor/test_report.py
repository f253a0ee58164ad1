"""The doctor says what is wrong and what to do about it, also where torch is broken, and never falls ill himself."""

import json

from artgen.doctor import report
from artgen.doctor.checks import guarded
from artgen.preset import model as presets
from tests.helpers.findings import at


def test_this_machine_is_well(artgen, tmp_path, flat):
    data = {**flat, "prompts": [], "perceptors": {}, "views": [], "losses": [{"type": "taste"}]}
    (tmp_path / "mine.yaml").write_text(json.dumps(data))
    place = {"ARTGEN_CACHE": str(tmp_path / "cache"), "ARTGEN_OFFLINE": "", "HF_HUB_OFFLINE": ""}
    done = artgen("doctor", "mine.yaml", "--json", dists=("ok", "published"), code=0, **place)
    data = json.loads(done.stdout)
    found = {finding["text"]: finding for finding in data["findings"]}
    assert data["healthy"] is True
    assert any(text.startswith("torch 2") for text in found)
    assert any(text.startswith("device auto is ") for text in found)
    need = found["taste.bin is not on this machine; the first run downloads it"]
    assert (need["level"], need["fix"]) == ("warning", "artgen weights fetch --preset mine.yaml")
    assert not (tmp_path / "cache").exists()


def test_with_a_broken_torch_everything_else_is_still_told(artgen, stub):
    folder = stub("torch", "raise RuntimeError('libcudart.so.13: cannot open shared object file')")
    shown = artgen("doctor", dists=(folder, "ok", "raises", "clash"), code=1).stdout.splitlines()
    problems = [line.split(maxsplit=1)[1] for line in shown if line.startswith("  problem")]
    assert problems[0].endswith(": RuntimeError: libcudart.so.13: cannot open shared object file")
    assert problems[1].startswith("plugin 'artgen-raises 0.3' (raises_at_import): RuntimeError: operator")
    assert len(problems) == 2 and shown[-1].startswith("2 problems, ")
    fixes = [line for line in shown if line.startswith("           -> ")]
    assert fixes[0] == "           -> python -m pip install --upgrade --force-reinstall torch torchvision"
    assert "           -> write 'artgen-clash:flat' or 'artgen-strangers:flat' in presets" in fixes
    marked = [line for line in shown if line.startswith(("  problem", "  warning"))]
    assert len(marked) == len(fixes)


def test_a_preset_that_is_not_there_is_bad_input(artgen):
    done = artgen("doctor", "nothing.yaml", code=2)
    assert done.stderr.startswith("nothing.yaml: there is no such file or shipped preset")
    assert done.stderr.count("\n") == 1 and not done.stdout


def test_a_part_that_cannot_be_looked_at_is_a_finding():
    def look():
        raise KeyError("oh")

    assert at("problem", guarded("here", look)) == [
        ("could not be looked at (KeyError: 'oh')", "mend the libraries above, then ask again")
    ]


def test_broken_readers_of_presets_cost_no_more_than_the_preset(monkeypatch):
    monkeypatch.setattr(presets, "find", None)
    assert report._file("tile") is None
