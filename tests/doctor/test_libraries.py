"""Libraries that are missing, old or broken, each in a process of its own."""

import pytest
from packaging.requirements import Requirement

from artgen.doctor import libraries, probe_runner
from artgen.doctor.probe_runner import ProbeResult
from tests.helpers.findings import at, levels


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
    return found | {libraries.task(Requirement(name)): ProbeResult(error=error) for name, error in broken.items()}


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
    modules = ["crashing", "hanging", "leaving", "json:decoder", "json:nothing"]
    found = probe_runner.run([f"import:{name}" for name in modules], seconds=2)
    errors = [result.error for result in found.values()]
    assert errors[:4] == ["crashes Python (SIGSEGV)", "does not finish in 2 seconds", "SystemExit: goodbye", None]
    assert list(found) == [f"import:{name}" for name in modules]
    assert errors[4].startswith("AttributeError")


def test_a_file_in_this_folder_is_not_taken_for_a_library(tmp_path, monkeypatch):
    (tmp_path / "colorsys.py").write_text("raise RuntimeError('mine')")
    monkeypatch.chdir(tmp_path)
    assert probe_runner.run(["import:colorsys"])["import:colorsys"].error is None


def test_a_library_is_asked_for_what_artgen_and_its_own_components_take_from_it():
    tasks = [libraries.task(needed) for needed in libraries.needed()]
    assert {"import:yaml", "import:PIL:GifImagePlugin", "import:open_clip"} <= set(tasks)
    # A module alone would put off what fails.
    assert len([task for task in tasks if task.startswith("import:diffusers:")]) == 1
    assert all(
        result.error is None for result in probe_runner.run(["import:PIL:Image", "import:torch:Tensor"]).values()
    )


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
