"""The JSON Schema of presets: the settings, and every component that the installed plugins offer."""

from __future__ import annotations

import json
from typing import Any

from artgen.presets import SECTIONS, Settings
from artgen.quality import LADDER
from artgen.registry import Offer, Registry, discover

_REF = "#/$defs/{model}"


def build(registry: Registry | None = None) -> dict[str, Any]:
    """The schema as plain data."""
    registry = registry or discover()
    schema = Settings.model_json_schema(ref_template=_REF)
    definitions = schema.setdefault("$defs", {})
    for section, (kind, shape) in SECTIONS.items():
        choices = [_define(offer, registry, definitions) for offer in registry.offers if offer.kind == kind]
        schema["properties"][section] = _shape({"oneOf": choices} if choices else False, shape)
    extends = {"type": "string", "description": "A preset to start from: a path beside this file, or a shipped one."}
    quality = {"enum": list(LADDER), "description": "How much work the picture is worth: multiplies steps and views."}
    schema["properties"] = {"extends": extends, "quality": quality, **schema["properties"]}
    schema["title"] = "artgen preset"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_tidy(schema)}


def to_json(registry: Registry | None = None) -> str:
    return json.dumps(build(registry), indent=2)


def _define(offer: Offer, registry: Registry, definitions: dict[str, Any]) -> dict[str, str]:
    """Add the component's schema to `definitions`, tagged by a `type` that must be given; returns its reference."""
    name = offer.name if offer.name in registry.names(offer.kind) else f"{offer.dist}:{offer.name}"
    schema = offer.spec.model_json_schema(ref_template=_REF)
    definitions.update(schema.pop("$defs", {}))
    schema["properties"]["type"] = {"const": name, "description": offer.summary}
    schema["required"] = sorted({"type", *schema.get("required", ())})
    schema["title"] = f"{offer.kind} {name}"
    definitions[f"{offer.kind}:{name}"] = schema
    return {"$ref": _REF.format(model=f"{offer.kind}:{name}")}


def _shape(component: dict[str, Any] | bool, shape: str) -> dict[str, Any]:
    if shape == "list":
        return {"type": "array", "items": component}
    if shape == "named":
        return {"type": "object", "additionalProperties": component}
    return component if isinstance(component, dict) else {}


def _tidy(value: Any) -> Any:
    """Without the titles that only repeat a field's name; defaults of schedules in the form presets write."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy = {key: _tidy(item) for key, item in value.items()}
    if isinstance(tidy.get("title"), str) and "type" in tidy and "properties" not in tidy:
        del tidy["title"]
    if "default" in tidy:
        tidy["default"] = _plain(tidy["default"])
    return tidy


def _plain(default: Any) -> Any:
    """A default that is a schedule, or a list of them, as presets write it."""
    if isinstance(default, list):
        return [_plain(item) for item in default]
    if not (isinstance(default, dict) and "points" in default):
        return default
    points = {str(at["number"]) + "%" * at["percent"]: number for at, number in default["points"]}
    return next(iter(points.values())) if len(points) == 1 else points
