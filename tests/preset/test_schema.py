"""The JSON Schema of presets: it takes what `artgen check` takes, and documents every setting."""

import json

from jsonschema import Draft202012Validator

from artgen.preset import loading


def test_the_schema_accepts_what_check_accepts(artgen, flat):
    schema = json.loads(artgen("schema", code=0).stdout)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    validator.validate(flat)
    validator.validate(json.loads(json.dumps(loading.parse(flat).resolved())))
    for wrong in ({"stepz": 3}, {"generator": {"start": 0.1}}, {"losses": [{"type": "drak"}]}, {"seed": -1}):
        assert list(validator.iter_errors({**flat, **wrong})), wrong


def test_the_schema_documents_every_setting(artgen):
    schema = json.loads(artgen("schema", ARTGEN_PLUGINS="artgen", code=0).stdout)
    models = {"preset": schema, **{name: model for name, model in schema["$defs"].items() if ":" in name}}
    sections = {"generator", "perceptors", "views", "losses", "filters", "reporters"}
    for name, model in models.items():
        for key, field in model["properties"].items():
            assert key in sections or field.get("description"), f"{name}.{key} has no description"
