"""Old names of settings and of types: read for a while, with one line that says what to write."""

import importlib
import json
import warnings
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from PIL import Image

from artgen import cli
from artgen.api import PerceptorSpec
from artgen.deprecation import DeprecatedName
from artgen.errors import InputError
from artgen.preset import loading, schema
from artgen.preset.checking import Checker
from artgen.registry import plugins
from artgen.rng import stream
from tests.helpers.paths import DISTS

AGED = DISTS / "aged"
OLD = """\
generator:
  type: grainy
  strength: 2
losses:
  - {type: gentle, strength: 0.2}
size: 4
steps: 1
seed: 7
"""
TOLD = [
    "old.yaml:2:9: generator: the generator 'grainy' is called 'noisy' since artgen-aged 1.1; write 'type: noisy' and "
    "'id: grainy' for the same picture; the old name goes in 2.0",
    "old.yaml:3:3: generator: 'strength' is called 'contrast' since artgen-aged 1.2; the old name goes in 2.0",
    "old.yaml:5:12: losses[0]: the loss 'gentle' is called 'mellow' since artgen-aged 1.1; write 'type: mellow' and "
    "'id: gentle' for the same picture; the old name goes in 2.0",
    "old.yaml:5:20: losses[0]: 'strength' is called 'amount' since artgen-aged 1.2; the old name goes in 2.0",
]


@pytest.fixture(scope="module")
def aged():
    """The plugin that renamed things, installed for this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(AGED))
        plugins.discover.cache_clear()
        yield plugins.discover()
    plugins.discover.cache_clear()


@pytest.fixture
def old(aged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD)
    return OLD


def heard(read, *arguments):
    """What `read` returns, and the warnings that it gave."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = read(*arguments)
    assert all(warning.category is DeprecatedName for warning in caught)
    return result, [str(warning.message) for warning in caught]


def loss(**given):
    return {"generator": {"type": "noisy"}, "losses": [{"type": "mellow", **given}]}


def test_check_says_where_and_what_to_write_instead(old, capsys):
    assert cli.main(["check", "old.yaml"]) == 0
    told = capsys.readouterr()
    assert told.err.splitlines() == TOLD
    assert told.out == "old.yaml: ok\n"


def test_what_check_says_to_write_is_the_same_preset_without_a_word(old, capsys):
    renewed = OLD.replace("type: grainy", "type: noisy\n  id: grainy").replace("  strength: 2", "  contrast: 2")
    Path("new.yaml").write_text(renewed.replace("gentle, strength", "mellow, id: gentle, amount"))
    assert cli.main(["check", "new.yaml"]) == 0
    assert capsys.readouterr().err == ""
    assert heard(loading.load, "old.yaml")[0] == loading.load("new.yaml")


def test_an_old_preset_draws_what_it_drew(old, capsys):
    """Random numbers are drawn by the component's name, which was the old type."""
    assert cli.main(["run", "old.yaml", "--out", "out", "-q"]) == 0
    assert capsys.readouterr().err.splitlines() == TOLD
    import torch

    numbers = torch.randn((3,), generator=stream(7, "generator.grainy", "start")) * 2
    numbers.requires_grad_()
    # One step of descent on what the loss judges.
    ((numbers.sigmoid().mean() - 0.2) ** 2).backward()
    drawn = torch.tensor(Image.open("out/image.png").convert("RGB").getpixel((0, 0))) / 255
    assert torch.allclose(drawn, (numbers - numbers.grad).sigmoid(), atol=1 / 255)


def test_the_recipe_of_an_old_picture_still_loads(aged, tmp_path):
    from PIL.PngImagePlugin import PngInfo

    old = {
        "generator": {"type": "grainy", "strength": 2.0},
        "losses": [{"type": "soft", "strength": 0.2}, {"type": "soft", "strength": 0.3}],
    }
    recipe = {"format": 1, "artgen": "0.1.0", "preset": old, "picture": 0, "steps_done": 1}
    text = PngInfo()
    text.add_text("artgen:recipe", json.dumps(recipe))
    Image.new("RGB", (4, 4)).save(tmp_path / "old.png", pnginfo=text)
    preset, told = heard(loading.load, tmp_path / "old.png")
    assert told == []  # nobody edits a picture
    assert (preset.generator.type, preset.generator.id, preset.generator.contrast) == ("noisy", "grainy", 2.0)
    assert [(part.id, part.amount) for part in preset.losses] == [("soft", 0.2), ("soft#2", 0.3)]
    _, told = heard(loading.load, tmp_path / "old.png", ["losses[0].strength=0.4"])
    assert [warning.partition(": ")[0] for warning in told] == ["--set losses[0].strength"]


def test_both_names_together_are_a_mistake(old, capsys):
    Path("both.yaml").write_text("generator: {type: noisy}\nlosses:\n  - {type: mellow, amount: 1, strength: 2}\n")
    assert cli.main(["check", "both.yaml"]) == 2
    assert capsys.readouterr().err == (
        "both.yaml:3:31: losses[0]: 'strength' is the old name of 'amount', which stands here too; remove 'strength'\n"
    )


def test_mistakes_elsewhere_are_told_after_the_old_names(old, capsys):
    Path("old.yaml").write_text(OLD.replace("strength: 2", "strength: many"))
    assert cli.main(["check", "old.yaml"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        *TOLD,
        "old.yaml:3:13: generator.contrast: expected a number, got 'many'",
    ]


def test_an_old_file_is_extended_in_new_words_and_a_new_one_in_old(old, tmp_path):
    Path("new.yaml").write_text("extends: old.yaml\ngenerator: {contrast: 5}\n")
    Path("again.yaml").write_text("extends: new.yaml\ngenerator: {type: grainy, strength: 6}\n")
    assert heard(loading.load, "new.yaml")[0].generator.contrast == 5
    assert heard(loading.load, "again.yaml")[0].generator.contrast == 6


def test_set_takes_old_names(old):
    preset, told = heard(loading.load, "old.yaml", ["losses.gentle.strength=0.5", "generator.contrast=3"])
    assert told == [
        "--set losses.gentle.strength: losses[0]: 'strength' is called 'amount' since artgen-aged 1.2; "
        "the old name goes in 2.0",
        *TOLD,
    ]
    assert (preset.losses[0].amount, preset.generator.contrast) == (0.5, 3)


@given(st.lists(st.tuples(st.sampled_from(["contrast", "strength"]), st.floats(0.1, 9)), min_size=1, max_size=6))
@example([("contrast", 1.0), ("strength", 2.0), ("strength", 3.0)])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_value_counts_whatever_it_is_called(aged, layers):
    base = {**loss(amount=1), "generator": {"type": "grainy", layers[0][0]: layers[0][1]}}
    preset, told = heard(loading.parse, base, [(f"generator.{name}", value) for name, value in layers[1:]])
    assert preset.generator.contrast == layers[-1][1]
    paths = {"preset", *(f"--set generator.{name}" for name, _ in layers[1:])}
    assert len(told) == 1 + ("strength" in layers[0]) + ("--set generator.strength" in paths)


def test_a_perceptor_has_its_name_and_needs_no_id(aged):
    checker = Checker(aged)
    with pytest.warns(DeprecatedName), pytest.raises(InputError, match="no loss looks through"):
        checker.parse({**loss(amount=1), "perceptors": {"eye": {"type": "peek", "side": 4}}}, (), "preset")
    assert [(spec.type, spec.id, spec.size) for spec, _, path in checker.valid if path == "perceptors.eye"] == [
        ("glance", None, 4)
    ]
    assert [notice.message for notice in checker.renamer.notices] == [
        "the perceptor 'peek' is called 'glance' since artgen-aged 1.2; write 'type: glance'; the old name goes in 2.0",
        "'side' is called 'size' since artgen-aged 1.2; the old name goes in 2.0",
    ]


def test_an_id_of_ones_own_stays(aged):
    data = loss(amount=1)
    data["losses"][0] |= {"type": "artgen-aged:gentle", "id": "mine"}
    preset, [told] = heard(loading.parse, data)
    assert (preset.losses[0].type, preset.losses[0].id) == ("mellow", "mine")
    assert "write 'type: mellow'; the old name" in told


def test_the_schema_takes_old_names_and_marks_them(aged):
    whole = schema.build(aged)
    Draft202012Validator.check_schema(whole)
    validator = Draft202012Validator(whole)
    validator.validate(loss(amount=1))
    validator.validate(loss(strength=1))
    validator.validate({"generator": {"type": "grainy", "strength": 1}, "losses": [{"type": "soft", "strength": 1}]})
    assert not validator.is_valid(loss())
    assert not validator.is_valid(loss(type="sort", amount=1))
    old = whole["$defs"]["loss:mellow"]["properties"]["strength"]
    assert old["deprecated"] is True
    assert old["description"] == "Called 'amount' since 1.2; the old name goes in 2.0."
    assert whole["$defs"]["loss:gentle"]["properties"]["type"]["deprecated"] is True


@pytest.mark.parametrize("name", ["size", "weight"])
def test_an_old_name_that_is_another_setting_costs_its_owner_a_line(tmp_path, monkeypatch, name):
    (tmp_path / "confused.py").write_text(
        "from typing import Annotated, Literal\n"
        "from artgen.api import Formerly, PerceptorSpec, hookimpl\n"
        "class Confused(PerceptorSpec):\n"
        "    type: Literal['confused'] = 'confused'\n"
        f"    side: Annotated[int, Formerly('{name}', since='1', until='2')] = 1\n"
        "    size: int = 1\n"
        "@hookimpl\n"
        "def artgen_perceptors():\n"
        "    return [Confused]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(importlib.sys.modules, "confused", raising=False)
    found = plugins.Registry()
    found.load(EntryPoint("confused", "confused", "artgen"))
    assert [str(failure) for failure in found.failures] == [
        f"plugin 'confused ' (confused): TypeError: Confused.side was formerly '{name}', which is another setting"
    ]


def test_a_current_name_wins_over_an_old_one_of_another_plugin(aged):
    class Peek(PerceptorSpec):
        """Took the name."""

    both = plugins.Registry([*aged.components, plugins.Component("perceptor", "peek", Peek, "artgen-other", "1.0")])
    assert both.find("perceptor", "peek").spec is Peek
    assert both.find("perceptor", "artgen-aged:peek").name == "glance"
