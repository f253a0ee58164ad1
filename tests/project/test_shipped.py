"""What is shipped works: every preset, the schema beside them, and every command and example of the README."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from artgen.preset import loading
from tests.helpers.paths import ROOT

README = (ROOT / "README.md").read_text()
PRESETS = sorted((ROOT / "presets").glob("*.yaml"))


def needs_hub(path):
    """Whether a part of it has weights that do not come with artgen."""
    preset = loading.load(path)
    models = [getattr(part, "model", "embedded") for part in (preset.generator, *preset.perceptors.values())]
    return any(model != "embedded" for model in models)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_shipped_preset_is_right_and_says_what_it_makes(path, artgen):
    artgen("check", path, ARTGEN_PLUGINS="artgen", code=0)
    assert len(loading.load(path).about) > 20
    assert path.read_text().startswith("# yaml-language-server: $schema=./preset.schema.json\n")


@pytest.mark.parametrize("path", [p for p in PRESETS if not needs_hub(p)], ids=lambda path: path.stem)
def test_a_shipped_preset_runs(path, artgen, tmp_path):
    artgen("run", path, "--out", "out", "--steps", 3, ARTGEN_PLUGINS="artgen", code=0)
    picture = np.asarray(Image.open(tmp_path / "out" / "image.png"))
    width, height = loading.load(path).size
    assert picture.shape == (height, width, 3)
    assert picture.std() > 1


@pytest.mark.parametrize("path", [p for p in PRESETS if needs_hub(p)], ids=lambda path: path.stem)
def test_without_a_hub_a_shipped_preset_says_so_in_one_line(path, artgen, tmp_path):
    offline = {"ARTGEN_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "ARTGEN_CACHE": str(tmp_path)}
    done = artgen("run", path, "--out", "out", "--quiet", ARTGEN_PLUGINS="artgen", **offline, code=2)
    assert done.stderr.count("\n") == 1, done.stderr
    assert not (tmp_path / "out").exists()


def test_presets_are_listed_with_thumbnails(artgen):
    rows = json.loads(artgen("presets", "--json", ARTGEN_PLUGINS="artgen", code=0).stdout)
    assert {row["name"] for row in rows} == {path.stem for path in PRESETS}
    missing = [row["name"] for row in rows if not (row["thumbnail"] and Path(row["thumbnail"]).is_file())]
    assert missing == [path.stem for path in PRESETS if needs_hub(path)]


def test_the_committed_schema_is_the_installed_one(artgen):
    printed = artgen("schema", ARTGEN_PLUGINS="artgen", code=0).stdout
    assert printed == (ROOT / "presets" / "preset.schema.json").read_text()


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


@pytest.mark.slow
def test_the_commands_of_the_readme_run(tmp_path):
    (tmp_path / "presets").symlink_to(ROOT / "presets")
    lines = block("commands").strip().splitlines()
    assert len(lines) >= 5
    said = {line: run_line(line, tmp_path) for line in lines}
    assert all(said.values())
    assert said["artgen replay pictures/strawberry"] == "identical: the same pixels\n"


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(block("python").replace("seed=7", "seed=7, steps=3"), {})
    assert (tmp_path / "fish.png").exists()


def judged(preset, picture):
    """What the judge, who never met the guide, says of a preset's picture among the benchmark's fifty prompts."""
    from artgen.picture import images
    from benchmarks import quality

    prompts = [entry["prompt"] for entry in yaml.safe_load((ROOT / "benchmarks" / "prompts.yaml").read_text())]
    (asked,) = loading.load(ROOT / "presets" / f"{preset}.yaml").prompts
    return quality.score(quality.load_judge(), images.load(picture), asked.text, prompts, 0)


@pytest.mark.slow
def test_the_first_picture_shows_what_its_prompt_says(tmp_path):
    (tmp_path / "presets").symlink_to(ROOT / "presets")
    command = block("first").strip().split(" && ")[-1].removeprefix(".venv/bin/")
    picture = tmp_path / run_line(command, tmp_path).strip()
    score = judged("quickstart", picture)
    assert score.rank == 1, f"the judge sees {score.named}"
    assert sorted(p.name for p in picture.parent.iterdir()) == [
        "batch",
        "image.png",
        "losses.json",
        "losses.png",
        "preset.yaml",
        "progress.png",
        "recipe.json",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["vqgan", "diffusion"])
def test_the_embedded_models_draw_what_their_prompts_say(preset, artgen, tmp_path):
    """Offline, and with only what the wheel brings."""
    artgen("run", preset, "--out", "out", ARTGEN_PLUGINS="artgen", ARTGEN_OFFLINE="1", code=0)
    score = judged(preset, tmp_path / "out" / "image.png")
    assert score.rank == 1, f"the judge sees {score.named}"


@pytest.mark.parametrize(("plugin", "megabytes"), [("clip", 16), ("vqgan", 16), ("diffusion", 24)])
def test_what_the_wheel_brings_stays_small(plugin, megabytes):
    weights = list((ROOT / "plugins" / f"artgen_{plugin}" / "embedded").glob("*.safetensors"))
    assert weights
    assert sum(path.stat().st_size for path in weights) <= megabytes * 1e6
    assert [path.suffix for path in weights[0].parent.iterdir() if path.suffix in (".bin", ".pt", ".ckpt")] == []


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
