"""What is not installed with artgen itself: it works without, and says what to type where something is asked of it."""

import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from tests.helpers.paths import DISTS, ROOT
from tests.helpers.stable_models import write_first

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
FOR_DEVELOPERS = {"dev", "training"}
FOR_FARMS = {"ray", "slurm"}
"""What only machines of a cluster want."""


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """The exit code and the error lines of commands, by name, in an environment that has artgen with no extra.

    They share a process, as most of the time goes into its start.
    """
    folder = tmp_path_factory.mktemp("without")
    write_first(folder / "model")
    (folder / "stable.yaml").write_text(
        "prompts: a cat\nsize: [16, 16]\nsteps: 2\ngenerator: {type: latent_diffusion, model: ./model}\n"
        "losses: [{type: dark}]\n"
    )
    (folder / "siglip.yaml").write_text(
        "extends: pixel\nperceptors: {clip: {type: open_clip, model: ViT-B-16-SigLIP, pretrained: webli}}\n"
    )
    small = ("--steps", "2", "--size", "64", "--batch", "1", "--set", "finish=null")
    commands = {
        **{preset: ("run", preset, *small) for preset in ("quickstart", "diffusion")},
        **{preset: ("run", f"{preset}.yaml", "--steps", "1") for preset in ("stable", "siglip")},
    }
    program = (
        "import contextlib, io, json, sys; sys.modules['transformers'] = None\n"
        "from artgen.cli import main\n"
        "answers = {}\n"
        f"for name, words in {commands!r}.items():\n"
        "    with contextlib.redirect_stderr(io.StringIO()) as said:\n"
        "        code = main(words)\n"
        "    answers[name] = code, said.getvalue()\n"
        "print(json.dumps(answers))\n"
    )
    done = in_new_python(program, folder)
    return {name: (code, said.splitlines()) for name, (code, said) in json.loads(done.splitlines()[-1]).items()}


def in_new_python(program, folder):
    environment = {**os.environ, "PYTHONPATH": str(DISTS / "ok"), "COLUMNS": "120", "NO_COLOR": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["quickstart", "diffusion"])
def test_the_offline_presets_draw_without_transformers(without, preset):
    code, said = without[preset]
    assert code == 0, said
    assert any("2 steps" in line for line in said)


@pytest.mark.slow
def test_stable_diffusion_names_its_extra(without):
    code, said = without["stable"]
    assert code == 2
    assert re.fullmatch(
        r"generator 'latent_diffusion' \(artgen [^ ]+\): Stable Diffusion needs one more package; "
        r'pip install "artgen\[diffusion\]"',
        said[-1],
    )


@pytest.mark.slow
def test_a_text_tower_of_transformers_names_its_extra_before_anything_is_downloaded(without):
    code, said = without["siglip"]
    assert code == 2
    assert said[-1].endswith('ViT-B-16-SigLIP: reads texts with one more package; pip install "artgen[clip]"')
    assert not any("looking for the weights" in line for line in said)


def test_all_is_every_extra_of_an_artist():
    (line,) = EXTRAS["all"]
    told = set(re.fullmatch(r"artgen\[(.*)\]", line)[1].split(","))
    assert told == EXTRAS.keys() - FOR_DEVELOPERS - FOR_FARMS - {"all"}


def test_the_compatibility_page_lists_them():
    told = set(re.findall(r"^\| `\[(\w+)\]` ", (ROOT / "docs" / "compatibility.md").read_text(), re.MULTILINE))
    assert told == EXTRAS.keys() - FOR_DEVELOPERS
