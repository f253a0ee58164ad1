"""The pages of the Python API say what the code says, in Markdown that needs no Sphinx."""

import ast
import re

import pytest

from artgen import hookspecs
from artgen.api import Env
from docs import generate, members, python_pages
from docs.markdown import blocks
from tests.docs.test_site import MODULES, NAMES, example_of
from tests.helpers.paths import DOCS

PAGES = {path.name: path.read_text() for path in (DOCS / "api").iterdir()}


def test_the_committed_pages_are_what_the_code_says(tmp_path):
    generate.write(tmp_path, python_pages.all_pages())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == PAGES, "run: python -m docs.generate"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_left_for_sphinx(name):
    text = re.sub(r"^```.*?^```$", "", PAGES[name], flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"::|\{eval-rst\}|:\w+:`|``", text)
    assert PAGES[name].count("```") % 2 == 0


@pytest.mark.parametrize(("module", "name"), NAMES, ids=[".".join(pair) for pair in NAMES])
def test_every_public_name_has_a_heading(module, name):
    whole = "\n".join(PAGES.values())
    assert module in MODULES
    assert re.search(rf"^### `(?:{re.escape(module)}\.)?{re.escape(name)}`$", whole, re.MULTILINE)


@pytest.mark.parametrize("hook", hookspecs.__all__)
def test_a_hooks_example_is_whole(hook):
    """Two empty lines within it do not end it."""
    section = PAGES["hooks.md"].partition(f"### `{hook}`")[2].partition("### ")[0]
    shown = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[1]
    assert ast.dump(ast.parse(shown)) == ast.dump(ast.parse(example_of(hook)))


def test_fields_come_with_their_types_defaults_and_docstrings():
    text = "\n".join(members.class_(Env))
    assert "| `batch` | `int` |  | How many pictures are drawn at once. |" in text
    assert "| `perceptors` | `Mapping[str, Perceptor]` | `dict()` |" in text
    assert "#### `Env.tells_each`" in text and "@property\ndef tells_each(self) -> bool" in text


def test_an_enumeration_tells_its_members_and_a_class_how_it_is_made():
    need, palette, run = (section(page, name) for page, name in SHOWN)
    assert "| `START` |  |  | `env.start`: a generator that begins with it" in need
    assert "def __init__(\n    self,\n    colours: Sequence[str]," in palette
    assert "__init__" not in run, "artgen.steps makes it"
    assert not [text for text in PAGES.values() if re.search(r"^\| `_", text, re.MULTILINE)], "private fields"


SHOWN = ("plugin.md", "artgen.api.Need"), ("colours.md", "artgen.colours.Palette"), ("artgen.md", "artgen.Run")


def section(page, name):
    return PAGES[page].partition(f"### `{name}`\n")[2].partition("\n### ")[0]


def example(
    one, /, two: int = 2, *rest: str, three, four: "bool" = False, five: tuple[int, ...] = (), **more
) -> dict[str, int]:
    """Does what it says::

        example(1)

    Args:
        one: of ``these``,
            or those.
        two: not three

    Raises:
        KeyError: never.
    """


def test_a_signature_is_as_it_is_written_and_arguments_are_a_list():
    heading, signature, said = members.function(example, "here.example")
    assert heading == "### `here.example`"
    (node,) = ast.parse(signature.removeprefix("```python\n").removesuffix("\n```") + ": ...").body
    arguments = "one, /, two: int=2, *rest: str, three, four: bool=False, five: tuple[int, ...]=(), **more"
    assert ast.unparse(node.args) == arguments
    assert len(signature.splitlines()) > 3, "it is longer than a line"
    assert said == (
        "Does what it says:\n\n```python\nexample(1)\n```\n\n**Args**\n\n- `one`: of `these`,\n  or those.\n"
        "- `two`: not three\n\n**Raises**\n\n- `KeyError`: never."
    )


def test_a_block_of_code_ends_where_its_indentation_does():
    text = "One::\n\n    a:\n\n\n      b: 1\n\nTwo.\n\n- three\n- four"
    assert list(blocks(text, "yaml")) == ["One:", "```yaml\na:\n\n\n  b: 1\n```", "Two.", "- three\n- four"]
