"""`artgen import`: what other programs saved is known by sight and becomes a sound preset, or is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import yaml
from PIL import Image, PngImagePlugin

from artgen import cli
from artgen.preset import loading

DATA = Path(__file__).parents[1] / "data" / "imports"
EXAMPLES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
    for path in sorted(DATA.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())
]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


WARP = """{"W": 512, "H": 512, "seed": 1, "sampler": "euler", "steps": 50, "scale": 7, "prompts": {"0": "a"},
 "flow_blend_schedule": [0.8], "latent_scale_schedule": [0, 1], "colormatch_frame": "off", "cc_masked_diffusion": 0.7,
 "missed_consistency_weight": 1, "overshoot_consistency_weight": 1, "edges_consistency_weight": 1}"""


def written(case) -> str:
    """The example as a file; its name."""
    if "picture" in case:
        Image.new("RGB", (32, 32), "#c04020").save(case["picture"])
    if "tags" in case:
        info = PngImagePlugin.PngInfo()
        for key, text in case["tags"].items():
            info.add_itxt(key, text) if not text.isascii() else info.add_text(key, text)
        Image.new("RGB", (8, 8)).save("old.png", pnginfo=info)
        return "old.png"
    if "exif" in case:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + case["exif"].encode("utf-16-be")
        Image.new("RGB", (8, 8)).save("old.jpg", exif=exif)
        return "old.jpg"
    Path(case["file"]).write_text(case["text"], encoding="utf-8")
    return case["file"]


def command(capsys, *words, code=0):
    assert cli.main(list(words)) == code, capsys.readouterr().err
    return capsys.readouterr()


@pytest.mark.parametrize("embedded", [False, True], ids=["published", "embedded"])
@pytest.mark.parametrize(("program", "case"), EXAMPLES)
def test_an_example_becomes_a_preset_that_passes_check(program, case, embedded, capsys):
    name = written(case)
    command(capsys, "import", name, "--out", "mine.yaml", *["--embedded"] * embedded)
    command(capsys, "check", "mine.yaml")
    text = " ".join(Path("mine.yaml").read_text().replace("\n#   ", " ").replace("\n  #   ", " ").split())
    preset = loading.load("mine.yaml")
    assert preset.losses
    assert embedded is all(part.model == "embedded" for part in preset.perceptors.values())
    if not embedded:
        for shown in case["shows"]:
            assert " ".join(shown.split()) in text, text
        for shown in case.get("lacks", ()):
            assert shown not in text
    again = command(capsys, "import", name, "--from", program, *["--embedded"] * embedded)
    assert again.out == Path("mine.yaml").read_text()


def test_there_are_at_least_forty():
    assert len(EXAMPLES) >= 40


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("n.yaml", "hello: world\n", "nothing in it (hello) is a setting of "),
        ("n.json", '{"input": {"foo": 1}}', "nothing in it (input)"),
        ("n.json", "{}", "no settings, command line or Python call"),
        ("warp.json", WARP, "nothing in it (W, H,"),
        ("n.txt", "just words, nothing else", "no settings, command line or Python call"),
        ("n.sh", "python train.py --epochs 3\n", "no settings, command line or Python call"),
        ("n.py", "print('pixray')\n", "no settings, command line or Python call"),
        ("n.ipynb", '{"nbformat": 4, "cells": []}', "no settings, command line or Python call"),
        ("n.json", '{"a": ', "not valid JSON"),
        ("n.yaml", "a: !!python/object/apply:os.system [x]\n", "is not read"),
        ("mine.yaml", "prompts: a frog\ngenerator: {type: pixel}\n", "is a preset of artgen already (generator)"),
        ("mine.yaml", "extends: quickstart\nprompts: [{text: a frog}]\n", "is a preset of artgen already (extends)"),
        ("mine.yaml", "prompts: x\nlosses:\n  - {type: clip}\n", "is a preset of artgen already (losses)"),
        ("n.bin", "\0\1", "not UTF-8 text"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["import", "import-pixray"])
def test_what_nobody_knows_is_refused_in_a_line(name, content, message, verb, capsys):
    Path(name).write_text(content)
    told = command(capsys, verb, name, code=2)
    assert message in told.err and told.err.startswith(name)
    assert told.err.count("\n") == 1 and not told.out


def test_one_importer_alone_says_whose_a_file_is(capsys):
    Path("s.json").write_text('{"text_prompts": {"0": ["a"]}, "ViTB32": true, "seed": 1}')
    told = command(capsys, "import-pixray", "s.json", code=2)
    assert told.err == ("s.json: looks like a settings file of Disco Diffusion, not of Pixray; artgen import s.json\n")


def test_an_unknown_name_and_number_are_told(capsys):
    Path("s.yaml").write_text("prompts: a tree\ndrawer: pixel\n")
    assert "did you mean 'pixray'?" in command(capsys, "import", "s.yaml", "--from", "pixrai", code=2).err
    told = command(capsys, "import", "s.yaml", "--number", "2", code=2).err
    assert told == "--number 2: s.yaml has 1; choose from 1 to 1\n"


def test_of_several_runs_one_is_chosen(capsys):
    Path("s.sh").write_text('python pixray.py --prompts "a cat"\npython pixray.py --prompts "a dog" --seed 2\n')
    first = command(capsys, "import", "s.sh")
    assert "  - a cat\n" in first.out
    assert first.err == "s.sh: has 2 runs of Pixray; this is --number 1\n"
    assert "  - a dog\n" in command(capsys, "import", "s.sh", "--number", "2").out


def test_stdin_is_read(capsys, monkeypatch):
    typed = io.TextIOWrapper(io.BytesIO(b"python pixray.py --prompts 'a cat' --drawer pixel\n"))
    monkeypatch.setattr("sys.stdin", typed)
    assert "about: Imported from Pixray's settings stdin\n" in command(capsys, "import", "-").out


def test_a_picture_of_another_program_says_what_to_type(capsys):
    Image.new("RGB", (8, 8)).save("my old.png")
    told = command(capsys, "run", "my old.png", code=2)
    assert told.err == (
        "my old.png: this picture carries no artgen recipe; if another program made it: artgen import 'my old.png'\n"
    )
    told = command(capsys, "import", "my old.png", code=2)
    assert told.err == (
        "my old.png: carries no text of how it was made; to begin with this picture: --set start='my old.png'\n"
    )


def test_a_picture_of_artgen_is_run_not_imported(capsys):
    info = PngImagePlugin.PngInfo()
    info.add_text("artgen:recipe", json.dumps({"version": 1}))
    Image.new("RGB", (8, 8)).save("ours.png", pnginfo=info)
    told = command(capsys, "import", "ours.png", code=2)
    assert told.err == "ours.png: carries a recipe of artgen, there is nothing to import; artgen run ours.png\n"
