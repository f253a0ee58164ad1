"""Plugins that are one file, or classes of a program: given by hand, and never by what a preset or a picture says."""

import hashlib
import types
from typing import Literal

import pytest

import artgen as package
from artgen.api import InputError, LossSpec
from artgen.recipe import metadata
from artgen.registry import local
from artgen.registry.plugins import discover

BRUSH = '''
from typing import Literal
from artgen.api import LossSpec

print("hello")


class Dusk(LossSpec):
    """Prefers dark pictures."""

    type: Literal["dusk"] = "dusk"
    much: float = 1.0
    """How much."""

    def build(self, env):
        return lambda look: self.much * look.image.mean(dim=(1, 2, 3))
'''
PRESET = "size: 8\nsteps: 2\nseed: 1\ngenerator: {type: flat}\nlosses: [{type: dusk}]\n"


@pytest.fixture(autouse=True)
def alone():
    """What a test adds is known to no other."""
    yield
    discover.cache_clear()


@pytest.fixture
def brush(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brush.py").write_text(BRUSH)
    (tmp_path / "mine.yaml").write_text(PRESET)
    return tmp_path / "brush.py"


def test_it_draws_and_the_recipe_says_which_file_it_was(artgen, brush, tmp_path):
    done = artgen("run", "mine.yaml", "--plugin", "brush.py", "--out", "made", code=0)
    assert "hello" not in done.stdout  # what it prints is no answer of artgen's
    recipe = metadata.read(tmp_path / "made")
    assert recipe["plugins"]["./brush.py"] == hashlib.sha256(BRUSH.encode()).hexdigest()
    assert recipe["preset"]["losses"][0]["type"] == "./brush.py:dusk"


def test_a_replay_asks_for_the_file_and_never_fetches_it_itself(artgen, brush, tmp_path):
    artgen("run", "mine.yaml", "--plugin", "brush.py", "--out", "a.png", code=0)
    discover.cache_clear()
    digest = hashlib.sha256(BRUSH.encode()).hexdigest()
    for command in ("replay", "run", "check"):
        said = artgen(command, "a.png", code=2).stderr
        assert "brush.py" in said and said.endswith("which is code: read it, then give it with --plugin brush.py\n")
    assert f"was drawn with the file brush.py (sha256 {digest})" in artgen("replay", "a.png", code=2).stderr
    assert artgen("replay", "a.png", "--plugin", "brush.py", code=0).stdout.startswith("identical")
    discover.cache_clear()
    brush.write_text(BRUSH.replace("self.much * look", "-self.much * look"))
    other = artgen("replay", "a.png", "--plugin", "brush.py", code=1).stdout
    assert other.startswith("different") and f"(was {digest})" in other


def test_other_commands_know_it_by_the_same_option(artgen, brush):
    assert "no loss is called 'dusk'" in artgen("check", "mine.yaml", code=2).stderr
    artgen("check", "mine.yaml", "--plugin", "brush.py", code=0)
    discover.cache_clear()
    assert "./brush.py " in artgen("plugins", "list", "losses", "--plugin", "brush.py", code=0).stdout
    discover.cache_clear()
    assert "dusk" in artgen("plugins", "show", "dusk", "--plugin", "brush.py", code=0).stdout
    discover.cache_clear()
    assert '"dusk"' in artgen("schema", "--plugin", "brush.py", code=0).stdout
    discover.cache_clear()
    assert "passed" in artgen("plugins", "test", "./brush.py", code=0).stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("broken(", "brush.py: SyntaxError: '(' was never closed (line 1)"),
        ("\n1 / 0\n", "brush.py: ZeroDivisionError: division by zero (line 2)"),
        ("raise SystemExit(3)", "brush.py: SystemExit: 3 (line 1)"),
        ("raise KeyboardInterrupt", "brush.py: KeyboardInterrupt (line 1)"),
        ("import no_such_thing", "brush.py: ModuleNotFoundError: No module named 'no_such_thing' (line 1)"),
        ("x = 1", "./brush.py: defines no spec, so it offers nothing; see `artgen new --help`"),
        ("#" * (1 << 20) + "#", "brush.py: larger than 1 MiB, which is no plugin"),
    ],
)
def test_what_is_wrong_with_it_is_a_line(artgen, brush, text, said):
    brush.write_text(text)
    done = artgen("run", "mine.yaml", "--plugin", "brush.py", code=2)
    assert done.stderr.splitlines() == [said]


def test_a_file_that_is_not_there_or_no_python(artgen, brush, tmp_path):
    assert "nowhere.py" in artgen("run", "mine.yaml", "--plugin", "nowhere.py", code=2).stderr
    (tmp_path / "brush.txt").write_text(BRUSH)
    said = artgen("run", "mine.yaml", "--plugin", "brush.txt", code=2).stderr
    assert said == "brush.txt: is no file of Python, which ends in .py\n"


def test_with_hooks_it_offers_what_they_say(brush):
    hook = "\n\nfrom artgen.api import hookimpl\n\n\n@hookimpl\ndef artgen_losses():\n    return []\n"
    brush.write_text(BRUSH + hook)
    local.add(brush)
    assert "dusk" not in discover().names("loss")


def test_no_preset_and_no_picture_brings_code_in(brush, tmp_path):
    """Neither by the name of its owner, nor by a setting."""
    for text in (
        PRESET.replace("dusk", "./brush.py:dusk"),
        PRESET + "plugins: [brush.py]\n",
        PRESET + "plugin: brush.py\n",
    ):
        (tmp_path / "mine.yaml").write_text(text)
        with pytest.raises(InputError):
            package.load("mine.yaml")
    assert not any(component.dist == "./brush.py" for component in discover().components)


class Glow(LossSpec):
    """Prefers bright pictures."""

    type: Literal["glow"] = "glow"

    def build(self, env):
        return lambda look: 1 - look.image.mean(dim=(1, 2, 3))


def test_python_hands_over_classes_modules_and_files(brush, flat, tmp_path):
    data = {**flat, "losses": [{"type": "glow"}, {"type": "dusk"}], "perceptors": {}, "views": []}
    data.pop("prompts")
    made = package.run(package.load(data, plugins=[Glow, brush])).save(tmp_path / "a.png")
    assert {"./test_local.py", "./brush.py"} <= set(metadata.read(made)["plugins"])
    discover.cache_clear()
    assert package.replay(made, plugins=[Glow, str(brush)]).word == "identical"
    module = types.ModuleType("gloaming")
    exec(BRUSH.replace("dusk", "gloaming"), module.__dict__)
    assert package.load({**data, "losses": [{"type": "gloaming"}]}, plugins=[module]).losses[0].much == 1


def test_a_class_that_is_written_anew_takes_the_place_of_the_old_one(flat):
    data = {**flat, "losses": [{"type": "glow"}], "perceptors": {}, "views": []}
    data.pop("prompts")
    fields = {"__annotations__": {"type": Literal["glow"], "more": int}, "type": "glow", "more": 3}
    again = type("Glow", (LossSpec,), {**fields, "__module__": Glow.__module__})
    package.load(data, plugins=[Glow])
    assert package.load(data, plugins=[again]).losses[0].more == 3
    assert len([one for one in discover().components if one.name == "glow"]) == 1


def test_what_is_no_plugin_is_refused():
    with pytest.raises(InputError, match="is no spec of a generator, a loss or the like"):
        local.add(int)


def test_what_a_file_offers_besides_components_is_known_too(artgen, brush, tmp_path):
    """Exporters, palettes and words, once however often the file is read again."""
    more = """

from artgen.api import Exporter, hookimpl


@hookimpl
def artgen_losses():
    return [Dusk]


@hookimpl
def artgen_exporters():
    return [Exporter(".txt", "The seed.", lambda source: str(source.result.recipe["preset"]["seed"]).encode())]


@hookimpl
def artgen_palettes():
    return {"dim": ["black", "#202020"]}
"""
    brush.write_text(BRUSH + more)
    (tmp_path / "mine.yaml").write_text(PRESET + "filters: [{type: palette, palette: dim}]\n")
    artgen("run", "mine.yaml", "--plugin", "brush.py", "--export", "txt", "--out", "made", code=0)
    assert (tmp_path / "made" / "image.txt").read_text() == "1"
    for _ in range(2):
        local.add(brush)
    assert [offer.name for offer in discover().offers.exporters if offer.dist == "./brush.py"] == [".txt"]
