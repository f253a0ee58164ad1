"""The notebook: it runs as it stands, shows pictures, and is kept with what it shows."""

import base64
import io
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from PIL import Image

from docs import notebook as page
from tests.helpers.paths import DISTS

DATA = re.compile(r'src="data:image/png;base64,([^"]+)"')


def outputs(notebook):
    """(the cell's code, what it shows by type) of every output."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell.source, dict(output.get("data", {"text/plain": output.get("text")}), kind=output.output_type)


def pictures(notebook):
    """(the cell's code, picture) of every picture shown, in HTML too."""
    for source, shown in outputs(notebook):
        found = DATA.findall(shown["text/html"]) if "text/html" in shown else filter(None, [shown.get("image/png")])
        yield from ((source, Image.open(io.BytesIO(base64.b64decode(data)))) for data in found)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    return page.execute(folder, SIZE=32, STEPS=10, BATCH=2), folder


@pytest.mark.slow
def test_it_runs_and_shows_pictures(executed):
    notebook, folder = executed
    shown = [source for source, picture in pictures(notebook) if picture.size == (32, 32)]
    starts = {"result = artgen.run": 2, "from IPython": 3, "losses =": 2, "result.image": 1}
    assert {start: sum(source.startswith(start) for source in shown) for start in starts} == starts
    with Image.open(folder / "heart.png") as picture:
        assert picture.size == (32, 32)


@pytest.mark.slow
def test_a_run_shows_its_progress_in_place(executed):
    notebook, _ = executed
    first = [shown for source, shown in outputs(notebook) if "artgen.run(preset)" in source]
    assert [shown["kind"] for shown in first] == ["display_data", "execute_result"]
    assert re.fullmatch(r"<div>10 steps in [\d.]+ s</div>", first[0]["text/html"])
    assert "★" in first[1]["text/html"]


@pytest.mark.slow
def test_the_progress_is_one_display_that_changes_and_a_terminal_has_none(flat, tmp_path):
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
import artgen
from artgen.reporters.notebook import Notebook
InteractiveShell.instance()
with capture_output() as plain:
    artgen.run({flat})
with capture_output() as seen:
    artgen.run({flat}, reporters=[Notebook(every_seconds=0)])
assert not plain.outputs
for shown in seen.outputs:
    print(shown.update, shown.data["text/html"].replace("\\n", " "))
"""
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONPATH": str(DISTS / "ok")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["False"] + ["True"] * 7, done.stderr
    assert [bool(DATA.search(line)) for line in lines] == [False] + [True] * 6 + [False]
    assert '<progress value="3" max="6"></progress> 3/6 loss ' in lines[3]
    assert "6 steps in" in lines[-1]


@pytest.mark.slow
def test_it_raises_no_warning(executed):
    notebook, _ = executed
    assert [output.text for cell in notebook.cells for output in cell.get("outputs", ()) if "text" in output] == [
        "heart.png was asked for: a red heart - seed 40\n"
    ]


def test_it_is_kept_with_small_pictures_and_nothing_of_a_machine():
    kept = nbformat.read(page.PAGE, as_version=4)
    nbformat.validate(kept)
    text = page.PAGE.read_text()
    assert len(text) < 400_000
    assert len(list(pictures(kept))) == 10
    assert all(cell.get("outputs") for cell in kept.cells if "artgen.run" in cell.get("source", ""))
    assert not re.search(r"/(home|root|tmp|usr|work|Users|opt)/", re.sub(r"[\w+/=]{200,}", "", text))
    assert set(kept.metadata) == {"kernelspec", "language_info"}


def test_every_output_is_of_the_code_above_it():
    """Cells were run once, top to bottom, and what they say now is what was run."""
    kept = json.loads(page.PAGE.read_text())
    counts = [cell["execution_count"] for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_a_parameter_that_is_not_there_is_named(tmp_path):
    with pytest.raises(KeyError, match="the notebook has no parameter WIDTH"):
        page.execute(tmp_path, WIDTH=3)
