"""Whether the names in a preset that stand for other parts of it are there, and each `id` once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from artgen import api
from artgen.errors import Problem, hint
from artgen.fields.introspection import models_in
from artgen.preset import judge_checking
from artgen.preset.model import Settings, numbered
from artgen.preset.nodes import Node

ModelClass = type[BaseModel]


def problems(
    tree: Node, known: Iterable[tuple[ModelClass, Node, str]], valid: Iterable[tuple[api.Spec, Node, str]]
) -> list[Problem]:
    """`known`: models of components, with their nodes and places; `valid`: the specs that could be made of them."""
    known = list(known)
    finder = _Finder(tree, _eyes(known))
    finder.look_at(Settings, tree, "")
    for model, node, path in known:
        finder.look_at(model, node, path)
    return [*finder.problems, *_repeated_ids(valid)]


def _eyes(known: Iterable[tuple[ModelClass, Node, str]]) -> list[str]:
    """The names of the judges that are perceptors, which the losses among the judges look through."""
    head = f"{judge_checking.SECTION}."
    places = [path for model, _, path in known if issubclass(model, api.PerceptorSpec) and path.startswith(head)]
    return [path.removeprefix(head) for path in places]


class _Finder:
    def __init__(self, tree: Node, eyes: Sequence[str] = ()) -> None:
        self.tree, self.eyes = tree, eyes
        self.problems: list[Problem] = []

    def look_at(self, model: ModelClass, node: Node, path: str) -> None:
        for name, field in model.model_fields.items():
            given, place = node.value.get(name), f"{path}.{name}" if path else name
            for ref in refs_in([field.annotation, *field.metadata]):
                self._check(ref, given.value if given else field.default, given or node, place)
            if given and (models := _nested(field, set())):
                self._look_inside(models, given, place)

    def _look_inside(self, models: Collection[ModelClass], node: Node, path: str) -> None:
        """The references in mappings below `node`, such as a prompt's `perceptor`."""
        if node.is_list:
            for i, child in enumerate(node.value):
                self._look_inside(models, child, f"{path}[{i}]")
        for key, child in node.value.items() if node.is_mapping else ():
            fields = [model.model_fields[key] for model in models if key in model.model_fields]
            for ref in refs_in([part for field in fields for part in (field.annotation, *field.metadata)]):
                self._check(ref, child.value, child, f"{path}.{key}")
            self._look_inside(models, child, f"{path}.{key}")

    def _check(self, ref: api.Ref, wanted: Any, node: Node, path: str) -> None:
        names, section = self._named(ref.section), ref.section
        if section == "perceptors" and path.startswith(f"{judge_checking.SECTION}.") and self.eyes:
            names, section = list(self.eyes), judge_checking.SECTION
        if isinstance(wanted, str) and wanted not in names:
            text = f"there is no '{wanted}' in {section}{hint(wanted, names)}"
            self.problems.append(Problem(node.mark, path, text))

    def _named(self, section: str) -> list[str]:
        known = self.tree.value.get(section)
        parts = known.value if known and known.is_mapping else {}
        # One with null takes away what an extended preset has.
        return [name for name, part in parts.items() if part.value is not None]


def _repeated_ids(valid: Iterable[tuple[api.Spec, Node, str]]) -> Iterator[Problem]:
    """Two components of a section with one name would share their random numbers and their curve."""
    sections: dict[str, list[tuple[api.Spec, Node, str]]] = {}
    for spec, node, path in valid:
        # A component that another holds stands in a section of its own.
        section = path.rpartition("[")[0] if path.endswith("]") else path
        sections.setdefault(section, []).append((spec, node, path))
    for components in sections.values():
        yield from _shared_names(components)


def _shared_names(components: Sequence[tuple[api.Spec, Node, str]]) -> Iterator[Problem]:
    ids = Counter(spec.id for spec, _, _ in components if spec.id)
    names = Counter(numbered(spec.id or spec.type for spec, _, _ in components))
    seen: set[str] = set()
    for spec, node, path in components:
        # The first that says an id may keep it; one that is a number of artgen's own, such as `symmetry#2`, may not.
        if spec.id and (spec.id in seen or (ids[spec.id] == 1 and names[spec.id] > 1)):
            text = f"'{spec.id}' is taken by another of these; choose another id"
            yield Problem(node.value["id"].mark, f"{path}.id", text)
        seen.add(spec.id or "")


def refs_in(annotations: Iterable[Any]) -> Iterator[api.Ref]:
    """The marks in the annotations of a field, however deep."""
    for annotation in annotations:
        if isinstance(annotation, api.Ref):
            yield annotation
        yield from refs_in(get_args(annotation))


def _nested(field: FieldInfo, found: set[ModelClass]) -> set[ModelClass]:
    """`found` and the models that the field's value may be written as, with those inside them."""
    for model in set(models_in(field)) - found:
        found.add(model)
        for inner in model.model_fields.values():
            _nested(inner, found)
    return found
