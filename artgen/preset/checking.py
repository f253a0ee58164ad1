"""From a tree of nodes to a typed preset: finds each component's spec, validates it, and gathers every mistake."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from artgen import api
from artgen.deprecation import PresetRemark, warn
from artgen.errors import InputError, Mark, PresetError, Problem, hint, refused
from artgen.fields.dumping import as_data
from artgen.fields.introspection import parts_of
from artgen.preset import (
    cross_references,
    doubts,
    film_checking,
    finished_size,
    judge_checking,
    nodes,
    pictures,
    remarks,
    shapes,
    sounding,
    unknown_names,
    usage,
    video_checking,
)
from artgen.preset.doubts import taken_whole
from artgen.preset.merging import Override, apply_override, merge
from artgen.preset.messages import problems_of
from artgen.preset.model import SECTIONS, Preset, Settings
from artgen.preset.nodes import Node
from artgen.preset.quality import taken_out, with_quality
from artgen.preset.renaming import Renamer, completed
from artgen.preset.sources import base_path
from artgen.preset.unknown_names import Elsewhere
from artgen.preset.yaml_mistakes import tight
from artgen.prompts.wildcards import drawn_texts
from artgen.registry.fence import SettingsError, asked
from artgen.registry.plugins import Registry, discover

MAX_EXTENDS = 16
MAX_COMPONENTS = 256
"""Of one section."""


class Checker:
    """Reads one preset. Mistakes are collected, so that a file is mended in one go."""

    def __init__(self, registry: Registry | None = None) -> None:
        self.registry = registry or discover()
        self.renamer = Renamer(self.registry)
        self.problems: list[Problem] = self.renamer.problems
        self.baseless = False
        """Whether what the preset extends cannot be read."""
        self.silent: str | None = None
        """The source whose old names are read without a warning."""
        self.known: list[tuple[type[api.Spec], Node, str]] = []
        """The components whose type is known, with their place, for checks across the preset."""
        self.valid: list[tuple[api.Spec, Node, str]] = []
        """Those of them that validated."""

    def load(self, path: Path, overrides: Sequence[Override] = ()) -> Preset:
        tree, problems = nodes.from_file(path)
        self.problems += problems
        return self._check(self._extend(tree, (path.resolve(),), self.registry.dist_of(path)), overrides)

    def merged(self, tree: Node) -> Node:
        """A tree that stands in no file, laid over what it extends."""
        return self._extend(tree, ())

    def changed(self, tree: Node, overrides: Sequence[Override]) -> Node:
        """A `merged` tree with changes on top, in place. InputError if one leads nowhere."""
        if not tree.is_mapping:
            said = tight(str(tree.value)) or "a preset is a mapping of settings, such as 'steps: 200'"
            raise PresetError([Problem(tree.mark, "", said)])
        for override in overrides:
            apply_override(tree, taken_whole(override))
            # After each, because the next may enter what this one wrote.
            self.renamer.rename(tree)
        return tree

    def checked(self, tree: Node) -> Preset:
        """The preset of a `merged` tree, which is changed on the way."""
        return self._check(tree, ())

    def parse(
        self,
        data: Mapping[str, Any],
        overrides: Sequence[Override],
        source: str,
        folder: Path | None = None,
        written_down: bool = False,
    ) -> Preset:
        """Plain data; relative paths in it start from `folder`, or else from the current one.

        `written_down` says that it is a recipe: its old names are read without a word, because nobody edits a picture,
        and it stands alone, because a stranger's shall not bring in other files.
        """
        self.silent = source if written_down else None
        with drawn_texts() if written_down else nullcontext():
            return self._parse(data, overrides, source, folder)

    def _parse(
        self, data: Mapping[str, Any], overrides: Sequence[Override], source: str, folder: Path | None
    ) -> Preset:
        tree = nodes.from_data(data, Mark(source), folder or Path())
        if self.silent is not None and "extends" in tree.value:
            raise PresetError([Problem(tree.mark, "extends", "no recipe of artgen's has it; this one is damaged")])
        return self._check(self._extend(tree, ()), overrides)

    def _extend(self, tree: Node, seen: tuple[Path, ...], near: str = "") -> Node:
        """Lay `tree` over the preset that its ``extends`` names; both with new names only.

        `near` is the distribution that ships `tree`.
        """
        # Before merging, so that an old name in one file and the new one in the other meet as one setting.
        self.renamer.rename(tree, near)
        if not tree.is_mapping or "extends" not in tree.value:
            return tree
        target = tree.value.pop("extends")
        tree.keys.pop("extends", None)
        try:
            path = base_path(target)
            if path.resolve() in seen or len(seen) > MAX_EXTENDS:
                raise InputError(f"'{target.value}' extends itself in the end; remove the 'extends' of one of them")
            base, problems = nodes.from_file(path)
        except PresetError as error:
            self.problems += error.problems
        except InputError as error:
            self.problems.append(Problem(target.mark, "extends", str(error)))
        except OSError as error:
            self.problems.append(Problem(target.mark, "extends", refused(error, target.value)))
        else:
            self.problems += problems
            return self._laid_over(self._extend(base, (*seen, path.resolve()), self.registry.dist_of(path)), tree)
        self.baseless = True
        return tree

    def _laid_over(self, base: Node, tree: Node) -> Node:
        try:
            return self.renamer.rename(merge(base, tree, shapes.of_preset(self.registry)))
        except PresetError as error:
            self.problems += error.problems
            return base

    def _check(self, tree: Node, overrides: Sequence[Override]) -> Preset:
        self.changed(tree, overrides)
        warn(notice for notice in self.renamer.notices if notice.mark.source != self.silent)
        warn(doubts.in_tree(tree), PresetRemark)
        # Taken out first: it is no setting of a preset, but a change to others that is applied at the end.
        quality = taken_out(tree, self.problems)
        self.problems += sounding.bake(tree).problems
        if self.baseless or self._says_nothing(tree):
            # All that would be said of the components follows from that.
            self._settings(tree)
            raise PresetError(self.problems)
        parts = {section: self._section(tree, section) for section in SECTIONS}
        settings = self._settings(tree)
        # What no component knows alone: that names of other parts exist, and that everything given is used.
        self.problems += cross_references.problems(tree, self.known, self.valid)
        everything = [*self.valid, *([(settings, tree, "")] if settings else [])]
        self.problems += pictures.problems(everything, settings.film if settings else None)
        self.problems += usage.problems(self.registry, tree, settings, parts, self.valid)
        self.problems += judge_checking.problems(tree, settings, parts)
        if settings:
            self.problems += video_checking.problems(tree, settings)
            self.problems += film_checking.problems(tree, settings, parts["generator"], self.valid)
            self.problems += finished_size.problems((settings.size[1], settings.size[0]), self.valid)
        if self.problems:
            raise PresetError(self.problems)
        whole = {**dict(settings or {}), **{name: part for name, part in parts.items() if part is not None}}
        preset = with_quality(Preset(**whole), quality)
        found = remarks.remarks(tree, settings, parts, self.valid, preset.steps)
        warn((remark for remark in found if self.silent is None), PresetRemark)
        return preset

    def _says_nothing(self, tree: Node) -> bool:
        """Whether there is neither a generator nor a loss, which is one mistake and not two."""
        if any(tree.value.get(section) for section in ("generator", "losses")):
            return False
        what = "it says neither what draws nor what judges" if tree.value else "it is empty"
        advice = "write 'extends: quickstart' to begin with that one, or give 'generator' and 'losses'"
        self.problems.append(Problem(tree.mark, "", f"{what}; {advice}"))
        return True

    def _settings(self, tree: Node) -> Settings | None:
        """The part of the tree that is no component."""
        own = Node({key: node for key, node in tree.value.items() if key not in SECTIONS}, tree.mark, tree.folder)
        own.keys = tree.keys
        drawing = tree.child("generator")
        kind = drawing.child("type") if drawing else None
        elsewhere = unknown_names.of_preset(self.registry, str(kind.value) if kind else "")
        checked: Settings | None = self._validate(Settings, own, "", {*SECTIONS, "extends", "quality"}, elsewhere)
        return checked

    def _validate(
        self,
        model: type[Any],
        node: Node,
        path: str,
        more_names: Collection[str] = (),
        elsewhere: Elsewhere | None = None,
    ) -> Any:
        try:
            return model.model_validate(node.data())
        except ValidationError as error:
            self.problems += problems_of(error, model, node, path, more_names, elsewhere or unknown_names.of_component)
            return None

    def _section(self, tree: Node, section: str) -> Any:
        """The specs of one section; None where it is absent or wrong."""
        kind, shape = SECTIONS[section]
        node = tree.value.get(section)
        if node is None or node.value is None:
            if section == "generator":
                known = ", ".join(self.registry.names("generator"))
                self.problems.append(Problem(tree.mark, section, f"a preset needs one; choose its type from {known}"))
            return None
        if shape == "one":
            return self._component(kind, node, section)
        wanted = "mapping of names to" if shape == "named" else "list of"
        if not (node.is_mapping if shape == "named" else node.is_list):
            named = "; names in their place change those of a preset that this one extends" if node.is_mapping else ""
            self.problems.append(Problem(node.mark, section, f"expected a {wanted} {section}{named}"))
            return None
        if len(node.value) > MAX_COMPONENTS:
            self.problems.append(Problem(node.mark, section, f"more than {MAX_COMPONENTS}, which is no preset"))
            return None
        specs = {
            path: self._component(kind, child, path)
            for path, child in SECTIONS[section].walk(section, node)
            if shape == "list" or child.value is not None  # a null takes away what an extended preset has
        }
        if None in specs.values():
            return None
        if shape == "list":
            return tuple(specs.values())
        return {path.removeprefix(f"{section}."): spec for path, spec in specs.items()}

    def _component(self, kind: str, node: Node, path: str) -> Any:
        """The spec of one component: its type is looked up first, then the rest is checked by that spec."""
        if not node.is_mapping or "type" not in node.value:
            example = node.value if isinstance(node.value, str) else "..."
            text = f"expected a {kind} such as {{type: {example}}}{hint('', self.registry.names(kind))}"
            self.problems.append(Problem(node.mark, path, text))
            return None
        given = node.value["type"]
        try:
            component = self.registry.find(kind, str(given.value))
        except InputError as error:
            self.problems.append(Problem(given.mark, path, str(error)))
            return None
        # The bare name in place of ``dist:name`` or an old one, which the spec's Literal does not know.
        inner = Node({**node.value, "type": Node(component.name, given.mark)}, node.mark, node.folder, node.keys)
        try:
            with asked(lambda: f"{kind} '{component.name}' ({component.owner})"):
                return self._spec(component.spec, inner, path)
        except SettingsError as error:
            self.problems.append(Problem(node.mark, path, str(error)))
            return None

    def _spec(self, spec: type[api.Spec], node: Node, path: str) -> api.Spec | None:
        if self.silent is not None:
            node = completed(spec, node)
        whole = self._with_parts(spec, node, path)
        # Also where it does not validate: its references can be checked, and a preset is mended in one go.
        self.known.append((spec, node, path))
        valid: api.Spec | None = self._validate(spec, whole, path) if whole else None
        if valid is not None:
            # Asked once here, so that whoever asks later may rely on it.
            frozenset(valid.needs())
            as_data(valid)
            self.valid.append((valid, node, path))
        return valid

    def _with_parts(self, spec: type[api.Spec], node: Node, path: str) -> Node | None:
        """The node with specs for the components that its settings hold; None if one of them is wrong."""
        given = {name: child for name, child in node.value.items() if child.value is not None}
        held = {name: kind for name, kind in parts_of(spec).items() if name in given}
        made = {name: self._component(kind, given[name], f"{path}.{name}") for name, kind in held.items()}
        if None in made.values():
            return None
        specs = {name: Node(part, node.value[name].mark, node.folder) for name, part in made.items()}
        return Node({**node.value, **specs}, node.mark, node.folder, node.keys)
