"""The site builds without a warning, loads nothing from elsewhere, and describes every public name."""

import inspect
import re
import subprocess
import sys
import tomllib
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from artgen import api, hookspecs, testing
from artgen.recipe import model as recipe
from artgen.registry.plugins import KINDS, Registry
from docs.markdown import docstring_of
from tests.helpers.paths import DOCS, ROOT

MODULES = (
    "artgen",
    *(f"artgen.{name}" for name in ("api", "canvas", "colours", "hookspecs", "importing", "testing", "weights")),
)
MADE_BY_SPHINX = {"genindex.html", "py-modindex.html", "search.html"}
LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "link": "href"}


def public_names(module):
    """What it says is public, or every function and class of its own."""
    if hasattr(module, "__all__"):
        return module.__all__
    own = (value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__)
    return [value.__name__ for value in own if not value.__name__.startswith("_")]


NAMES = [(module, name) for module in MODULES for name in public_names(import_module(module))]
HOOKS = public_names(hookspecs)


@dataclass
class Page(HTMLParser):
    """What one page of the site links to, loads and can be linked at."""

    text: str
    links: list = field(default_factory=list)
    loads: list = field(default_factory=list)
    ids: set = field(default_factory=set)

    def __post_init__(self):
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids.add(values.get("id"))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if values.get(LOADED.get(tag)):
            self.loads.append(values[LOADED[tag]])


@dataclass
class Site:
    folder: Path
    code: int
    messages: str

    @cached_property
    def pages(self):
        return {
            path.relative_to(self.folder).as_posix(): Page(path.read_text()) for path in self.folder.rglob("*.html")
        }

    def anchors(self):
        """The names in the inventory that other projects would link to."""
        packed = (self.folder / "objects.inv").read_bytes().split(b"\n", 4)[4]
        return {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    made = tmp_path_factory.mktemp("site")
    options = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(tmp_path_factory.mktemp("doctrees"))]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(made)]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=300, check=False)
    return Site(made, done.returncode, done.stderr)


@pytest.mark.slow
def test_the_site_builds_without_a_warning(site):
    assert not site.messages
    assert site.code == 0


@pytest.mark.slow
def test_every_public_name_has_a_place_in_the_site(site):
    assert {f"{module}.{name}" for module, name in NAMES} <= site.anchors()


@pytest.mark.slow
def test_every_page_is_reached_from_the_first(site):
    links = {here: set(targets(here, page)) & set(site.pages) for here, page in site.pages.items()}
    found, new = set(), {"index.html"}
    while new:
        found |= new
        new = set().union(*(links[here] for here in new)) - found
    assert set(site.pages) - MADE_BY_SPHINX <= found


def targets(here, page):
    """The pages that a page links to, as paths from the top of the site."""
    for link in page.links:
        if not urlsplit(link).scheme:
            path = unquote(urlsplit(link).path)
            yield normpath(PurePosixPath(here).parent / path) if path else here


@pytest.mark.slow
def test_every_link_within_the_site_leads_to_a_place(site):
    for here, page in site.pages.items():
        local = [link for link in page.links if not urlsplit(link).scheme]
        for link, there in zip(local, targets(here, page), strict=True):
            assert (site.folder / there).exists(), f"{here}: {link}"
            anchor = unquote(urlsplit(link).fragment)
            assert not anchor or anchor in site.pages[there].ids, f"{here}: {link}"


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(site):
    for name, page in site.pages.items():
        assert not [load for load in page.loads if urlsplit(load).scheme or load.startswith("//")], name
    for sheet in site.folder.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text()), sheet.name


@pytest.mark.parametrize(("module", "name"), NAMES, ids=[".".join(pair) for pair in NAMES])
def test_a_public_name_has_a_docstring(module, name):
    if name != "__version__":
        text = docstring_of(import_module(module), name)
        # A dataclass without one gets its signature for a docstring.
        assert len(text) > 10 and not text.startswith(f"{name}(")


def example_of(hook):
    """The code in a hook's docstring."""
    page = publish_doctree(inspect.getdoc(getattr(hookspecs, hook)), settings_overrides={"report_level": 5})
    (block,) = page.findall(nodes.literal_block)
    return block.astext() + "\n"


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """The registry of one hook's example, installed as a module."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def load(hook):
        (tmp_path / f"example_of_{hook}.py").write_text(example_of(hook))
        registry = Registry()
        registry.load(EntryPoint("example", f"example_of_{hook}", "artgen"))
        assert registry.failures == []
        return registry

    return load


@pytest.mark.parametrize(("kind", "hook"), [(kind, hook) for kind, (hook, _) in KINDS.items()])
def test_a_hooks_example_is_a_plugin_that_keeps_its_contract(kind, hook, plugin):
    (offer,) = plugin(hook).components
    assert offer.kind == kind
    contract = testing.CONTRACTS[kind]
    case = type("TestExample", (contract,), {"spec": offer.spec()})()
    for check in testing.checks_of(contract):
        getattr(case, check)()


def test_the_other_hooks_examples_are_plugins_too(plugin, tmp_path):
    assert set(HOOKS) == {hook for hook, _ in KINDS.values()} | {"artgen_presets", "artgen_weights"}
    (tmp_path / "presets").mkdir()
    assert plugin("artgen_presets").preset_folders == [("example", tmp_path / "presets")]
    (found,) = plugin("artgen_weights").weights
    assert found[1].name.endswith(".safetensors")


def rows(page):
    """The first two cells of every row of a page's tables."""
    return dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", (DOCS / page).read_text(), re.MULTILINE))


def test_the_compatibility_table_says_what_the_code_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    expected = {
        "plugin API": str(api.API_VERSION),
        "recipe": f"written: {recipe.FORMAT}, read: 1 to {recipe.FORMAT}",
        "Python": project["requires-python"],
        **dict(re.fullmatch(r"([\w.-]+)(.*)", needed).groups() for needed in project["dependencies"]),
    }
    table = rows("compatibility.md")
    assert {name: table.get(name) for name in expected} == expected
    assert "version" in project["dynamic"] and "artgen" not in table, "it stands in artgen/version.py alone"


def test_every_key_of_a_recipe_is_explained():
    preset = testing.small_preset(generator={"type": "pixel"}, losses=[{"type": "smoothness"}])
    made = testing.draw(preset).result.recipe
    explained = re.findall(r"`(\w+)`", " ".join(rows("reproducibility.md")))
    assert set(made) <= set(explained)
