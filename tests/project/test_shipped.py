"""What is shipped works: every preset, and the schema beside them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from artgen.preset import loading
from artgen.preset.finished_size import finished_size
from tests.helpers import presets
from tests.helpers.paths import ROOT

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


def short(preset):
    """Flags for a short run of it: a quarter as wide, two steps or a few frames, two pictures for more."""
    width, height = preset.size
    length = ["--set", "film.seconds=0.25"] if preset.film else ["--steps", 2]
    smaller = ["--set", f"size={width // 4}x{height // 4}", "--batch", min(preset.batch, 2)]
    return [*smaller, *length, *presets.setting(presets.lighter(preset))]


@pytest.mark.parametrize("path", [p for p in PRESETS if not needs_hub(p)], ids=lambda path: path.stem)
def test_a_shipped_preset_runs(path, artgen, tmp_path):
    artgen("run", path, "--out", "out", *short(loading.load(path)), ARTGEN_PLUGINS="artgen", code=0)
    picture = np.asarray(Image.open(tmp_path / "out" / "image.png"))
    assert picture.shape == (*finished_size(loading.load(tmp_path / "out" / "preset.yaml")), 3)
    assert picture.std() > 1


def test_without_a_hub_a_shipped_preset_says_so_in_one_line(tmp_path):
    """All in one process, whose libraries know from the start that they are offline and where nothing is."""
    nothing = {"ARTGEN_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "ARTGEN_CACHE": str(tmp_path)}
    commands = [["run", str(path), "--out", path.stem, "--quiet"] for path in PRESETS if needs_hub(path)]
    program = (
        "import sys; from artgen.cli import main\n"
        f"for command in {commands!r}:\n"
        "    print('exit', main(command), file=sys.stderr)\n"
    )
    environment = {**os.environ, "ARTGEN_PLUGINS": "artgen", **nothing}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()
    assert lines[1::2] == ["exit 2"] * len(commands), done.stderr
    for command, line in zip(commands, lines[::2], strict=True):
        assert ": " in line and not line.startswith("exit"), done.stderr
        assert not (tmp_path / command[3]).exists()


def test_presets_are_listed_with_thumbnails(artgen):
    rows = json.loads(artgen("presets", "--json", ARTGEN_PLUGINS="artgen", code=0).stdout)
    assert {row["name"] for row in rows if not row["gallery"]} == {path.stem for path in PRESETS}
    missing = [row["name"] for row in rows if not (row["thumbnail"] and Path(row["thumbnail"]).is_file())]
    assert missing == [path.stem for path in PRESETS if needs_hub(path)]


def test_the_committed_schema_is_the_installed_one(artgen):
    printed = artgen("schema", ARTGEN_PLUGINS="artgen", code=0).stdout
    assert printed == (ROOT / "presets" / "preset.schema.json").read_text()


def judged(asked, picture):
    """What the judge, who never met the guide, says of a picture among the benchmark's fifty prompts."""
    from artgen.picture import images
    from benchmarks import quality

    prompts = [entry["prompt"] for entry in yaml.safe_load((ROOT / "benchmarks" / "prompts.yaml").read_text())]
    return quality.score(quality.load_judge(), images.load(picture), asked, prompts, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "asked"), [("vqgan", "a birthday cake"), ("diffusion", "an owl")])
def test_the_embedded_models_draw_what_their_prompts_say(preset, asked, artgen, tmp_path):
    """Offline, with only what the wheel brings, and at half its width, where less of it can be seen."""
    asks = ("--prompt", asked, "--size", 256, "--batch", 1, "--steps", 8)
    artgen("run", preset, *asks, "--out", "out", ARTGEN_PLUGINS="artgen", ARTGEN_OFFLINE="1", code=0)
    score = judged(asked, tmp_path / "out" / "image.png")
    assert score.rank == 1, f"the judge sees {score.named}"


@pytest.mark.parametrize(("plugin", "megabytes"), [("clip", 28), ("drawings", 28)])
def test_what_the_wheel_brings_stays_small(plugin, megabytes):
    weights = list((ROOT / "plugins" / f"artgen_{plugin}" / "embedded").rglob("*.safetensors"))
    assert weights
    assert sum(path.stat().st_size for path in weights) <= megabytes * 1e6
    assert [path.suffix for path in weights[0].parent.iterdir() if path.suffix in (".bin", ".pt", ".ckpt")] == []


@pytest.mark.slow
def test_the_anagram_is_a_light_bulb_and_turned_a_pear(artgen, tmp_path):
    """Both judges name it from both sides, among the benchmark's fifty and what it is turned."""
    from artgen.picture import images
    from benchmarks import judges

    artgen("run", "anagram", "--out", "out", ARTGEN_PLUGINS="artgen", ARTGEN_OFFLINE="1", code=0)
    upright = images.load(tmp_path / "out" / "image.png")
    entries = yaml.safe_load((ROOT / "benchmarks" / "prompts.yaml").read_text())
    prompts = [*(entry["prompt"] for entry in entries), "a pear"]
    things = [*(entry["concept"] for entry in entries), "pear"]
    by_sentence, by_thing = judges.load_judge(), judges.Things()
    for picture, thing in ((upright, "light bulb"), (upright.rot90(2, (1, 2)), "pear")):
        assert judges.score(by_sentence, picture, f"a {thing}", prompts, 0).rank == 1
        assert by_thing.place(picture, thing, things)[0] == 1
