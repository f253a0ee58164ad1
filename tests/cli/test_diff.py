"""The command that shows what two pictures or presets differ in."""

import json

import pytest
import yaml

from artgen.cli import main
from artgen.engine.run import run
from artgen.recipe import metadata


@pytest.fixture
def diff(tmp_path, monkeypatch, capsys):
    """Runs `artgen diff` in a folder of its own; gives what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments, code):
        capsys.readouterr()
        assert main(["diff", *map(str, arguments)]) == code
        return capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def results():
    """Runs are made once; each by what it changes."""
    return {}


@pytest.fixture
def picture(tmp_path, flat, results):
    """Makes a picture of the stranger's parts: ``picture("a.png", seed=3)``."""

    def make(name, **changes):
        key = json.dumps(changes)
        if key not in results:
            results[key] = run({**flat, "batch": 1, **changes})
        results[key].save(tmp_path / name)
        return name

    return make


def table(text, head):
    """The rows of the table whose first column is called `head`."""
    lines = iter(text.splitlines())
    next(line for line in lines if line.startswith(head))
    rows = []
    for line in lines:
        if not line.strip():
            break
        rows.append(line.split())
    return rows


def test_a_picture_does_not_differ_from_itself(diff, picture):
    done = diff(picture("a.png"), "a.png", code=0)
    assert table(done.out, "pixels") == [["identical", "yes"]]
    assert done.out.endswith("nothing differs\n")


def test_settings_pixels_and_scores_are_shown(diff, picture):
    one, two = picture("a.png"), picture("b.png", seed=9, losses=[{"type": "match"}, {"type": "dark", "weight": 0.5}])
    done = diff(one, two, code=1)
    assert table(done.out, "setting") == [["seed", "5", "9"], ["losses.dark.weight", "0.1", "0.5"]]
    assert "made with" not in done.out
    assert [row[:2] for row in table(done.out, "score")] == [["a", "cat"], ["a", "dog"]]
    pixels = {" ".join(row[:2]): row for row in table(done.out, "pixels")}
    assert float(pixels["colour (CIEDE2000),"][3]) > 0
    assert -1 <= float(pixels["to the"][3]) <= 1
    assert max(map(len, done.out.splitlines())) <= 100


def test_scores_are_those_of_the_score_command(diff, picture, capsys, monkeypatch, tmp_path, flat):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    one, two = picture("a.png"), picture("b.png", seed=9, prompts="a fish")
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(flat))
    found = json.loads(diff(one, two, "--json", code=1).out)["scores"]
    prompts = ["a cat", "a dog", "a fish"]
    assert [row["prompt"] for row in found] == prompts
    asked = [part for prompt in prompts for part in ("--prompt", prompt)]
    assert main(["score", one, two, *asked, "--preset", "toy.yaml", "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)
    for row in found:
        expected = [picture["similarities"][row["prompt"]] for picture in scored]
        assert [row["a"], row["b"]] == pytest.approx(expected, abs=1e-5)


def test_json_has_everything(diff, picture):
    one, two = picture("a.png"), picture("b.png", seed=9, filters=[{"type": "grey"}])
    found = json.loads(diff(one, two, "--json", code=1).out)
    assert found["equal"] is False and found["notes"] == []
    assert {"path": "seed", "a": 5, "b": 9} in found["settings"]
    assert [row for row in found["settings"] if row["path"].startswith("filters")] == [
        {"path": "filters.grey", "b": {"type": "artgen-strangers:grey"}}
    ]
    assert found["pixels"]["identical"] is False and 0 < found["pixels"]["ssim"] < 1
    assert json.loads(diff(one, one, "--json", code=0).out)["equal"] is True


def test_versions_and_weights_are_told_from_settings(diff, picture, tmp_path):
    one = picture("a.png")
    recipe = metadata.read(tmp_path / one)
    other = {
        **recipe,
        "libraries": {**recipe["libraries"], "torch": "1.0"},
        "weights": {**recipe["weights"], "flat/start": "7" * 64},
    }
    (tmp_path / "other.json").write_text(json.dumps(other))
    done = diff(one, "other.json", code=1)
    assert "setting" not in done.out and "pixels" not in done.out
    assert table(done.out, "made with") == [
        ["libraries.torch", recipe["libraries"]["torch"], "1.0"],
        ["weights.flat/start", "111111111111...", "777777777777..."],
    ]


def test_a_recipe_that_says_less_has_todays_defaults(diff, picture, tmp_path):
    one = picture("a.png")
    recipe = metadata.read(tmp_path / one)
    preset = {key: value for key, value in recipe["preset"].items() if key not in ("frames", "deterministic")}
    (tmp_path / "old.json").write_text(json.dumps({**recipe, "preset": preset}))
    assert diff(one, "old.json", code=0).out == "nothing differs\n"


def test_a_recipe_that_cannot_be_read_here_is_compared_as_it_stands(diff, picture, tmp_path):
    one = picture("a.png")
    recipe = metadata.read(tmp_path / one)
    preset = {**recipe["preset"], "generator": {"type": "unheard_of", "start": 0.5}}
    (tmp_path / "strange.json").write_text(json.dumps({**recipe, "preset": preset}))
    rows = table(diff(one, "strange.json", code=1).out, "setting")
    assert ["generator.type", "artgen-strangers:flat", "unheard_of"] in rows


def test_a_run_is_compared_with_its_preset(diff, flat, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(flat))
    assert main(["run", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "run"), "-q"]) == 0
    assert diff("run", "mine.yaml", code=0).out.endswith("nothing differs\n")
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**flat, "steps": 7}))
    assert table(diff("mine.yaml", "run", code=1).out, "setting") == [["steps", "7", "6"]]


def test_a_run_whose_picture_keeps_its_recipe_is_known_by_its_preset(diff, flat, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**flat, "recipe": "none"}))
    assert main(["run", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "run"), "-q"]) == 0
    assert diff("run", "mine.yaml", code=0).out == "nothing differs\n"


def test_pictures_of_two_sizes_are_compared_without_a_heat_map(diff, picture, tmp_path):
    done = diff(picture("a.png"), picture("b.png", size=[10, 10]), "--out", "heat.png", code=1)
    assert table(done.out, "setting") == [["size", "[12,", "10]", "[10,", "10]"]]
    assert "heat.png: not drawn; a heat map needs two pictures of one size" in done.out
    assert not (tmp_path / "heat.png").exists()
