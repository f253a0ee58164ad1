"""What a component's settings do when they are asked costs a line that names it, and nobody else's command."""

import json
import re
import sys
from functools import partial
from types import SimpleNamespace

import pytest
import yaml

import artgen as package
from artgen.cli import main
from artgen.errors import InputError, Notice, PresetError
from artgen.preset import loading, needs, remarks, schema
from artgen.registry.component import Component
from artgen.registry.plugins import Registry, discover
from tests.helpers import rude
from tests.helpers.rude import title, with_rude

SAID = {
    "raises": "ZeroDivisionError: division by zero",
    "exits": "SystemExit: 0",
    "presses": "KeyboardInterrupt",
    "mute": "Mute",
}
ODD = """
from collections.abc import Callable
from typing import Annotated, Any, Literal
from pydantic import Field
from artgen.api import LossSpec, hookimpl

class Odd(LossSpec):
    '''Has a setting that no schema can tell of.'''
    type: Literal["odd"] = "odd"
    change: Callable[[int], int] = abs

class Shy(LossSpec):
    '''Has a schema that is no JSON.'''
    type: Literal["shy"] = "shy"
    tone: Annotated[int, Field(json_schema_extra={"x": object()})] = 1

class Leaving(LossSpec):
    '''Leaves when it is asked for its schema.'''
    type: Literal["leaving"] = "leaving"

    @classmethod
    def model_json_schema(cls, **arguments):
        raise SystemExit(0)

class Good(LossSpec):
    '''Is as it should be.'''
    type: Literal["good"] = "good"

@hookimpl
def artgen_losses():
    print("asked for losses")
    return [Odd, Shy, Leaving, Good]
"""


@pytest.fixture(scope="module", autouse=True)
def plugin():
    with rude.installed():
        yield


def problem(preset):
    with pytest.raises(PresetError) as caught:
        loading.parse(preset)
    (only,) = caught.value.problems
    return str(only)


@pytest.mark.parametrize("how", SAID)
@pytest.mark.parametrize("where", ["needs", "misfits"])
@pytest.mark.parametrize("kind", rude.KINDS)
def test_what_fails_when_it_is_checked_is_a_problem_at_its_place(flat, kind, where, how):
    said = problem(with_rude(flat, kind, how=how, where=where))
    section = rude.KINDS[kind]
    assert said.startswith(f"preset: {section}")
    assert re.search(rf"{re.escape(f': {title(kind)}: {SAID[how]}')} \(rude\.py:\d+\)$", said)


def test_a_validator_may_raise_anything(artgen, flat, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(with_rude(flat, "loss", how="invalid")))
    (line,) = artgen("check", "mine.yaml", code=2).stderr.splitlines()
    said = f"losses[2]: {title('loss')}: RuntimeError: I do not validate (rude.py:"
    assert re.match(rf"mine\.yaml:\d+:\d+: {re.escape(said)}", line)


@pytest.mark.parametrize("kind", rude.KINDS)
def test_what_it_is_written_as_is_asked_before_anything_is_drawn(flat, kind):
    said = problem(with_rude(flat, kind, where="written"))
    assert re.search(rf"{re.escape(title(kind))}: .*ZeroDivisionError: division by zero \(rude\.py:\d+\)$", said)


@pytest.mark.parametrize("how", ["exits", "presses", "base"])
def test_whatever_a_serialiser_raises_is_a_line(flat, how):
    assert title("loss") in problem(with_rude(flat, "loss", how=how, where="written"))


def test_needs_that_are_none_are_told_of(flat):
    assert f"{title('loss')}: TypeError: " in problem(with_rude(flat, "loss", how="no set"))


@pytest.mark.parametrize("how", SAID)
def test_what_an_old_recipe_means_is_asked_inside_too(made, flat, how):
    recipe = {**flat, "losses": [*flat["losses"], {"type": "rude", "how": how, "where": "written_down"}]}
    with pytest.raises(PresetError, match=re.escape(f"{title('loss')}: {SAID[how]}")):
        loading.parse(recipe, written_down=True)


@pytest.mark.parametrize("how", SAID)
def test_so_is_the_size_that_a_stage_makes(flat, how):
    said = problem(with_rude(flat, "finish", how=how, where="resized"))
    assert f"{title('finish')}: cannot say what size it makes: {SAID[how]} (rude.py:" in said


@pytest.mark.parametrize("how", SAID)
def test_so_are_the_views_at_another_quality(flat, how):
    with pytest.raises(InputError) as caught:
        loading.parse({**with_rude(flat, "view", how=how, where="scaled"), "quality": "draft"})
    assert str(caught.value).startswith(f"{title('view')}: {SAID[how]} (rude.py:")


@pytest.mark.parametrize("how", SAID)
@pytest.mark.parametrize("kind", rude.KINDS)
def test_so_is_what_it_downloads(flat, kind, how):
    with pytest.raises(InputError) as caught:
        needs.downloads(loading.parse(with_rude(flat, kind, how=how, where="downloads")))
    assert str(caught.value).startswith(f"{title(kind)}: {SAID[how]} (rude.py:")


@pytest.mark.parametrize("how", SAID)
def test_so_is_where_a_download_lies(how):
    download = SimpleNamespace(name="rude.bin", where=partial(sys.modules["rude"].go_wrong, how))
    with pytest.raises(InputError) as caught:
        needs.missing([download])
    assert str(caught.value).startswith(f"rude.bin: {SAID[how]} (rude.py:")


@pytest.mark.parametrize("how", SAID)
def test_what_only_advises_hinders_nobody(flat, how):
    preset = loading.parse(with_rude(flat, "perceptor", how=how, where="unread"))
    (line,) = remarks.unread(preset)
    assert line.startswith(f"perceptors.rude: {title('perceptor')}: {SAID[how]} (rude.py:")
    assert package.run(preset).failure is None


@pytest.mark.parametrize("how", SAID)
@pytest.mark.parametrize(
    ("kind", "where"), [("perceptor", "reworded"), ("perceptor", "understood"), ("generator", "reading")]
)
def test_what_it_knows_of_words_is_asked_inside_too(artgen, flat, tmp_path, kind, where, how):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(with_rude(flat, kind, how=how, where=where)))
    (line,) = artgen("words", "a cat", "--preset", "mine.yaml", code=2).stderr.splitlines()
    assert line.startswith(f"{title(kind)}: {SAID[how]} (rude.py:")


def test_other_losses_are_offered_while_one_cannot_say_what_it_needs(flat, monkeypatch):
    spec = next(one.spec for one in discover().components if one.dist == "artgen-rude" and one.kind == "loss")
    monkeypatch.setattr(spec, "example", {"where": "needs", "how": "exits"})
    said = problem({**flat, "losses": [{"type": "dark"}], "perceptors": {}, "views": []})
    assert "add one of" in said and "match" in said


@pytest.fixture
def odd(tmp_path):
    info = tmp_path / "dist" / "artgen_odd-0.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-odd\nVersion: 0.2\n")
    (info / "entry_points.txt").write_text("[artgen]\nodd = odd_one\n")
    (tmp_path / "dist" / "odd_one.py").write_text(f"print('hello')\n{ODD}")
    with rude.installed(tmp_path / "dist"):
        yield
    sys.modules.pop("odd_one", None)


def loss_types(made):
    types = made["properties"]["losses"]["items"]["properties"]["type"]
    return set(types.get("enum") or types["anyOf"][0]["enum"])


def test_what_has_no_schema_is_refused_when_it_is_registered(odd):
    assert {component.name for component in discover().components if component.dist == "artgen-odd"} == {"good"}
    said = [failure.reason for failure in discover().failures if failure.dist == "artgen-odd"]
    assert [line.partition(" ")[0] for line in said] == ["TypeError:", "Shy:", "Leaving:"]
    assert said[0].startswith("TypeError: Odd has a setting that no JSON Schema can describe")


def test_what_comes_so_far_without_one_is_left_out_of_it(odd):
    import odd_one

    specs = (odd_one.Odd, odd_one.Shy, odd_one.Leaving, odd_one.Good)
    offered = [Component("loss", spec.model_fields["type"].default, spec, "artgen-odd", "0.2") for spec in specs]
    with pytest.warns(Notice) as notices:
        made = schema.build(Registry([*discover().components, *offered[:3]]))
    json.dumps(made)
    assert not {"odd", "shy", "leaving"} & loss_types(made) and "good" in loss_types(made)
    left_out = [str(one.message) for one in notices]
    assert len(left_out) == 3
    assert all(line.endswith("; it is left out of the schema") and "(artgen-odd 0.2)" in line for line in left_out)


def test_the_schema_is_all_that_is_on_stdout(odd, monkeypatch, capsys):
    discover.cache_clear()
    assert main(["schema"]) == 0
    said = capsys.readouterr()
    assert "good" in loss_types(json.loads(said.out))
    assert "hello\n" in said.err and "asked for losses\n" in said.err


def test_a_plugin_that_prints_writes_nothing_to_stdout(capsys):
    with rude.installed():
        sys.modules.pop("rude", None)
        discover()
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "hello from a plugin that is imported\n")
    assert Registry().components == []
