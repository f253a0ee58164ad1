"""The code in the documentation runs: files are written, commands given, and what a page shows is what comes out."""

import ast
import dataclasses
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from artgen import cli
from artgen.cli.pictures import run
from artgen.cli.pictures.flags import Flags
from artgen.preset import loading, shipped
from artgen.registry import plugins
from tests.helpers import presets
from tests.helpers.paths import DOCS, ROOT
from tests.project.test_layers import PUBLIC

PAGES = sorted(DOCS.glob("*.md"))
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]+) -->\n)?```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
SMALL = ("--set", "steps=2", "--set", "size=64", "--quiet")
ELSEWHERE = ("python3 -m venv", "source ", "pip install -c", "python -m pip", "python -m build", "python -m twine")
"""Commands that need a connection, or an environment of their own; tests/strangers builds and installs a plugin."""


@dataclass(frozen=True)
class Block:
    """A fenced block; the comment before it says what it is: `file: x.yaml`, `folder: x`, `content: x`, `hub`."""

    language: str
    code: str
    mark: str
    target: str

    @property
    def lines(self):
        return [line for line in self.code.splitlines() if line]


def blocks(page):
    for found in BLOCK.finditer((DOCS / page).read_text()):
        mark, _, target = (found["mark"] or "").partition(": ")
        yield Block(found["language"], found["code"], mark, target)


class Reader:
    """Somebody who does what a page says, from top to bottom, in a folder of their own."""

    def __init__(self, folder, patch):
        self.patch = patch
        self.drawn = set()
        """What was drawn since the last change of a file; it is drawn once, and then only read with other settings."""
        patch.chdir(folder)

    def follow(self, page):
        for block in blocks(page):
            if block.mark == "file":
                self.write(block)
            elif block.mark == "folder":
                assert block.lines == sorted(path.name for path in Path(block.target).iterdir())
            elif block.mark == "content":
                assert block.code == Path(block.target).read_text()
            elif block.mark == "part of":
                assert tomllib.loads(block.code).items() <= flat(tomllib.loads(Path(block.target).read_text())).items()
            elif block.language == "sh":
                for line in block.lines:
                    self.give(line, needs_hub=block.mark == "hub")

    def write(self, block):
        path = Path(block.target)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code)
        self.drawn.clear()
        if block.language == "yaml" and is_preset(yaml.safe_load(block.code)):
            assert self.artgen("check", str(path)) == 0

    def give(self, line, needs_hub):
        words = shlex.split(line)
        if words[0] == "artgen":
            self.command(words[1:], needs_hub)
        elif words[0] == "cd":
            self.patch.chdir(words[1])
        elif line.startswith("pip install -e "):
            self.install()
        elif words[0] == "ruff" or words[:3] == ["python", "-m", "pytest"]:
            self.process(words if words[0] != "ruff" else ["python", "-m", *words])
        elif words[0] == "python" and words[1].endswith(".py"):
            runpy.run_path(words[1])
        else:
            assert line.startswith(ELSEWHERE), f"neither run nor known to need the web: {line}"

    def command(self, words, needs_hub):
        if words[0] == "dev":  # else it waits for the next change, for ever
            words = [*words, "--once", *SMALL[:-1]]
        elif words[0] == "run" and (needs_hub or words[1] in self.drawn):
            words = checking(words)
        elif words[0] == "run":
            self.drawn.add(words[1])
            words = [*words, *SMALL, *self.lighter(words[1])]
        assert self.artgen(*words) == 0, words

    @staticmethod
    def lighter(preset):
        """Nothing for a preset that only the plugin of the page has."""
        known = Path(preset).is_file() or preset in shipped.shipped()
        return presets.setting(presets.lighter(loading.load(preset))) if known else []

    def artgen(self, *words):
        for name in [name for name in sys.modules if name.partition(".")[0] == "artgen_brushwork"]:
            self.patch.delitem(sys.modules, name)
        plugins.discover.cache_clear()
        return cli.main(words)

    def install(self):
        """As an editable installation does: its metadata, and its folder, are on the path."""
        project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
        dist = Path(f"{project['name'].replace('-', '_')}-{project['version']}.dist-info")
        dist.mkdir()
        about = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        (dist / "METADATA").write_text(about)
        entries = project["entry-points"]["artgen"].items()
        (dist / "entry_points.txt").write_text("[artgen]\n" + "".join(f"{name} = {value}\n" for name, value in entries))
        self.patch.syspath_prepend(str(Path.cwd()))

    def process(self, words):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
        words = [sys.executable, *words[1:]]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def checking(words):
    """The `artgen check` of an `artgen run`: what has a flag there is a setting like others."""
    given = run.command.make_context("run", list(words[1:])).params
    typed = Flags(**{field.name: given[field.name] for field in dataclasses.fields(Flags)}).overrides()
    flags = [f"{key}={json.dumps(value)}" for key, value in typed]
    return ["check", words[1], *(word for setting in (*given["overrides"], *flags) for word in ("--set", setting))]


def flat(project):
    """The tables of a pyproject.toml by what a page shows of them."""
    return {"project": {"entry-points": project["project"]["entry-points"]}}


@pytest.fixture
def reader(tmp_path, monkeypatch):
    (tmp_path / "presets").symlink_to(ROOT / "presets")
    yield Reader(tmp_path, monkeypatch)
    plugins.discover.cache_clear()


@pytest.mark.slow
def test_an_artist_can_follow_the_first_steps(reader):
    reader.follow("start.md")


def test_a_file_of_another_program_becomes_the_preset_that_the_page_shows(reader):
    reader.follow("importing.md")


def test_pixray_users_get_the_preset_that_the_page_shows(reader):
    reader.follow("from-pixray.md")


@pytest.mark.slow
def test_the_tutorial_makes_a_plugin_that_draws_and_passes_its_tests(reader):
    reader.follow("writing-a-plugin.md")


def test_the_tutorial_shows_no_python_that_is_not_run():
    for block in blocks("writing-a-plugin.md"):
        assert block.language != "python" or block.mark == "file", block.lines[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_python_on_a_page_can_be_read_by_python(page):
    for block in blocks(page.name):
        if block.language == "python":
            ast.parse(block.code)


def is_preset(data):
    """Whether it is a whole one, or says what the rest is taken from."""
    return isinstance(data, dict) and ("extends" in data or {"generator", "losses"} <= set(data))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_whole_preset_on_a_page_is_right(page, tmp_path):
    """But for the files that a page makes, which may need each other and are checked when it is followed."""
    for number, block in enumerate(blocks(page.name)):
        if block.language == "yaml" and block.mark != "file" and is_preset(yaml.safe_load(block.code)):
            path = tmp_path / f"{number}.yaml"
            path.write_text(block.code)
            loading.load(path)


def test_a_picture_of_a_page_is_small():
    pictures = [path for folder in ("start", "tutorial") for path in (DOCS / folder).iterdir()]
    shown = "".join(page.read_text() for page in PAGES)
    for path in pictures:
        assert path.stat().st_size < 100_000
        assert f"({path.relative_to(DOCS).as_posix()})" in shown, f"{path} is on no page"


PLUGINS = (ROOT / "plugins" / "README.md").read_text()


@pytest.mark.parametrize("folder", sorted((ROOT / "plugins").glob("artgen_*")), ids=lambda path: path.name)
def test_the_plugins_page_has_a_row_for_each_folder(folder):
    assert f"| [{folder.name}]({folder.name}) |" in PLUGINS


def test_the_plugins_page_names_the_walls_that_are_tested():
    assert re.findall(r"^- `(artgen\.\w+)`", PLUGINS, re.MULTILINE) == list(PUBLIC)


def test_the_links_of_the_plugins_page_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", PLUGINS):
        assert (ROOT / "plugins" / target).exists(), target
