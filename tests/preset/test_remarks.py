"""What is right and may not be meant: one line at its place, and the run goes on."""

import pytest
import yaml

import artgen as package
from artgen.deprecation import PresetRemark
from artgen.preset import loading
from tests.helpers.paths import ROOT


def told(data, recwarn, **more):
    recwarn.clear()
    loading.parse({**data, **more})
    return [str(warning.message) for warning in recwarn if issubclass(warning.category, PresetRemark)]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({"prompts": "a cat:9"}, ["prompts: 'a cat:9' is read as weight 9; write '\\:' for a colon of the text"]),
        ({"prompts": "a clock at 10:00"}, []),
        (
            {"prompts": ["a dog", "Blade Runner:2049"]},
            [
                "prompts[1]: 'Blade Runner:2049' is read as a text; "
                "for a weight write {text: Blade Runner, weight: 2049}"
            ],
        ),
        (
            {"prompts": [{"scenes": {"0%": "a fox", "50%": ["a {den}"]}}]},
            ["prompts[0].scenes[50%][0]: '{den}' is a choice of one; write '\\{den\\}' for braces in the text"],
        ),
        (
            {"prompts": {"travel": {"texts": ["a fox", "a {den}"]}}},
            ["prompts.travel.texts[1]: '{den}' is a choice of one; write '\\{den\\}' for braces in the text"],
        ),
        (
            {"prompts": {"text": "((a fox))"}},
            ["prompts.text: '((a fox))': brackets neither strengthen nor weaken; they are read as text"],
        ),
        (
            {"prompts": "a sunflower:0"},
            ["prompts: the weight of 'a sunflower' is 0, so that nothing pulls at the picture; give one more"],
        ),
        (
            {"prompts": "a:0 | b:0"},
            ["prompts: all weights are 0, so that nothing pulls at the picture; give one more"],
        ),
        ({"prompts": "a:0 | b"}, []),
        ({"prompts": ["a", {"text": "b", "seen": "mirror"}]}, []),
        (
            {
                "generator": {"type": "diffusion"},
                "perceptors": {},
                "views": [],
                "losses": [{"type": "dark"}],
                "prompts": ["a", {"scenes": ["b", {"text": "c", "seen": "mirror"}]}],
            },
            [
                "prompts[1].scenes[1].seen: no loss reads the prompts, so that nothing sees the picture so; "
                "add one that does, such as clip"
            ],
        ),
        ({"prompts": {"text": "a", "weight": {0: 0, "50%": 1}}}, []),
        (
            {"losses": [{"type": "match", "weight": 0}, {"type": "dark", "weight": 0}]},
            ["losses: all weights are 0, so that nothing judges the picture; give one more"],
        ),
        (
            {"perceptors": {"toy": {"type": "toy", "weight": 0}}},
            ["perceptors: all weights are 0, so that nobody looks at the picture; give one more"],
        ),
        (
            {"generator": {"type": "pixel", "learning_rate": 0}},
            ["generator.learning_rate: is 0, so that the picture stays as it begins; give more"],
        ),
        ({"generator": {"type": "pixel", "learning_rate": {0: 0, "50%": 0.1}}}, []),
        (
            {"losses": [{"type": "match"}, {"type": "dark", "weight": {0: 1, 200: 0}}]},
            ["losses[1].weight: 200 lies beyond the run of 6 steps; shares such as 100% move with it"],
        ),
        ({"losses": [{"type": "match"}, {"type": "dark", "weight": {0: 1, 6: 0}}]}, []),
        (
            {"prompts": ["a", {"text": "b", "weight": {0: 1, 50: 0, 70: 1}}]},
            ["prompts[1].weight: the points at 50, 70 lie beyond the run of 6 steps; shares such as 100% move with it"],
        ),
        (
            {"losses": [{"type": "clip", "prompts": "own:0"}, {"type": "match"}]},
            ["losses[0].prompts: the weight of 'own' is 0, so that nothing pulls at the picture; give one more"],
        ),
    ],
)
def test_what_may_not_be_meant_is_one_line(change, lines, flat, recwarn):
    assert told({**flat, **change}, recwarn) == [f"preset: {line}" for line in lines]


def test_it_stands_at_its_place_and_check_passes(artgen, tmp_path, flat):
    text = yaml.safe_dump({**flat, "prompts": "x"}, sort_keys=False).replace("prompts: x", "prompts:\n  - a cat:9")
    (tmp_path / "p.yaml").write_text(text)
    done = artgen("check", "p.yaml", code=0)
    assert done.stderr == "p.yaml:2:5: prompts[0]: 'a cat:9' is read as weight 9; write '\\:' for a colon of the text\n"
    assert done.stdout == "p.yaml: ok\n"


def test_recipes_are_read_without_a_word(flat, recwarn):
    data = {**flat, "prompts": [{"text": "((a cat)) --ar 16:9", "weight": 0}]}
    loading.parse(data, written_down=True)
    assert not [warning for warning in recwarn if issubclass(warning.category, PresetRemark)]


def test_a_generator_that_takes_other_steps_is_asked_how_many(recwarn):
    """Each of its steps is repeated, which only building it tells."""
    notes = []
    changes = {
        "steps": 4,
        "size": 16,
        "batch": 1,
        "losses": [{"type": "clip", "weight": {"0": 1, "6": 1, "900": 2}}],
        "generator.recurrence": 2,
    }
    preset = loading.load("diffusion", list(changes.items()))
    assert not list(recwarn)
    package.steps(preset, note=notes.append)
    (line,) = [line for line in notes if "beyond" in line]
    assert line.startswith("losses[0].weight: 900 lies beyond the run of ")


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "presets").glob("*.yaml")))
def test_nothing_is_said_of_the_shipped_presets(name, recwarn):
    loading.load(ROOT / "presets" / f"{name}.yaml")
    assert not [warning for warning in recwarn if issubclass(warning.category, PresetRemark)]


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_is_said_of_the_examples(path, recwarn):
    loading.load(path)
    assert not [warning for warning in recwarn if issubclass(warning.category, PresetRemark)]
