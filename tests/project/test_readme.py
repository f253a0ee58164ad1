"""Every command and example of the README works."""

import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml

from artgen.preset import loading
from tests.helpers import presets
from tests.helpers.paths import ROOT

README = (ROOT / "README.md").read_text()


def block(name):
    """The code between <!-- name --> and <!-- /name -->."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```\n<!-- /{name} -->", README, re.DOTALL)
    assert found, name
    return found[1]


def run_line(line, folder):
    """One command of the README, with this Python's artgen and the repository's presets beside it."""
    words = [sys.executable, "-m", *shlex.split(line)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def small(name):
    """What makes a preset quick to draw."""
    preset = loading.load(name)
    length = ["--set", "film.seconds=0.25"] if preset.film else ["--steps", 2]
    return ["--size", 96, "--batch", 1, *length, *presets.setting(presets.lighter(preset))]


def test_the_commands_of_the_readme_run(tmp_path, artgen):
    """Each as it stands, but for how much is drawn; at their full size the presets are drawn where they are tested."""
    (tmp_path / "presets").symlink_to(ROOT / "presets")
    lines = [shlex.split(line) for line in block("commands").strip().splitlines()]
    assert len(lines) >= 5 and all(line[0] == "artgen" for line in lines)
    said = {}
    for _, *words in lines:
        few = small(words[1]) if words[0] == "run" else []
        said[" ".join(words)] = artgen(*words, *few, code=0).stdout
    assert all(said.values())
    assert said["replay pictures/dragon"] == "identical: the same pixels\n"


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(block("python").replace("seed=7", "seed=7, steps=2, size=64, batch=1"), {})
    assert (tmp_path / "fish.png").exists()


def judged(thing, picture):
    """What the judge, who never met the guide, says of a picture of one of the benchmark's fifty things."""
    from artgen.picture import images
    from benchmarks import quality

    prompts = [entry["prompt"] for entry in yaml.safe_load((ROOT / "benchmarks" / "prompts.yaml").read_text())]
    return quality.score(quality.load_judge(), images.load(picture), thing, prompts, 0)


@pytest.mark.slow
def test_the_first_picture_shows_what_its_prompt_says(tmp_path):
    """Already at half its width and after a third of its steps."""
    (tmp_path / "presets").symlink_to(ROOT / "presets")
    command = block("first").strip().split(" && ")[-1].removeprefix(".venv/bin/")
    picture = tmp_path / run_line(f"{command} --size 256 --batch 2 --steps 10", tmp_path).strip()
    score = judged("a penguin", picture)
    assert score.rank == 1, f"the judge sees {score.named}"
    assert sorted(p.name for p in picture.parent.iterdir()) == [
        "batch",
        "drawing.png",
        "image.png",
        "losses.json",
        "losses.png",
        "preset.yaml",
        "progress.png",
        "recipe.json",
        "sheet.png",
    ]


def test_the_preset_of_the_readme_is_right(tmp_path, artgen):
    found = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "p.yaml").write_text(found[1])
    artgen("check", "p.yaml", ARTGEN_PLUGINS="artgen", code=0)


def test_the_plugin_of_the_readme_works(tmp_path, artgen, flat):
    dist = tmp_path / "artgen_stripes-1.0.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-stripes\nVersion: 1.0\n")
    (dist / "entry_points.txt").write_text("[artgen]\nstripes = artgen_stripes\n")
    (tmp_path / "artgen_stripes.py").write_text(block("plugin"))
    loading.parse(flat).save(tmp_path / "p.yaml")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "tests" / "data" / "dists" / "ok")])
    losses = "losses=[{type: match}, {type: stripes}]"
    artgen("run", "p.yaml", "--out", "out", "--set", losses, PYTHONPATH=path, code=0)
    assert "artgen-stripes 1.0" in artgen("plugins", PYTHONPATH=path, code=0).stdout
