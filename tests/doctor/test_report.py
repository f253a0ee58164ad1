"""The doctor says what is wrong and what to do about it, also where torch is broken, and never falls ill himself."""

import json

from artgen.doctor.checks import guarded
from tests.helpers.findings import at

AREAS = {"python", "libraries", "machine", "folders", "plugins", "weights", "preset"}


def examined(artgen, *arguments, **place):
    """What `artgen doctor --json` found; its exit code says whether a problem is among it."""
    done = artgen("doctor", *arguments, "--json", **place)
    data = json.loads(done.stdout)
    assert data["healthy"] is all(finding["level"] != "problem" for finding in data["findings"])
    assert done.returncode == int(not data["healthy"])
    assert {finding["area"] for finding in data["findings"]} == AREAS
    return data["findings"]


def test_everything_is_looked_at_and_what_a_preset_needs(artgen, tmp_path, flat):
    """What this machine is like is its own affair; the libraries, the plugins, the cache and the preset are ours."""
    data = {**flat, "prompts": [], "perceptors": {}, "views": [], "losses": [{"type": "taste"}]}
    (tmp_path / "mine.yaml").write_text(json.dumps(data))
    place = {"ARTGEN_CACHE": str(tmp_path / "cache"), "ARTGEN_OFFLINE": "", "HF_HUB_OFFLINE": ""}
    found = examined(artgen, "mine.yaml", dists=("ok", "published"), **place)
    ours = {finding["text"]: finding for finding in found if finding["area"] not in ("machine", "folders")}
    need = ours.pop("taste.bin is not on this machine; the first run downloads it")
    assert (need["level"], need["fix"]) == ("warning", "artgen weights fetch --preset mine.yaml")
    assert {text for text, finding in ours.items() if finding["level"] != "ok"} == set()
    assert any(text.startswith("torch 2") for text in ours)
    assert any(finding["text"].startswith("device auto is ") for finding in found)
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


def test_where_presets_cannot_be_read_all_else_is_still_told(artgen, stub):
    folder = stub("pydantic", "raise RuntimeError('pydantic_core is for another Python')")
    found = examined(artgen, "tile", dists=(folder, "ok"))
    wrong = {(finding["area"], finding["text"]) for finding in found if finding["level"] == "problem"}
    reason = "RuntimeError: pydantic_core is for another Python"
    assert ("preset", f"could not be looked at ({reason})") in wrong
    assert any(area == "libraries" and text.endswith(f": {reason}") for area, text in wrong)
    assert any(finding["area"] == "machine" and finding["text"].startswith("device auto is ") for finding in found)
