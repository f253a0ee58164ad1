"""The device, the threads and the folders of a machine."""

import pytest

from artgen.doctor import machine
from artgen.doctor.probe_runner import ProbeResult
from tests.helpers.findings import CPU, at, levels


@pytest.mark.parametrize(
    ("data", "level", "text"),
    [
        ({}, "ok", "device auto is cpu; torch is built for CPU"),
        ({"build": "13.2"}, "ok", "device auto is cpu; torch is built for CUDA 13.2"),
        ({"said": ["The NVIDIA driver is too old"]}, "warning", "torch says: The NVIDIA driver is too old"),
        (
            {"auto": "cuda", "broken": "no kernel image"},
            "problem",
            "cuda is chosen, and does not work (no kernel image)",
        ),
        (
            {"auto": "cuda", "build": "13.2", "gpus": [{"name": "H200", "free": 7e9, "total": 140e9}]},
            "ok",
            "device auto is cuda (H200, 7.0 GB of 140.0 GB free); torch is built for CUDA 13.2",
        ),
    ],
)
def test_the_device_is_told(data, level, text):
    assert levels(machine.look(ProbeResult({**CPU, **data})))[text] == level


def test_more_threads_than_cores_is_a_warning(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4096")
    ((text, fix),) = [pair for pair in at("warning", machine.look(ProbeResult(CPU))) if "threads" in pair[0]]
    assert "OMP_NUM_THREADS=4096" in text and fix.startswith("export OMP_NUM_THREADS=")


def test_a_folder_where_nobody_can_write_is_a_problem(tmp_path):
    (tmp_path / "file").touch()
    places = {"runs": tmp_path / "new" / "runs", "weights": tmp_path / "file" / "cache"}
    found = levels(machine.look_at_folders(places))
    assert [level for text, level in found.items() if text.startswith("weights: ")] == ["problem"]
    assert [level for text, level in found.items() if text.startswith("runs: ")] != ["problem"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
