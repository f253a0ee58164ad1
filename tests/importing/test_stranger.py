"""A stranger's importer: that of the documentation, and what goes wrong with others."""

from __future__ import annotations

import re

import pytest

from tests.helpers.paths import DOCS

PAGE = (DOCS / "importing.md").read_text()
CODE = re.search(r"<!-- importer -->\n```python\n(.*?)```", PAGE, re.DOTALL)[1]
OLD = """
def convert(settings, source, home, embedded):
    return f"prompts: {settings['words']}\\nextends: quickstart\\n"
"""


@pytest.fixture
def offered(artgen, tmp_path):
    """Runs the command with an importer of these lines installed: the entry point that is named, or by the hook."""
    info = tmp_path / "artgen_doodle-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-doodle\nVersion: 1.0\n")

    def run(code, name, *words, exits=0):
        (tmp_path / "artgen_doodle.py").write_text(code)
        entry = f"[artgen.importers]\ndoodle = artgen_doodle:{name}\n" if name else "[artgen]\ndoodle = artgen_doodle\n"
        (info / "entry_points.txt").write_text(entry)
        return artgen(*words, code=exits, PYTHONPATH=str(tmp_path))

    return run


@pytest.mark.parametrize("name", ["", "importer"], ids=["hook", "entry point"])
def test_the_importer_of_the_page_is_asked(offered, tmp_path, name):
    (tmp_path / "d.txt").write_text("doodle 1\na cat {or} dog\n7\n")
    done = offered(CODE, name, "import", "d.txt", "--out", "mine.yaml")
    text = (tmp_path / "mine.yaml").read_text()
    assert done.stdout == "mine.yaml\n" and not done.stderr
    assert "steps: 7\n" in text and r"{text: 'a cat \{or\} dog'}" in text
    assert offered(CODE, "importer", "check", "mine.yaml").stdout == "mine.yaml: ok\n"


def test_a_plain_function_is_asked_by_its_name_as_ever(offered, tmp_path):
    (tmp_path / "d.yaml").write_text("words: a cat\n")
    expected = "prompts: a cat\nextends: quickstart\n"
    assert offered(OLD, "convert", "import-doodle", "d.yaml").stdout == expected
    assert offered(OLD, "convert", "import", "--from", "doodle", "d.yaml").stdout == expected
    refused = offered(OLD, "convert", "import", "d.yaml", exits=2)
    assert refused.stderr.startswith("d.yaml: nothing in it (words) is a setting of a1111,")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("importer = 3", "is no Importer and no function"),
        (CODE.replace("lines = ", "1 / 0\n    lines = "), "ZeroDivisionError: division by zero (artgen_doodle.py:8)"),
    ],
)
def test_one_that_is_broken_costs_a_line(offered, tmp_path, code, message):
    (tmp_path / "d.yaml").write_text("drawer: pixel\nprompts: a cat\n")
    done = offered(code, "importer", "import", "d.yaml")
    assert done.stderr == f"importer 'doodle' (artgen-doodle 1.0): {message}\n"
    assert "type: pixel" in done.stdout
    assert offered(code, "importer", "import-doodle", "d.yaml", exits=1).stderr == done.stderr
