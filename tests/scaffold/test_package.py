"""`artgen new`: what it writes, and what it refuses. The strangers' test installs, tests and runs what it writes."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from artgen import __version__, cli
from artgen.registry.plugins import discover
from artgen.version import RELEASE

KINDS = ("generator", "loss", "perceptor", "filter", "augmentation", "finish", "reporter")
PACKAGES = (*KINDS, "preset")
LONGEST_NAME = "abcdefghijklmnopqrst-bcdefghij"


@pytest.fixture
def new(tmp_path, monkeypatch, capsys):
    """Runs `artgen new` in a folder of its own; gives the exit code, the lines printed and the error line."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = cli.main(["new", *arguments])
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return run


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A folder with a package of each kind, and a distribution beside each, so that the folder can be a path."""
    folder = tmp_path_factory.mktemp("packages")
    for kind in PACKAGES:
        assert cli.main(["new", kind, f"trial-{kind}", "--out", str(folder / kind)]) == 0
        distribution = folder / kind / f"artgen_trial_{kind}-0.1.0.dist-info"
        distribution.mkdir()
        (distribution / "METADATA").write_text(f"Metadata-Version: 2.1\nName: artgen-trial-{kind}\nVersion: 0.1.0\n")
        (distribution / "entry_points.txt").write_text(f"[artgen]\ntrial_{kind} = artgen_trial_{kind}\n")
    return folder


def test_it_needs_no_torch_and_says_what_to_do_next(artgen, tmp_path):
    heavy = ["torch", "kornia", "open_clip", "diffusers", "matplotlib", "timm"]
    done = artgen(
        *("new", "loss", "Warm-Hues", "--out", "my art/x"),
        prelude=f"sys.modules.update(dict.fromkeys({heavy}))",
        code=0,
    )
    install, test, draw = (shlex.split(line) for line in done.stdout.splitlines()[1:])
    assert install == ["pip", "install", "-e", "my art/x[dev]"]
    assert test == ["pytest", "my art/x"]
    assert draw == ["artgen", "run", "warm_hues"]
    assert (tmp_path / "my art/x/artgen_warm_hues/__init__.py").is_file()


def test_a_name_is_written_in_the_form_that_each_place_needs(new):
    new("generator", "soft-dots")
    folder = Path("artgen-soft-dots")
    module = (folder / "artgen_soft_dots/__init__.py").read_text()
    assert "class SoftDots(" in module
    assert 'type: Literal["soft_dots"]' in module
    assert (folder / "artgen_soft_dots/presets/soft_dots.yaml").is_file()
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert project["project"]["name"] == "artgen-soft-dots"
    assert project["project"]["entry-points"]["artgen"] == {"soft_dots": "artgen_soft_dots"}


@pytest.mark.parametrize("written", ["SoftDots", "Soft-Dots", "soft_dots", "softDots"])
def test_words_that_are_run_together_are_told_apart(new, written):
    assert new("loss", written)[0] == 0
    assert Path("artgen-soft-dots/artgen_soft_dots/presets/soft_dots.yaml").is_file()


def test_a_pack_of_presets_passes_the_kit(artgen, packages):
    done = artgen("plugins", "test", "artgen-trial-preset", PYTHONPATH=str(packages / "preset"), code=0)
    assert done.stdout.splitlines()[1].split() == ["presets", "preset", "2", "passed"]


def test_a_preset_alone_is_no_plugin(new, tmp_path):
    code, _, said = new("preset", "inks", "--file")
    assert code == 2 and said.startswith("--file: a preset is one file already")
    assert not list(tmp_path.iterdir())


def test_it_asks_for_this_artgen_or_a_newer_one(new):
    new("filter", "soft-dots")
    project = tomllib.loads(Path("artgen-soft-dots/pyproject.toml").read_text())["project"]
    assert project["dependencies"] == [f"artgen>={'.'.join(RELEASE.split('.')[:2])}"]
    assert project["requires-python"] == ">=3.11"


@pytest.mark.parametrize("kind", PACKAGES)
def test_a_package_is_complete(packages, kind):
    module = f"artgen_trial_{kind}"
    for path in (
        *("README.md", "CHANGELOG.md", "LICENSE", ".gitignore"),
        *(f".github/workflows/{name}.yml" for name in ("test", "publish")),
        *(f"{module}/py.typed", f"{module}/presets/trial_{kind}.yaml", f"tests/test_trial_{kind}.py"),
    ):
        assert (packages / kind / path).is_file(), path
    texts = [path.read_text() for path in (packages / kind).rglob("*") if path.is_file()]
    assert not [text for text in texts if "$type" in text or re.search(r"(?<!REF_)NAME(?!D)", text)]
    assert f"artgen run trial_{kind}" in (packages / kind / "README.md").read_text()


@pytest.mark.parametrize("kind", PACKAGES)
def test_its_readme_names_each_part_once_and_says_what_to_fill_in(packages, kind):
    readme = (packages / kind / "README.md").read_text()
    parts = re.findall(r"^\| `([\w/.-]+)` \|", readme, re.MULTILINE)
    assert len(parts) == len(set(parts)) >= 3
    assert all((packages / kind / part).exists() for part in parts)
    assert "picture.png" in readme
    assert "# [project.urls]" in (packages / kind / "pyproject.toml").read_text()


def test_every_package_gives_a_component_and_a_right_preset(artgen, packages):
    path = os.pathsep.join(str(packages / kind) for kind in PACKAGES)
    names = [f"trial_{kind}" for kind in PACKAGES]
    listed = artgen("plugins", PYTHONPATH=path, code=0)
    assert not listed.stderr
    assert all(name in listed.stdout for name in names if name != "trial_preset")
    artgen("check", *names, PYTHONPATH=path, code=0)


@pytest.mark.parametrize("name", ["x", LONGEST_NAME])
def test_ruff_finds_nothing_whatever_the_name(new, tmp_path, name):
    for kind in PACKAGES:
        new(kind, name, "--out", kind)
    for arguments in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        command = [sys.executable, "-m", "ruff", *arguments, *PACKAGES]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_mypy_finds_nothing(new, packages, tmp_path):
    """In packages and in files, together, as its time goes into torch's types."""
    for kind in KINDS:
        new(kind, f"my-{kind}", "--file")
    folders = [str(packages / kind / f"artgen_trial_{kind}") for kind in PACKAGES]
    files = [f"my_{kind}.py" for kind in KINDS]
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", *folders, *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_pyright_finds_nothing(packages, tmp_path):
    folders = [str(packages / kind / f"artgen_trial_{kind}") for kind in PACKAGES]
    paths = [str(packages / kind) for kind in PACKAGES]
    rules = {"include": folders, "extraPaths": paths, "typeCheckingMode": "standard"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(rules))
    command = [sys.executable, "-m", "basedpyright", "--project", str(tmp_path), "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=packages, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("licence", "says"),
    [
        ("MIT", "to deal\nin the Software without restriction"),
        ("BSD-3-Clause", "Neither the name of the copyright holder"),
        ("Apache-2.0", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"),
    ],
)
def test_the_licence_is_the_one_asked_for(new, licence, says):
    author = 'Ada "the $first" \\ Lovelace'
    new("loss", "stripes", "--license", licence, "--author", author)
    text = Path("artgen-stripes/LICENSE").read_text()
    assert says in text
    assert licence == "Apache-2.0" or f"Copyright (c) {date.today().year} {author}" in text
    project = tomllib.loads(Path("artgen-stripes/pyproject.toml").read_text())["project"]
    assert project["license"] == licence
    assert project["authors"] == [{"name": author}]


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("loss", "3d", "beginning with a letter"),
        ("loss", "soft dots", "beginning with a letter"),
        ("loss", "../up", "beginning with a letter"),
        ("loss", "tüpfel", "beginning with a letter"),
        ("loss", "dots-", "beginning with a letter"),
        ("loss", "a" * 31, "at most 30"),
        ("loss", "class", "a word of Python"),
        ("loss", "null", "a word of Python, YAML"),
        ("loss", "loss-spec", "a word of Python, YAML or artgen itself"),
        ("loss", "artgen-dots", "leave it out"),
        ("generator", "pixel", f"a generator called 'pixel' comes with artgen {__version__} already"),
        ("augmentation", "corners", "a view called 'corners' comes with artgen-strangers 1.0 already"),
        ("generator", "vqgan", f"comes with artgen {__version__} already"),
        ("reporter", "vqgan", "a package artgen_vqgan is installed already"),
        ("reporter", "mandala", "a preset called 'mandala' is there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(new, tmp_path, kind, name, says):
    code, printed, error = new(kind, name)
    assert code == 2
    assert says in error
    assert error.count("\n") == 1
    assert not printed
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("author", ["", "two\nlines", "\ud800"])
def test_an_author_who_is_no_line_is_refused(new, tmp_path, author):
    code, _, error = new("loss", "stripes", "--author", author)
    assert code == 2
    assert error.startswith("--author ")
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(new, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/poem.txt").write_text("a poem")
    code, _, error = new("loss", "stripes", "--out", "mine")
    assert code == 2
    assert error == "mine: is there already and not an empty folder; choose another --out\n"
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "poem.txt"]


def test_an_empty_folder_is_filled(new, tmp_path):
    (tmp_path / "mine").mkdir()
    assert new("loss", "stripes", "--out", "mine")[0] == 0
    assert (tmp_path / "mine/pyproject.toml").is_file()


def test_where_no_folder_can_be_a_line_says_so(new, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, error = new("loss", "stripes", "--out", "file/below")
    assert code == 2
    assert error.startswith("file/below: cannot write here (")
    assert error.count("\n") == 1


def test_on_a_full_disk_nothing_is_left_behind(artgen, tmp_path):
    """The Apache licence is the one file that is larger than the limit."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000)); sys.dont_write_bytecode = True"
    done = artgen("new", "loss", "stripes", "--license", "Apache-2.0", prelude=limit, code=2)
    assert done.stderr.startswith("artgen-stripes: could not be written (")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_one_file_is_a_plugin_that_draws(artgen, new, tmp_path, kind):
    """With the preset beside it; and no checker finds anything in it."""
    code, told, _ = new(kind, f"my-{kind}", "--file")
    assert code == 0 and told[-1] == f"  artgen run my_{kind}.yaml --plugin my_{kind}.py"
    size = ("--steps", 2, "--size", 32, "--batch", 1, "--quality", "draft", "--set", "finish=null")
    if kind == "finish":
        size = size[:-2]
    try:
        artgen("run", f"my_{kind}.yaml", "--plugin", f"my_{kind}.py", *size, "--out", "made", code=0)
        artgen("plugins", "test", f"./my_{kind}.py", code=0)
    finally:
        discover.cache_clear()
    assert (tmp_path / "made" / "image.png").is_file()
    for arguments in (["check", "--no-cache"], ["format", "--check", "--no-cache", "--line-length", "120"]):
        command = [sys.executable, "-m", "ruff", *arguments, f"my_{kind}.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_one_file_is_never_written_over(new, tmp_path):
    new("loss", "stripes", "--file")
    (tmp_path / "stripes.py").write_text("mine")
    code, _, said = new("loss", "stripes", "--file")
    assert code == 2 and said.startswith("stripes.py: is there already")
    assert (tmp_path / "stripes.py").read_text() == "mine"
