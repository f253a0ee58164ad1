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


def test_a_number_may_follow_a_song_in_the_schema_too(artgen, flat):
    validator = Draft202012Validator(json.loads(artgen("schema", code=0).stdout))

    def says(number):
        film = {"seconds": 3, "camera": {"zoom": number}}
        losses = [{"type": "saturation", "weight": number}]
        return not validator.is_valid({**flat, "film": film}), not validator.is_valid({**flat, "losses": losses})

    for right in ({"sound": "a.wav"}, {"sound": "a.wav", "of": "beats", "band": [40, 90], "low": -1, "smooth": "0.1s"}):
        assert says(right) == (False, False)
    for wrong in ({"sound": 3}, {"band": "bass"}, {"sound": "a.wav", "band": "bas"}, {"sound": "a.wav", "lo": 1}):
        assert says(wrong) == (True, True)


def test_the_schema_says_how_settings_are_edited(artgen):
    schema = json.loads(artgen("schema", code=0).stdout)
    settings = schema["$defs"]["filter:aimed"]["properties"]
    told = {name: setting["x-artgen-widget"] for name, setting in settings.items() if "x-artgen-widget" in setting}
    assert told == {
        "centre": {"kind": "point"},
        "across": {"kind": "point", "y": "down"},
        "down": {"kind": "slider", "scale": "linear", "low": 0, "high": 1},
        "box": {"kind": "region"},
        "turn": {"kind": "angle", "low": -180, "high": 180},
        "force": {"kind": "slider", "scale": "log", "low": 0.01, "high": 100, "unit": "<b>&'\"</b>"},
        "ink": {"kind": "colour"},
        "inks": {"kind": "colours"},
    }
    assert schema["properties"]["steps"]["x-artgen-widget"]["scale"] == "log"
