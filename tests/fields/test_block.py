"""What every block of settings has in common."""

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from artgen.errors import PresetError
from artgen.fields.block import Block
from artgen.fields.introspection import models_in, written_types
from artgen.fields.schedules import Schedule
from artgen.preset import loading
from artgen.preset.model import Settings
from artgen.registry.plugins import discover


class Inner(Block):
    count: Annotated[int, Field(ge=1)] = 1
    share: float | None = None
    pair: tuple[float, float] = (0, 1)
    level: bool | float = 0.5
    name: str = ""


class Outer(Block):
    inner: Inner | float = 1


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        ({"count": True}, "count", "expected a whole number, got true"),
        ({"share": False}, "share", "expected a number, got false"),
        ({"pair": [0, True]}, "pair", "expected a number, got true"),
    ],
)
def test_true_and_false_are_no_numbers_however_deep(data, place, message):
    for model, given in ((Inner, data), (Outer, {"inner": data})):
        with pytest.raises(ValidationError) as caught:
            model.model_validate(given)
        assert (place, message) in [(error["loc"][-1], error["msg"]) for error in caught.value.errors()]
    assert Inner(level=True).level is True


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"film": {"fps": True}}, "film.fps: expected a number, got true"),
        ({"film": {"camera": {"depth": {"picture": "x.png"}, "pan_x": True}}}, "film.camera.pan_x: expected a number"),
        ({"film": None, "start": {"colour": "red", "cells": True}}, "start.cells: expected a whole number, got true"),
        ({"steps": True}, "steps: expected a whole number, got true"),
        ({"auto_stop": {"progress": True}}, "auto_stop.progress: expected a number, got true"),
        ({"prompts": {"text": "a", "stop": True}}, "prompts.stop: expected a number, got true"),
        ({"losses": [{"type": "clip", "scale": True}]}, "losses[0].scale: expected a number, got true"),
    ],
)
def test_a_preset_is_told_where(changes, line):
    with pytest.raises(PresetError) as caught:
        loading.parse({"extends": "zoom", **changes})
    assert line in str(caught.value)


def blocks(model, found):
    """The block, and those that it holds."""
    if model not in found:
        found[model] = None
        for field in model.model_fields.values():
            for inner in models_in(field):
                blocks(inner, found)
    return found


def test_no_number_of_any_component_may_be_true():
    """Also those that read more than numbers, such as colours and schedules: `true` is 1 in Python."""
    found = {}
    for model in (Settings, *(component.spec for component in discover().components)):
        blocks(model, found)
    assert len(found) > 50
    for model in found:
        for name, field in model.model_fields.items():
            types = list(written_types(field.annotation))
            if {int, float, Schedule}.isdisjoint(one for one in types if isinstance(one, type)) or bool in types:
                continue
            given = field.alias or name
            with pytest.raises(ValidationError) as caught:
                model.model_validate({given: True})
            assert given in {error["loc"][0] for error in caught.value.errors()}, f"{model.__name__}.{name}"
