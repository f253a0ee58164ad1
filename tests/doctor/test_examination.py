"""The doctor says what is wrong and what to do about it, also where torch is broken, and never falls ill himself."""

import json

import huggingface_hub.constants
import pytest

from artgen import weights
from artgen.doctor import downloads, libraries, machine, probe_runner, report
from artgen.doctor import presets as on_presets
from artgen.doctor.checks import guarded
from artgen.doctor.probe_runner import ProbeResult
from artgen.errors import InputError
from artgen.preset import model as presets
from artgen.registry.plugins import discover

CPU = {"auto": "cpu", "build": None, "said": [], "gpus": [], "threads": 1, "broken": None}


def levels(findings):
    """Text to level, once it is sure that everything but 'ok' says what to do."""
    found = list(findings)
    assert all(bool(finding.fix) is (finding.level != "ok") for finding in found)
    assert all("\n" not in finding.text + finding.fix for finding in found)
    return {finding.text: finding.level for finding in found}


def at(level, findings):
    """The texts and fixes of a level."""
    found = list(findings)
    levels(found)
    return [(finding.text, finding.fix) for finding in found if finding.level == level]


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """Puts a module first on the path of subprocesses: ``stub("torch", "raise RuntimeError('x')")``."""

    def put(name, code):
        (tmp_path / "stubs").mkdir(exist_ok=True)
        (tmp_path / "stubs" / f"{name}.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stubs"))
        return str(tmp_path / "stubs")

    return put


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Makes a distribution look installed, in place of the real one: ``installed("torch", "1.0", "numpy>=1")``."""

    def put(name, version, *needs):
        folder = tmp_path / "dists" / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        (folder / "METADATA").write_text("\n".join([*lines, *(f"Requires-Dist: {need}" for need in needs), ""]))
        monkeypatch.syspath_prepend(tmp_path / "dists")

    return put


def results(**broken):
    """Of the libraries, all well but for those with an error."""
    found = {libraries.task(needed): ProbeResult() for needed in libraries.needed()}
    return found | {f"import:{name}": ProbeResult(error=error) for name, error in broken.items()}


# The whole


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


# Libraries


def test_the_first_words_of_a_failed_import_are_told(stub):
    stub("torchvision", "raise RuntimeError('operator torchvision::nms does not exist')")
    found = results() | probe_runner.run(["import:torchvision"])
    ((text, fix),) = at("problem", libraries.look(found))
    assert text.endswith(": RuntimeError: operator torchvision::nms does not exist")
    assert fix == "python -m pip install --upgrade --force-reinstall torch torchvision"


def test_a_crash_and_a_hang_cost_only_their_library(stub):
    stub("crashing", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    stub("hanging", "import time; print('hello'); time.sleep(60)")
    stub("leaving", "import sys; sys.exit('goodbye')")
    modules = ["crashing", "hanging", "leaving", "json", "json:nothing"]
    found = probe_runner.run([f"import:{name}" for name in modules], seconds=2)
    errors = [result.error for result in found.values()]
    assert errors[:4] == ["crashes Python (SIGSEGV)", "does not finish in 2 seconds", "SystemExit: goodbye", None]
    assert list(found) == [f"import:{name}" for name in modules]
    assert errors[4].startswith("AttributeError")


def test_a_file_in_this_folder_is_not_taken_for_a_library(tmp_path, monkeypatch):
    (tmp_path / "colorsys.py").write_text("raise RuntimeError('mine')")
    monkeypatch.chdir(tmp_path)
    assert probe_runner.run(["import:colorsys"])["import:colorsys"].error is None


def test_what_fails_because_of_another_is_a_warning():
    found = levels(libraries.look(results(torch="RuntimeError: x", torchvision="y", timm="z", kornia="k")))
    assert list(found.values()).count("problem") == 1
    assert sum(text.endswith("cannot be imported without torch") for text in found) == 3


def test_a_missing_and_an_old_library_are_named_with_the_command(installed):
    installed("artgen", "9.0", "pluggy>=99", "no-such-library>=3", "matplotlib; extra == 'plots'")
    assert at("problem", libraries.look(results(no_such_library=None))) == [
        ("no-such-library: is not installed", "python -m pip install 'no-such-library>=3'"),
        (
            f"pluggy {libraries.version('pluggy')}: is too old; artgen needs >=99",
            "python -m pip install --upgrade 'pluggy>=99'",
        ),
    ]


def test_a_torchvision_for_another_torch_is_named(installed):
    installed("torchvision", "0.99", "torch==1.0")
    torch = libraries.version("torch")
    assert at("problem", libraries.look(results())) == [
        (
            f"torchvision 0.99 is made for torch==1.0, and {torch} is installed",
            "python -m pip install --upgrade torch torchvision",
        )
    ]


def test_python_and_where_artgen_is_from(installed, monkeypatch):
    assert set(levels(libraries.look_at_python()).values()) == {"ok"}
    monkeypatch.setattr("platform.python_version", lambda: "3.9.1")
    ((text, fix),) = at("problem", libraries.look_at_python())
    assert "artgen needs >=3.11" in text and fix == "install Python >=3.11"


# The machine


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


# Downloads


@pytest.fixture
def known(tmp_path, monkeypatch):
    """The weights that plugins know, none at first, and an empty cache."""
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    for name in ("ARTGEN_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:1")
    found = []
    monkeypatch.setattr(discover(), "weights", found)
    return found


def test_the_cache_is_counted_and_a_broken_off_download_is_told(known, tmp_path):
    known += [("me", weights.Published(f"{name}.bin", ("http://127.0.0.1:1",))) for name in "abc"]
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "a.bin").write_bytes(bytes(2_000_000))
    (tmp_path / "cache" / "b.bin.part").write_bytes(bytes(1_000_000))
    found = list(downloads.look(online=False))
    assert f"1 of 3 named files are in {tmp_path / 'cache'}, 3.0 MB in all" in levels(found)
    assert at("warning", found) == [("b.bin: a download stopped after 1.0 MB", "artgen weights fetch b.bin")]


def test_only_online_anybody_is_called(known, monkeypatch):
    assert at("warning", downloads.look(online=False)) == []
    ((text, fix),) = at("warning", downloads.look(online=True))
    assert text.startswith("http://127.0.0.1:1 (the model hub) cannot be reached (URLError") and "proxy" in fix
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    assert any("switched off" in text for text in levels(downloads.look(online=True)))


# One preset


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
    assert filled[0].startswith("its models take 1152921504.6 GB, and ")


def test_a_picture_that_is_no_preset_is_bad_input(tmp_path):
    (tmp_path / "mine.png").write_bytes(b"no picture")
    with pytest.raises(InputError):
        list(guarded("preset", lambda: on_presets.look(str(tmp_path / "mine.png"), ProbeResult(CPU), ProbeResult([]))))
