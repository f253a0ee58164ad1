"""Files that were made to take long take no longer than others."""

from __future__ import annotations

import json
import time
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from artgen.errors import ArtgenError
from artgen.importing import Document, finding

ENTRIES = {entry.name: entry for entry in entry_points(group="artgen.importers")}
SAMPLER = {"class_type": "KSampler", "inputs": {"positive": ["0", 0], "latent_image": ["1", 0], "steps": 3}}
RING = {
    str(i): {"class_type": "N", "inputs": {"a": [str(i + 1), 0], "b": [str((i * 7) % 3000), 0]}} for i in range(3000)
}
SLOW = {
    "quotes": "python pixray.py '\n" * 60_000,
    "commands": "python pixray.py --prompts a\n" * 40_000,
    "prompts": "> " * 200_000 + "python pixray.py",
    "long line": "python " + "a" * 900_000,
    "fences": "```\n" * 200_000 + "f(a=1)",
    "doubled lists": "import pixray\nx = [0]\n" + "x = [x, x]\n" * 60 + "pixray.run(prompts=x, drawer='pixel')",
    "doubled texts": "import pixray\nx = 'ab'\n" + "x = x + x\n" * 60 + "pixray.run('a', size=x)",
    "many texts": "import pixray\nx = '" + "a" * 5000 + "'\n" + "f(f'{x}{x}')\n" * 50_000 + "pixray.run('a')",
    "elifs": "if a:\n    pass\n" + "elif a:\n    pass\n" * 3000,
    "options": "a: 1\n" * 9,
    "a1111": "a cat\nSteps: 20, " + "a" * 900_000,
    "brackets": "[a:" * 6000 + "]" * 6000 + "\nSteps: 20, Size: 512x512",
    "spaces": "a" + " " * 900_000 + "b\nSteps: 20, Size: 512x512",
    "graph": json.dumps({**{f"s{i}": SAMPLER for i in range(2000)}, **RING}),
    "schedule": json.dumps({"text_prompts": ["a"], "cut_overview": "[1]*9+" * 100_000}),
    "scenes": json.dumps({"scenes": "a:" * 300_000, "steps_per_scene": 3}),
    "braces": json.dumps({"prompts": "a", "drawer": "pixel", "init_image": "{a,b}" * 1000}),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_file_is_done_soon(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    document = Document(Path("x.txt"), SLOW[name].encode())
    began = time.process_time()
    try:
        importer, claims = finding.best(document, ENTRIES, pytest.fail)
        importer.convert(claims[0].settings, document.path, Path(), False)
    except ArtgenError:
        pass
    assert time.process_time() - began < 20
