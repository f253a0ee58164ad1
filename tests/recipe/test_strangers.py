"""What a recipe may not be: deep, endless, someone who watches, or a way into other files."""

import json

import pytest

from artgen.compare import replay
from artgen.errors import InputError
from artgen.preset import loading
from artgen.recipe import metadata
from artgen.recipe import model as recipe
from tests.helpers.pictures import rewritten


def text_of(made, change):
    found = metadata.read(made)
    change(found)
    return json.dumps(found)


def nested(levels):
    found = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["preset"].update(about=nested(100)),
        lambda found: found["preset"].update(about=nested(900)),
        lambda found: found["preset"].update(seed=10**400),
        lambda found: found["preset"].update(steps=-(10**41)),
        lambda found: found["preset"].update(weight=float("inf")),
        lambda found: found["preset"].update(weight=float("nan")),
        lambda found: found["preset"].update(about="half a letter \ud800"),
        lambda found: found["preset"].update({"\udfff": 1}),
        lambda found: found.update(format=0),
        lambda found: found.update(format=-1),
        lambda found: found.update(format=10**400),
        lambda found: found.update(format=None),
    ],
)
def test_what_no_writer_of_artgen_s_writes_is_damaged(made, change):
    with pytest.raises(InputError, match="the recipe in this picture is damaged"):
        recipe.from_json(text_of(made, change), "x.png")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"format":2,"preset":' + '{"a":' * 5000, "1e999", "[]", "2", '"x"'])
def test_other_json_is_damaged(text):
    with pytest.raises(InputError, match="the recipe in this picture is damaged"):
        recipe.from_json(text, "x.png")


def test_floats_that_overflow_are_damaged(made):
    text = recipe.to_json(metadata.read(made)).replace('"steps":6', '"steps":1e999')
    with pytest.raises(InputError, match="the recipe in this picture is damaged"):
        recipe.from_json(text, "x.png")


def test_what_watches_a_run_is_dropped(made):
    rewritten(made, lambda found: found["preset"].update(reporters=[{"type": "clumsy"}]))
    assert "reporters" not in metadata.read(made)["preset"]
    assert replay.plan(made).preset.reporters == ()
    assert loading.load(made).reporters == ()
    assert loading.load(made, [("reporters", [{"type": "clumsy"}])]).reporters


@pytest.mark.parametrize("base", ["secret.yaml", "../secret.yaml", "/etc/passwd", "quickstart"])
def test_another_file_is_not_brought_in(artgen, tmp_path, made, base):
    (tmp_path / "secret.yaml").write_text("prompts: my secret\n")
    rewritten(made, lambda found: found["preset"].update(extends=base))
    for command in (["replay", made], ["check", made, "--resolved"], ["run", made, "--out", "again"]):
        done = artgen(*command, code=2)
        assert done.stderr == f"{made}: extends: no recipe of artgen's has it; this one is damaged\n"
        assert "secret" not in done.stdout
