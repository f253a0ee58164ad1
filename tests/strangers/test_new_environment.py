"""What a stranger has: artgen's wheel and the wheel of a plugin in a new environment, and nothing else."""

import contextlib
import fcntl
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.paths import ROOT
from tests.strangers.environment import KINDS, NAMES, Environment, wheel

DISTS = ROOT / "tests" / "data" / "dists"
BROKEN = ("ok", "raises", "typo", "newer", "clash")
QUICK = ("--steps", "3", "--set", "size=64", "--quiet")
SMALL = f"""
size: 48
steps: 5
seed: 1
generator: {{type: {NAMES["generator"]}}}
losses: [{{type: {NAMES["loss"]}}}]
filters: [{{type: {NAMES["filter"]}}}]
"""

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def locked(path):
    """One process of the tests at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def stranger(tmp_path_factory, request):
    """An environment with artgen's wheel and one of each kind of package, made by the artgen that is in the wheel."""
    base = tmp_path_factory.getbasetemp()
    # The workers of pytest-xdist have a folder each, and share its parent.
    shared = base.parent if hasattr(request.config, "workerinput") else base
    environment = Environment(shared / "stranger")
    with locked(shared / "stranger.lock"):
        if not environment.folder.exists():
            environment.folder.mkdir()
            furnish(environment)
    return environment


def furnish(environment):
    environment.make()
    wheels = environment.folder / "wheels"
    environment.install([wheel(ROOT, wheels)])
    environment.artgen(*(["new", kind, name, "--out", f"projects/{kind}"] for kind, name in NAMES.items()))
    environment.install([wheel(environment.folder / "projects" / kind, wheels) for kind in KINDS])


def is_flat(picture):
    return all(low == high for low, high in Image.open(picture).convert("RGB").getextrema())


def test_nothing_of_the_repository_is_on_the_path(stranger):
    program = "import artgen, artgen_clip; print(artgen.__file__, artgen_clip.__file__, sep='\\n')"
    for file in stranger.run("python", "-c", program).stdout.split():
        assert Path(file).is_relative_to(stranger.folder / "venv")


def test_the_wheel_holds_every_template(stranger):
    templates = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("artgen/scaffold/templates/**/*.tmpl")}
    (built,) = (stranger.folder / "wheels").glob("artgen-[0-9]*.whl")
    assert len(templates) > 30
    assert templates <= set(zipfile.ZipFile(built).namelist())


def test_every_plugin_passes_its_own_tests(stranger, tmp_path):
    files = [file for kind in KINDS for file in (stranger.folder / "projects" / kind / "tests").glob("*.py")]
    assert len(files) == 2 * len(KINDS)
    for file in files:
        shutil.copy(file, tmp_path)  # their conftest.py are alike
    arguments = ["-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", "."]
    assert "skipped" not in stranger.run("python", *arguments, folder=tmp_path).stdout


def test_every_plugin_is_listed(stranger):
    listed = stranger.artgen(["plugins"], ["presets"])
    rows = [line.split() for line in listed.stdout.splitlines()]
    kinds = {**dict(zip(KINDS, KINDS, strict=True)), "augmentation": "view"}
    for kind, name in NAMES.items():
        listed_as = [name, kinds[kind], f"artgen-trial-{kind}", "0.1.0"]
        assert kind == "preset" or listed_as in [row[:4] for row in rows]
    assert set(NAMES.values()) <= {row[0] for row in rows if row}
    assert not listed.stderr


def test_every_preset_draws(stranger, tmp_path):
    # The loss's is drawn in full below, and a pack's own tests have drawn its presets.
    names = [name for kind, name in NAMES.items() if kind not in ("loss", "preset")]
    stranger.artgen(*(["run", name, "--out", name, *QUICK] for name in names), folder=tmp_path)
    for name in names:
        assert not is_flat(tmp_path / name / "image.png")
    reporter = NAMES["reporter"]
    assert (tmp_path / reporter / reporter / "losses.csv").is_file()


def test_the_preset_of_the_loss_draws_a_blue_picture(stranger, tmp_path):
    stranger.run("artgen", "run", NAMES["loss"], "--out", "drawn", folder=tmp_path)
    with Image.open(tmp_path / "drawn" / "image.png") as picture:
        assert picture.size == (1024, 1024)
        red, _, blue = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert blue > red + 20


def test_broken_plugins_cost_their_owners_a_line_and_everybody_else_nothing(stranger, tmp_path):
    path = ":".join(str(DISTS / name) for name in BROKEN)
    lines = stranger.run("artgen", "plugins", PYTHONPATH=path).stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "plugin 'artgen-newer 9.0' (needs_newer)",
        "plugin 'artgen-raises 0.3' (raises_at_import)",
        "plugin 'artgen-typo 2.1' (misspelt_hook)",
        "2 plugins offer a generator called 'flat'; write 'artgen-clash",
    ]
    assert lines[3].endswith("write 'artgen-clash:flat' or 'artgen-strangers:flat'")
    (tmp_path / "small.yaml").write_text(SMALL)
    command = ["run", "small.yaml", "--quiet"]
    alone = stranger.run("artgen", *command, "--out", "alone", folder=tmp_path)
    among = stranger.run("artgen", *command, "--out", "among", folder=tmp_path, PYTHONPATH=path)
    assert among.stderr == alone.stderr
    assert (tmp_path / "among" / "image.png").read_bytes() == (tmp_path / "alone" / "image.png").read_bytes()
