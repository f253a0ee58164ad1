"""What a preset needs of a machine."""

import json

import pytest

from artgen.doctor import presets as on_presets
from artgen.doctor.checks import guarded
from artgen.doctor.probe_runner import ProbeResult
from artgen.errors import InputError
from tests.helpers.findings import CPU, at, levels


def looked_at(preset, tmp_path, needs=(), device=CPU):
    (tmp_path / "mine.yaml").write_text(json.dumps(preset))
    found = on_presets.look(str(tmp_path / "mine.yaml"), ProbeResult(device), ProbeResult([*needs]))
    return list(found)


def test_a_preset_s_mistakes_are_problems_with_their_place(flat, tmp_path):
    found = looked_at({**flat, "generator": {"type": "flatt"}, "stepz": 3}, tmp_path)
    texts = [text for text, _ in at("problem", found)]
    assert any(
        "mine.yaml:1:" in text and "no generator is called 'flatt'; did you mean 'flat'?" in text for text in texts
    )
    assert any("stepz" in text for text in texts)


def test_a_device_that_is_not_there_is_a_problem(flat, tmp_path):
    cuda = {**CPU, "auto": "cuda", "gpus": [{"name": "one", "free": 7e9, "total": 7e9}]}
    for wanted, device, wrong in [
        ("cuda", CPU, 1),
        ("mps", CPU, 1),
        ("cpu", CPU, 0),
        ("cuda:0", cuda, 0),
        ("cuda:1", cuda, 1),
    ]:
        found = at("problem", looked_at({**flat, "device": wanted}, tmp_path, device=device))
        assert found == [(f"this machine has no '{wanted}'", "add --set device=auto")] * wrong


def test_weights_that_are_not_here_are_a_problem_only_offline(flat, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_OFFLINE", "")
    monkeypatch.setenv("HF_HUB_OFFLINE", "")
    needs = [
        {"name": "big.ckpt", "bytes": None, "error": None},
        {"name": "here.ckpt", "bytes": 5_000_000, "error": None},
    ]
    found = looked_at(flat, tmp_path, needs)
    assert levels(found)["here.ckpt is here, 5.0 MB"] == "ok"
    assert at("warning", found)[0][1] == f"artgen weights fetch --preset {tmp_path / 'mine.yaml'}"
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    ((text, fix),) = at("problem", looked_at(flat, tmp_path, needs))
    assert text.startswith("big.ckpt is not on this machine, and downloads are switched off")
    assert fix.startswith("unset ARTGEN_OFFLINE HF_HUB_OFFLINE; artgen weights fetch --preset ")


def test_models_that_fill_the_memory_are_a_warning(flat, tmp_path):
    needs = [
        {"name": "big", "bytes": 1 << 60, "error": None},
        {"name": "odd", "bytes": None, "error": "ImportError: x"},
    ]
    told, filled = at("warning", looked_at(flat, tmp_path, needs))
    assert told[0] == "whether odd is on this machine could not be told (ImportError: x)"
    assert filled[0].startswith("its models take 1.2 EB, and ")


def test_a_picture_that_is_no_preset_is_bad_input(tmp_path):
    (tmp_path / "mine.png").write_bytes(b"no picture")
    with pytest.raises(InputError):
        list(guarded("preset", lambda: on_presets.look(str(tmp_path / "mine.png"), ProbeResult(CPU), ProbeResult([]))))
