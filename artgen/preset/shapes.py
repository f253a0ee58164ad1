"""What stands at a place of a preset's tree: settings, which layers change one by one, or a value, which they replace.

A schedule, a palette, a size or a list of prompts is one value, though it may be written as a mapping: half a schedule
of one file and half of another would be numbers that nobody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator

from artgen.errors import InputError
from artgen.fields.block import OneValue
from artgen.fields.introspection import parts_of
from artgen.preset.model import SECTIONS, Settings
from artgen.preset.nodes import Node
from artgen.registry.plugins import Registry

Shape = Callable[[str, Node, Node], "Shape | None"]
"""Of a mapping: what stands under a key of it, given the mapping of either layer; None for a value."""


@dataclass(frozen=True)
class Items:
    """Of a list of components, or a mapping of their names: each of them is of one shape."""

    item: Shape

    def __call__(self, key: str, base: Node, over: Node) -> Shape | None:
        return self.item


def anything(key: str, base: Node, over: Node) -> Shape | None:
    """Of a mapping of which nothing is known, such as a component that is not installed: all in it are settings."""
    return anything


def of_preset(registry: Registry) -> Shape:
    """Of a whole preset."""

    def inside(key: str, base: Node, over: Node) -> Shape | None:
        if key not in SECTIONS:
            return of_settings([Settings])(key, base, over)
        kind, shape = SECTIONS[key]
        component = _of_components(registry, kind)
        return component if shape == "one" else Items(component)

    return inside


def _of_components(registry: Registry, kind: str) -> Shape:
    def inside(key: str, base: Node, over: Node) -> Shape | None:
        typed = next((layer for layer in (over, base) if "type" in layer.value), None)
        try:
            spec = registry.find(kind, str(typed.value["type"].value)).spec if typed else None
        except InputError:
            spec = None  # what to say of it is the checker's affair
        if spec and key in (held := parts_of(spec)):
            return _of_components(registry, held[key])
        return of_settings([spec])(key, base, over) if spec else anything

    return inside


def of_settings(models: Iterable[type[BaseModel]]) -> Shape:
    """Of the settings of any of the models."""
    models = tuple(models)

    def inside(key: str, base: Node, over: Node) -> Shape | None:
        inner = [block for model in models for block in _blocks(model, key)]
        return of_settings(inner) if inner else None

    return inside


def _blocks(model: type[BaseModel], name: str) -> Iterator[type[BaseModel]]:
    """The models whose settings a setting may hold; none of a list's items."""
    for key, field in model.model_fields.items():
        if name in (key, field.alias):
            yield from _alternatives(field.annotation)


def _alternatives(annotation: Any) -> Iterator[type[BaseModel]]:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        # What has several notations, such as a palette, is one value in each of them.
        if not any(isinstance(mark, Discriminator | OneValue) for mark in marks):
            yield from _alternatives(inner)
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
