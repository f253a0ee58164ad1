"""A plugin that is installed to be edited draws otherwise under one version; recipes tell, and so do replays."""

import json
import sys

import pytest

import artgen as package
from artgen.recipe.model import differences, from_json, to_json
from artgen.registry import edited
from tests.helpers import rude

CODE = """
from typing import Literal
from artgen.api import FilterSpec, hookimpl

class Shade(FilterSpec):
    type: Literal["shade"] = "shade"

    def build(self, env):
        return lambda image, step: image * 0.9

@hookimpl
def artgen_filters():
    return [Shade]
"""


@pytest.fixture(params=["shade.py", "shade/__init__.py"])
def code(request, tmp_path):
    """The file of a plugin that was installed by ``pip install -e``."""
    info = tmp_path / "artgen_shade-0.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-shade\nVersion: 0.2\n")
    (info / "entry_points.txt").write_text("[artgen]\nshade = shade\n")
    (info / "direct_url.json").write_text(json.dumps({"url": "file:///shade", "dir_info": {"editable": True}}))
    file = tmp_path / request.param
    file.parent.mkdir(exist_ok=True)
    file.write_text(CODE)
    with rude.installed(tmp_path):
        yield file
    sys.modules.pop("shade", None)
    edited.code_of.cache_clear()


def recipe(flat):
    edited.code_of.cache_clear()
    return package.run({**flat, "steps": 1, "filters": [{"type": "shade"}]}).recipe


def test_a_recipe_tells_one_code_from_another(code, flat):
    first, again = recipe(flat), recipe(flat)
    assert set(first["code"]) == {"artgen-shade"}  # not artgen-strangers, which is no such
    assert not differences(first, again)
    code.write_text(CODE + "# another\n")
    now = recipe(flat)
    assert first["plugins"] == now["plugins"]
    assert differences(first, now) == ("artgen-shade's code, edited since",)
    assert from_json(to_json(now), "it")["code"] == now["code"]


def test_what_counts_is_the_code(code):
    found = edited.code_of("artgen-shade")
    (code.parent / "__pycache__").mkdir(exist_ok=True)
    (code.parent / "__pycache__" / "shade.pyc").write_bytes(b"1")
    (code.parent / ".swap").write_text("1")
    edited.code_of.cache_clear()
    assert edited.code_of("artgen-shade") == found
    if code.stem == "__init__":
        (code.parent / "table.csv").write_text("1")
        edited.code_of.cache_clear()
        assert edited.code_of("artgen-shade") != found


@pytest.mark.parametrize("said", [None, "{", "[]", '{"dir_info": {}}', '{"dir_info": {"editable": false}}'])
def test_any_other_is_known_by_its_version(code, tmp_path, said):
    file = tmp_path / "artgen_shade-0.2.dist-info" / "direct_url.json"
    file.unlink()
    if said is not None:
        file.write_text(said)
    edited.code_of.cache_clear()
    assert edited.code_of("artgen-shade") is None
    assert edited.code_of("./shade.py") is None
