"""What the site adds to Sphinx: docstrings read as artgen writes them, and links that stay inside."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import sys
from importlib import import_module
from pathlib import Path, PurePosixPath
from posixpath import normpath
from types import ModuleType
from typing import Any, get_type_hints

from docutils import nodes
from docutils.statemachine import StringList
from pydantic import BaseModel
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PyXRefRole
from sphinx.ext.napoleon.docstring import GoogleDocstring
from sphinx.util.docutils import SphinxDirective

from artgen import api, hookspecs
from artgen.engine.loop import Run
from docs.markdown import docstring_of

DOCUMENTED = (
    "api",
    "canvas",
    "colours",
    "compare.replay",
    "engine.run",
    "hookspecs",
    "importing",
    "preset.loading",
    "testing",
    "weights",
)
"""The modules that the pages describe; what they import is loaded with them."""
HOMES = {
    **{name: f"artgen.hookspecs.{name}" for name in vars(hookspecs) if name.startswith("artgen_")},
    **{name: f"artgen.api.{name}" for name in api.__all__},
}
"""Names that a docstring may mention anywhere, and where they are described."""
CONTENTS = {
    "reference/README": "settings prompts values generators/* losses/* perceptors/* views/* filters/* finishes/*",
    "api/README": "artgen notebook plugin hooks canvas colours vectors weights importing testing",
}
"""The pages below a page, for the sidebar; said here, because the pages themselves are plain Markdown."""

_RAISES = re.compile(r":raises ((?:Artgen|Input|Preset|Run)Error):")
_OUTWARD = re.compile(r"(?<!!)\[([^\[\]]+)\]\((\.\./[^)#]*)(?:#[^)]*)?\)")


class Known(PyXRefRole):
    """Single backticks of docstrings: a link where they name something that is documented, code everywhere else."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if not re.fullmatch(r"\w[\w.]*", self.text):
            return [nodes.literal(self.rawtext, self.text)], []
        return super().run()

    def process_link(self, env: Any, refnode: Any, explicit: bool, title: str, target: str) -> tuple[str, str]:
        title, target = super().process_link(env, refnode, explicit, title, target)
        return title, HOMES.get(target, target)


class Alias(SphinxDirective):
    """``alias:: artgen.api.Moment``: a name for a type, with the docstring below it, wherever it is defined."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].rpartition(".")
        text = docstring_of(import_module(module), name).splitlines()
        lines = [f".. py:data:: {name}", f"   :module: {module}", "", *(f"   {line}" for line in text)]
        return self.parse_text_to_nodes(StringList(lines, source=self.arguments[0]))


def read_sections(app: Sphinx, what: Any, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """``Args:`` and ``Raises:`` as lists; not for attributes, where a colon is just a colon."""
    if what not in ("attribute", "data"):
        text = GoogleDocstring(lines, what="method" if what == "property" else what, name=name, obj=obj).lines()
        lines[:] = [_RAISES.sub(r":raises ~artgen.errors.\1:", line) for line in text]


def unlink_builtins(app: Sphinx, page: nodes.document) -> None:
    """The `type` of a signature is Python's, not the attribute of that name."""
    for reference in list(page.findall(pending_xref)):
        if reference["reftype"] == "class" and hasattr(builtins, reference["reftarget"]):
            reference.replace_self(reference.children)


def drop_signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Nobody calls a protocol, a preset makes the specs, and `artgen.steps` a run."""
    if what == "class" and (issubclass(obj, (BaseModel, Run)) or getattr(obj, "_is_protocol", False)):
        return "", ""
    return signature, returns


def keep_directives(app: Sphinx, page: str, text: list[str]) -> None:
    """The pages of the API as they are before `docs.generate` writes them out: Sphinx links the names in them."""
    source = Path(__file__).parent / "site_api" / f"{PurePosixPath(page).name}.md"
    if page.startswith("api/"):
        text[0] = source.read_text()


def add_contents(app: Sphinx, page: str, text: list[str]) -> None:
    """Hang the pages of a folder below its first one."""
    if page in CONTENTS:
        names = "\n".join(CONTENTS[page].split())
        text[0] += f"\n```{{toctree}}\n:hidden:\n:glob:\n\n{names}\n```\n"


def drop_outward_links(app: Sphinx, page: str, text: list[str]) -> None:
    """What links to files of the repository that the site does not hold becomes text."""

    def inside(match: re.Match[str]) -> str:
        target = normpath(PurePosixPath(page).parent / match[2])
        return f"{match[1]} (`{target.removeprefix('../')}`)" if target.startswith("../") else match[0]

    text[0] = _OUTWARD.sub(inside, text[0])


def show_plain_types() -> None:
    """Signatures with the types as a reader needs them: fields without validators, names that resolve."""
    for name in DOCUMENTED:
        import_module(f"artgen.{name}")
    modules = [module for name, module in sys.modules.items() if name.startswith("artgen.")]
    for module in modules:
        _import_for_types(module)
    for value in [value for module in modules for value in vars(module).values()]:
        if inspect.isclass(value) and issubclass(value, BaseModel):
            plain = get_type_hints(value)
            value.__annotations__.update({name: plain[name] for name in value.__annotations__ if name in plain})
    # The hook cannot name what lies above it; the page can.
    vars(import_module("artgen.hookspecs.files"))["AnyImporter"] = import_module("artgen.importing").Importer
    # Their defaults, functions, would make them look like methods.
    del api.Env.note, api.Env.make_folder


def _import_for_types(module: ModuleType) -> None:
    """Import what the module names in signatures alone, under ``if TYPE_CHECKING``."""
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            for line in statement.body:
                _do_import(module, line)


def _do_import(module: ModuleType, line: ast.stmt) -> None:
    if isinstance(line, ast.Import):
        vars(module).update({given.asname or given.name: import_module(given.name) for given in line.names})
    elif isinstance(line, ast.ImportFrom):
        source = import_module(str(line.module))
        vars(module).update({given.asname or given.name: getattr(source, given.name) for given in line.names})


def setup(app: Sphinx) -> dict[str, Any]:
    show_plain_types()
    app.add_role_to_domain("py", "known", Known())
    app.add_directive("alias", Alias)
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("autodoc-process-signature", drop_signature)
    app.connect("doctree-read", unlink_builtins)
    app.connect("source-read", keep_directives)
    app.connect("source-read", add_contents)
    app.connect("source-read", drop_outward_links)
    return {"parallel_read_safe": True}
