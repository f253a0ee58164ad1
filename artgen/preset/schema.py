"""The JSON Schema of presets: the settings, and every component that the installed plugins offer.

Its form is what editors show best: each component is chosen by ``if`` its `type` is this ``then``, so that a wrong or
missing setting is named alone, and the words beside the standard's (`markdownEnumDescriptions`, `defaultSnippets`,
`markdownDescription`, `deprecationMessage`) are those that VS Code's JSON and YAML servers read.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from artgen.deprecation import Formerly
from artgen.errors import Notice
from artgen.fields.introspection import old_settings, parts_of
from artgen.fields.moments import At
from artgen.fields.widgets import KEY, resolved
from artgen.preset.model import SECTIONS, Preset, Settings
from artgen.preset.settings.quality import QUALITIES
from artgen.registry.component import Component
from artgen.registry.fence import SettingsError, asked
from artgen.registry.offers import written
from artgen.registry.plugins import Registry, discover
from artgen.sound.settings import Sound

_REF = "#/$defs/{model}"
_WORDS = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false", "array": "list"}
"""What editors call the kinds of value that a setting may have."""


def build(registry: Registry | None = None) -> dict[str, Any]:
    """The schema as plain data."""
    registry = registry or discover()
    schema = _of(Settings)
    definitions = schema.setdefault("$defs", {})
    typed: dict[str, Any] = {}
    held = {kind for component in registry.components for kind in parts_of(component.spec).values()}
    left_out: set[str] = set()
    for section, (kind, shape) in SECTIONS.items():
        component = _component(kind, registry, definitions, left_out)
        if kind in held or section == "draft":
            definitions[kind] = component
        about = {"description": Preset.model_fields[section].description}
        if shape == "one" and not Preset.model_fields[section].is_required():
            given = {"allOf": [{"$ref": _REF.format(model=kind)}, {"required": ["type"]}]}
            schema["properties"][section] = about | {"anyOf": [given, {"type": "null"}]}
            continue
        schema["properties"][section] = about | _shape(component, shape)
        typed[section] = {"type": ["array", "null"]} if shape == "list" else _shape({"required": ["type"]}, shape)
    extends = {"type": "string", "description": "A preset to start from: a path beside this file, or a shipped one."}
    quality = {
        "enum": list(QUALITIES),
        "description": "How much work the picture is worth: multiplies steps and views.",
    }
    schema["properties"] = {"extends": extends, "quality": quality, **schema["properties"]}
    schema["title"] = "artgen preset"
    # A preset that extends another may change a setting of a component whose type stands there, by its name.
    schema |= {"if": {"required": ["extends"]}, "else": {"properties": typed}}
    definitions["Sound"] = {**_of(Sound), "title": "a number that follows a song"}
    named = _with_examples(_with_sounds(schema), {"palette": written(registry.offers.palettes)})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_with_widgets(_tidy(named))}


def to_json(registry: Registry | None = None) -> str:
    return json.dumps(build(registry), indent=2)


def _of(model: type[BaseModel]) -> dict[str, Any]:
    """The model's own schema, with the old names of its settings."""
    schema = model.model_json_schema(ref_template=_REF)
    for old, (new, formerly) in old_settings(model).items():
        schema["properties"][old] = _deprecated(schema["properties"][new], new, formerly)
        if new in schema.get("required", ()):
            schema["required"].remove(new)
            schema.setdefault("allOf", []).append({"anyOf": [{"required": [new]}, {"required": [old]}]})
    return schema


def _deprecated(schema: dict[str, Any], new: str, formerly: Formerly) -> dict[str, Any]:
    text = f"Called '{new}' since {formerly.since}; the old name goes in {formerly.until}."
    return {**schema, "deprecated": True, "description": text, "deprecationMessage": text}


def _component(kind: str, registry: Registry, definitions: dict[str, Any], left_out: set[str]) -> dict[str, Any] | bool:
    """A component of the kind: which types there are, and for each, in `definitions`, what else may be said.

    `left_out` holds why some are not among them; what stands in several sections is told once.
    """
    components: list[Component] = []
    branches: list[dict[str, Any]] = []
    for component in registry.offered(kind):
        try:
            with asked(f"{component.kind} '{component.name}' ({component.owner})"):
                found, its_own = _branches(component, kind, registry)
                json.dumps(its_own)
        except SettingsError as error:
            if str(error) not in left_out:
                left_out.add(str(error))
                warnings.warn(f"{error}; it is left out of the schema", Notice, stacklevel=2)
            continue
        components.append(component)
        branches += found
        definitions.update(its_own)
    if not branches:
        return False
    types = [(registry.written(component, kind), component.summary) for component in components]
    snippets = [{"label": name, "description": summary, "body": {"type": name}} for name, summary in types]
    return {
        "title": kind,
        "type": "object",
        "properties": {"type": _types(kind, dict(types), sorted(_other_names(components) - dict(types).keys()))},
        "defaultSnippets": snippets,
        "allOf": branches,
    }


def _other_names(components: list[Component]) -> set[str]:
    """What may be written besides: old names, and those that say whose a component is, as recipes have them."""
    former = {old.name for one in components for old in one.spec.formerly}
    return former | {one.full_name for one in components}


def _types(kind: str, summaries: dict[str, str], former: list[str]) -> dict[str, Any]:
    """What `type` may be: the names that there are, or another one."""
    about = f"Which {kind}: those that are installed."
    now = {"enum": list(summaries), "markdownEnumDescriptions": list(summaries.values()), "description": about}
    return {"anyOf": [now, _not_completed(*former)]} if former else now


def _not_completed(*words: str) -> dict[str, Any]:
    """One of the words, but as a pattern, which editors do not offer."""
    return {"type": "string", "pattern": f"^({'|'.join(map(re.escape, words))})$"}


def _branches(component: Component, kind: str, registry: Registry) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """``if`` the type is the component's, or was, ``then`` its definition; and the definitions."""
    schema = _of(component.spec)
    for setting, held in parts_of(component.spec).items():
        whole = {"allOf": [{"$ref": _REF.format(model=held)}, {"required": ["type"]}]}
        schema["properties"][setting] = {"description": schema["properties"][setting].get("description", ""), **whole}
    branches: list[dict[str, Any]] = []
    definitions: dict[str, Any] = schema.pop("$defs", {})
    name = registry.written(component, kind)
    tags = {name: {"const": name, "description": component.summary}}
    if component.full_name != name:
        tags[component.full_name] = _not_completed(component.full_name)
    for old in component.spec.formerly:
        tags[old.name] = _deprecated(_not_completed(old.name), name, old)
    for tagged, tag in tags.items():
        definition = {**schema, "properties": {**schema["properties"], "type": tag}}
        definitions[f"{component.kind}:{tagged}"] = {**definition, "title": f"{component.kind} {tagged}"}
        test = {"type": "object", "properties": {"type": {"const": tagged}}, "required": ["type"]}
        branches.append({"if": test, "then": {"$ref": _REF.format(model=f"{component.kind}:{tagged}")}})
    return branches, definitions


def _shape(component: dict[str, Any] | bool, shape: str) -> dict[str, Any]:
    """One component, a list of them or a mapping by name; null takes those away that an extended preset has.

    A list may be a mapping, too, which changes the items of an extended preset's.
    """
    if shape == "list":
        named: Any = {"additionalProperties": component}
        if isinstance(component, dict):
            named = {"additionalProperties": {**component, "type": ["object", "null"]}}
            component = {**component, "required": ["type"]}
        return {"type": ["array", "object", "null"], "items": component, **named}
    if shape == "named":
        if isinstance(component, dict) and "type" in component:
            component = {**component, "type": ["object", "null"]}
        return {"type": ["object", "null"], "additionalProperties": component}
    return component if isinstance(component, dict) else {}


def _with_examples(value: Any, offered: Mapping[str, Sequence[str]]) -> Any:
    """With the names of what plugins offer, where a text may be one of them, for editors to propose."""
    if isinstance(value, list):
        return [_with_examples(item, offered) for item in value]
    if not isinstance(value, dict):
        return value
    whole = {key: _with_examples(item, offered) for key, item in value.items()}
    # Which may also be what a setting is called, and then a schema of its own.
    kind = whole.pop("offered") if isinstance(whole.get("offered"), str) else ""
    return {**whole, "examples": list(offered[kind])} if offered.get(kind) else whole


def _with_sounds(value: Any) -> Any:
    """With a song to follow, where a number may have a value for each frame."""
    if isinstance(value, list):
        return [_with_sounds(item) for item in value]
    if not isinstance(value, dict):
        return value
    whole = {key: _with_sounds(item) for key, item in value.items()}
    branches = whole.get("anyOf", ())
    if any("each" in branch.get("properties", ()) for branch in branches):
        whole["anyOf"] = [*branches, {"$ref": _REF.format(model="Sound")}]
    return whole


def _tidy(value: Any) -> Any:
    """Without what editors would show as noise: titles that repeat a field's name, defaults that mean nothing given."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy = {key: _tidy(item) for key, item in value.items()}
    if isinstance(tidy.get("title"), str) and "properties" not in tidy:
        del tidy["title"]
    if "patternProperties" in tidy:
        tidy["title"] = "numbers over the run"
    if set(tidy.get("properties", ())) == {"each"}:
        tidy["title"] = "a number for each step"
    for branch, given in zip(tidy.get("anyOf", ()), value.get("anyOf", ()), strict=True):
        if isinstance(given.get("title"), str):  # which nothing gives by itself to what a setting may be
            branch["title"] = given["title"]
        if branch.get("type") in _WORDS:
            branch.setdefault("title", _WORDS[branch["type"]])
    if "default" in tidy:
        tidy["default"] = _plain(tidy["default"])
        if tidy["default"] in (None, [], ""):
            del tidy["default"]
    if isinstance(tidy.get("description"), str) and "`" in tidy["description"]:
        tidy["markdownDescription"] = tidy["description"]
    return tidy


def _with_widgets(value: Any) -> Any:
    """With how each setting is edited, beside its description."""
    if isinstance(value, list):
        return [_with_widgets(item) for item in value]
    if not isinstance(value, dict):
        return value
    whole = {key: _with_widgets(item) for key, item in value.items()}
    if isinstance(settings := whole.get("properties"), dict):
        whole["properties"] = {name: _with_widget(setting) for name, setting in settings.items()}
    return whole


def _with_widget(setting: Any) -> Any:
    found = resolved(setting) if isinstance(setting, dict) else None
    return {**setting, KEY: found} if found else setting


def _plain(default: Any) -> Any:
    """A default that is a schedule or a moment, or a list of them, as presets write it."""
    if isinstance(default, list):
        return [_plain(item) for item in default]
    if isinstance(default, dict) and set(default) == set(At.__dataclass_fields__):
        moment = At(**default)
        return str(moment) if moment.percent or moment.unit else moment.number
    if not (isinstance(default, dict) and "points" in default):
        return default
    points = {str(At(**at)): number for at, number in default["points"]}
    return next(iter(points.values())) if len(points) == 1 else points
