"""`artgen plugins test DIST`: the contracts of an installed plugin."""

import pytest

from artgen import cli
from artgen.registry.plugins import discover
from artgen.testing import CONTRACTS, installed
from tests.helpers import rude

TIDY = '''
from typing import Literal
from artgen.api import FilterSpec, InputFile, LossSpec, hookimpl

class Shade(LossSpec):
    """How far the brightness is from a level, squared."""

    type: Literal["shade"] = "shade"
    example = {"level": 0.25}
    level: float
    """The mean to reach."""

    def build(self, env):
        return lambda look: (look.image.mean(dim=(1, 2, 3)) - self.level).square()

class Shaded(FilterSpec):
    """Darkens by a share."""

    type: Literal["shade"] = "shade"
    share: float = 0.5
    """What is left of the light."""

    def build(self, env):
        return lambda image, step: image * self.share

class Traced(LossSpec):
    """How dark the picture is, on request of a file."""

    type: Literal["traced"] = "traced"
    image: InputFile
    """A picture nobody looks at."""

    def build(self, env):
        return lambda look: look.image.mean(dim=(1, 2, 3))

@hookimpl
def artgen_losses():
    return [Shade, Traced]

@hookimpl
def artgen_filters():
    return [Shaded]
'''


@pytest.fixture
def tidy(tmp_path):
    """An installed distribution that keeps its contracts, one of whose parts needs a file."""
    folder = tmp_path / "tidy"
    info = folder / "artgen_tidy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-tidy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[artgen]\ntidy = tidy\n")
    (folder / "tidy.py").write_text(TIDY)
    return folder


def test_a_plugin_that_keeps_its_contracts_passes(artgen, tidy):
    (tidy / "cat.png").write_bytes(b"")
    done = artgen("plugins", "test", "Artgen_Tidy", "--set", f"traced.image={tidy / 'cat.png'}", dists=[tidy], code=0)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[:2] for row in rows[1:]] == [["shade", "loss"], ["traced", "loss"], ["shade", "filter"]]
    assert all(row[3:] == ["passed"] and int(row[2]) > 10 for row in rows[1:])
    assert not done.stderr


def test_broken_contracts_and_missing_settings_are_a_line_each(artgen, tidy):
    module = tidy / "tidy.py"
    module.write_text(module.read_text().replace("image * self.share", "(image / self.share).clamp(0, 1).detach()"))
    done = artgen("plugins", "test", "artgen-tidy", "--set", "filter.shade.share=0.7", dists=[tidy], code=1)
    assert "shade      filter  19 passed, 1 broken" in done.stdout
    assert "traced     loss    cannot be built" in done.stdout
    broken, unbuilt = done.stderr.splitlines()
    assert broken.startswith("filter 'shade': the gradient reaches the picture: no gradient leads from")
    assert unbuilt.startswith(
        "loss 'traced': cannot be built: needs 'image' (settings are given by --set traced.image="
    )


def test_what_cannot_be_tried_and_what_is_slow_is_a_note_and_no_failure(monkeypatch):
    grey = discover().find("filter", "grey")

    def build(spec, env):
        assert env.device.type == "cpu", "no driver"
        return lambda image, step: image * 0.5

    monkeypatch.setattr(grey.spec, "build", build)
    monkeypatch.setattr(installed, "SLOW", 0)
    report = installed.examine(grey, installed.settings_of([grey], [])[grey])
    untried, slow = report.notes
    assert untried == (
        "filter 'grey': it stays on its device: cannot be tried without a GPU (AssertionError: no driver)"
    )
    assert slow == "filter 'grey': is slow: 0.0 s for its few calls on a small canvas"
    assert not report.broken and report.passed == installed.count_of(grey) - 1


@pytest.mark.parametrize("how", ["exits", "presses", "base", "mute"])
@pytest.mark.parametrize("where", ["call", "build", "misfits"])
def test_what_wants_to_end_the_process_fails_its_checks_and_no_more(where, how, monkeypatch):
    monkeypatch.setattr(installed, "checks_of", lambda contract: ["test_it_keeps_shape_and_range", installed.PROCESS])
    with rude.installed():
        (one,) = [one for one in discover().components if (one.dist, one.kind) == ("artgen-rude", "filter")]
        settings = [f"rude.{key}={value}" for key, value in {"how": how, "where": where, "at_step": 0}.items()]
        report = installed.examine(one, installed.settings_of([one], settings)[one])
    assert report.passed == 0 and len(report.broken) == (1 if where == "misfits" else 2)
    said = {"exits": "SystemExit: 0", "presses": "KeyboardInterrupt", "base": "BaseException: I am", "mute": "Mute"}
    assert all(said[how] in line for line in report.broken)


def test_what_a_plugin_changes_when_it_is_imported_is_told(artgen, tidy):
    (tidy / "half.py").write_text("import torch\ntorch.set_default_dtype(torch.float64)\n")
    module = tidy / "tidy.py"
    text = module.read_text().replace("        return lambda image", "        import half\n        return lambda image")
    module.write_text(text.replace("Traced]", "]"))
    done = artgen("plugins", "test", "artgen-tidy", dists=[tidy], code=1)
    (told,) = done.stderr.splitlines()
    assert "importing it changes torch's default dtype for everybody" in told


PACK = """
from pathlib import Path
from artgen.api import hookimpl

@hookimpl
def artgen_presets():
    return [Path(__file__).parent / "mine"]
"""
RIGHT = "generator: {type: flat}\nlosses: [{type: dark}]\n"


def test_a_plugin_of_presets_alone_passes_with_them(artgen, tidy):
    (tidy / "tidy.py").write_text(PACK)
    (tidy / "mine").mkdir()
    for name in ("one", "two", "_base"):
        (tidy / f"mine/{name}.yaml").write_text(RIGHT if name != "_base" else "nonsense: true")
    done = artgen("plugins", "test", "artgen-tidy", dists=["ok", tidy], code=0)
    assert done.stdout.splitlines()[1].split() == ["presets", "preset", "2", "passed"]
    assert not done.stderr


def test_presets_that_are_wrong_or_not_there_are_told(artgen, tidy):
    (tidy / "tidy.py").write_text(PACK)
    assert "which is no folder" in artgen("plugins", "test", "artgen-tidy", dists=["ok", tidy], code=2).stderr
    (tidy / "mine").mkdir()
    (tidy / "mine/one.yaml").write_text(RIGHT)
    (tidy / "mine/two.yaml").write_text(RIGHT.replace("dark", "drak"))
    (tidy / "mine/three.yaml").write_text("generator: [")
    done = artgen("plugins", "test", "artgen-tidy", dists=["ok", tidy], code=1)
    assert "1 passed" in done.stdout
    told = done.stderr.splitlines()
    assert any("two.yaml:2" in line and "did you mean 'dark'?" in line for line in told)
    assert any("three.yaml" in line for line in told)


def test_explain_says_what_each_check_is_for(artgen, tidy):
    whole = artgen("plugins", "test", "--explain", code=0).stdout
    assert all(f"\n{kind} " in whole for kind in ("every", *CONTRACTS))
    assert "A run that is resumed from a checkpoint ends in the same picture." in whole
    some = artgen("plugins", "test", "artgen-tidy", "--explain", dists=[tidy], code=0).stdout
    assert "\nfilter " in some and "\ngenerator " not in some


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["artgen-stranger"], "no installed plugin is called 'artgen-stranger'; did you mean 'artgen-strangers'?"),
        (["artgen", "--set", "symetry.id=a"], "artgen offers nothing called 'symetry'; did you mean 'symmetry'?"),
        (
            ["artgen", "--set", "palette.id=a"],
            "2 components are called 'palette'; write filter.palette.id or loss.palet",
        ),
        (["artgen", "--set", "palette"], "--set palette: expected TYPE.setting=VALUE, such as cells.id=mine"),
    ],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    assert cli.main(["plugins", "test", *arguments]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not said.out


def test_a_plugin_that_does_not_load_is_named_with_its_reason(artgen):
    done = artgen("plugins", "test", "artgen-raises", dists=["raises"], code=2)
    assert done.stderr.startswith("plugin 'artgen-raises 0.3' (raises_at_import): RuntimeError: operator torchvision::")


def test_a_test_needs_a_distribution(artgen):
    told = artgen("plugins", "test", code=2).stderr
    assert told == "artgen plugins test: needs DIST; `artgen plugins test --help` shows what it takes\n"
