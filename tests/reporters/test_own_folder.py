"""A reporter's own folder inside the run's."""

import json

import pytest

import artgen as package
from artgen.registry.plugins import discover
from artgen.reporters.outputs import folder_names
from tests.helpers.paths import DISTS


@pytest.fixture(autouse=True)
def circles(monkeypatch):
    """With a plugin whose reporter writes a diary."""
    monkeypatch.syspath_prepend(str(DISTS / "circles"))
    discover.cache_clear()
    yield
    discover.cache_clear()


@pytest.fixture
def preset(flat):
    return {
        **flat,
        "steps": 3,
        "reporters": [{"type": "diary"}, {"type": "diary", "id": "../../up"}, {"type": "clumsy"}],
    }


def test_each_reporter_of_each_run_has_its_own(preset, tmp_path):
    for run in ("a", "b"):
        package.run(preset, out=tmp_path / run)
        for name in ("diary", "up"):
            lines = (tmp_path / run / name / "diary.txt").read_text().splitlines()
            assert lines == ["3 steps to go", "step 0", "step 1", "step 2", "done"]
        assert not (tmp_path / run / "clumsy").exists(), "nobody asked for it"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_run_without_a_folder_has_none(preset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notes = []
    package.run(preset, note=notes.append)
    assert notes.count("step 2") == 2
    assert not list(tmp_path.iterdir())


def test_a_run_that_is_resumed_finds_it_again(preset, tmp_path):
    def stop(event):
        raise KeyboardInterrupt

    package.run(preset, out=tmp_path / "run", on_step=stop)
    package.resume(tmp_path / "run")
    lines = (tmp_path / "run/diary/diary.txt").read_text().splitlines()
    assert [line for line in lines if line.startswith("step")] == ["step 0", "step 1", "step 2"]


def test_a_folder_that_cannot_be_made_drops_the_reporter_and_no_picture(artgen, preset, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(preset))
    (tmp_path / "run").mkdir()
    (tmp_path / "run/diary").write_text("a file")
    done = artgen("run", "p.json", "--out", "run", code=0)
    assert (
        "reporter 'diary' (artgen-circles 1.0) is dropped: " in done.stderr
        and "run/diary: cannot be made" in done.stderr
    )
    assert (tmp_path / "run/image.png").is_file() and (tmp_path / "run/diary").read_text() == "a file"


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["losses", "losses#2"], ["losses", "losses-2"]),
        (["a b", "a.b", "a-b"], ["a-b", "a-b-2", "a-b-3"]),
        (["Losses", "losses"], ["Losses", "losses-2"]),
        (["../x", "/etc", "..", ""], ["x", "etc", "reporter", "reporter-2"]),
        (["batch", "CON", "image.png"], ["batch-reporter", "CON-reporter", "image-png"]),
        (["x" * 300], ["x" * 64]),
        (["größe"], ["größe"]),
    ],
)
def test_names_become_those_of_folders(names, folders):
    assert folder_names(names) == folders
