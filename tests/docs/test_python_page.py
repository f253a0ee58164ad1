"""The page on Python says what happens."""

import re

from PIL import Image

from artgen.preset import shipped
from tests.helpers.paths import DOCS


def test_the_page_on_python_is_right(tmp_path, monkeypatch, capsys):
    # The same preset, only smaller, under the name that the page uses.
    small = "size: 24\nfinish: null\nsteps: 3\nbatch: 2\nperceptors: {clip: {type: toy}}\n"
    small += "views: [{type: cutouts, count: 2}]\n"
    (tmp_path / "pixel").write_text(f"extends: {shipped.find('pixel')}\n{small}")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / "python.md").read_text(), re.MULTILINE | re.DOTALL)
    names = {"__name__": "page"}
    for block in blocks:
        if "IPython" not in block:
            exec(compile(block, "docs/python.md", "exec"), names)
    assert names["result"].steps_done == 3
    assert len(names["gap"]) == 3
    with Image.open("heart.png") as picture:
        assert picture.size == (24, 24)
    printed = capsys.readouterr().out
    assert "there is no setting 'wieght'; did you mean 'weight'?" in printed
    assert "after 3 steps" in printed
