"""What forms are told of a setting: the mark of its plugin, and what follows from bounds and defaults without one."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from artgen.api import Angle, Point, Region, Schedule, Slider, Within
from artgen.colours import Colour, PaletteColours
from artgen.fields.block import Block
from artgen.fields.widgets import KEY, faults, resolved

Share = Annotated[float, Field(ge=0, le=1)]
RAW = {"json_schema_extra": {KEY: {"kind": "<script>", "html": "<b>"}}}


def model(annotation: Any, default: Any = ..., **others: Any) -> type[Block]:
    body = {"__annotations__": {"it": annotation, **dict.fromkeys(others, float), **others}}
    return type("Model", (Block,), body if default is ... else {**body, "it": default})


def told(annotation: Any, default: Any = ...) -> Any:
    schema = model(annotation, default).model_json_schema()
    assert list(faults(schema)) == []
    return resolved(schema["properties"]["it"])


def fault(annotation: Any, default: Any = ..., **others: Any) -> str:
    (line,) = faults(model(annotation, default, **others).model_json_schema())
    return line


def slider(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"kind": "slider", "scale": "linear", "low": low, "high": high, **more}


@pytest.mark.parametrize(
    ("annotation", "default", "wanted"),
    [
        (Share, 0.5, slider(0, 1)),
        (Annotated[float, Field(gt=0, lt=1)] | None, None, slider(0.001, 0.999)),
        (Annotated[int, Field(ge=1, lt=65)], 4, slider(1, 64)),
        (Annotated[Schedule, Within(ge=0)], Schedule.constant(3), slider(0, 12)),
        (Schedule, Schedule.parse({0: -1, "50%": 0}), slider(-2, 1)),
        (Schedule, Schedule.constant(1), slider(0, 4)),
        (Annotated[int, Field(ge=1, le=4096)], 24, slider(1, 4096, scale="log")),
        (float, 0.5, None),
        (Annotated[int, Field(ge=1, le=1_000_000)], 4, None),
        (Share | str, 0.5, None),
    ],
)
def test_a_number_without_a_mark_has_the_slider_that_its_bounds_allow(annotation, default, wanted):
    assert told(annotation, default) == wanted


@pytest.mark.parametrize(
    ("annotation", "default", "wanted"),
    [
        (Annotated[float, Slider(-1, 1, step=0.5, unit="px")], 0.0, slider(-1, 1, step=0.5, unit="px")),
        (Annotated[Schedule, Within(gt=0), Slider(scale="log")], Schedule.constant(0.1), slider(0.002, 2, scale="log")),
        (Annotated[float, Field(ge=0, le=10), Slider(scale="log")], 1.0, slider(0.02, 10, scale="log")),
        (Annotated[Share, Slider(high=0.5)], 0.1, slider(0, 0.5)),
        (Annotated[Share | str, Slider()], 0.1, slider(0, 1)),
        (Annotated[Schedule, Angle(-90, 90)], Schedule.constant(0), {"kind": "angle", "low": -90, "high": 90}),
        (Colour, "red", {"kind": "colour"}),
        (Colour | None, None, {"kind": "colour"}),
        (Annotated[tuple[Share, Share], Point()], (0.5, 0.5), {"kind": "point"}),
        (Annotated[tuple[Share, Share, Share, Share], Region()], (0, 0, 1, 1), {"kind": "region"}),
    ],
)
def test_a_mark_is_told_as_data(annotation, default, wanted):
    assert told(annotation, default) == wanted


@pytest.mark.parametrize("annotation", [tuple[Colour, ...], PaletteColours, PaletteColours | None])
def test_a_list_of_colours_is_known_as_one(annotation):
    assert told(annotation, ("red",)) == {"kind": "colours"}


def test_each_of_a_list_of_colours_has_a_wheel():
    schema = model(tuple[Colour, ...], ()).model_json_schema()
    assert schema["properties"]["it"]["items"][KEY] == {"kind": "colour"}


def test_two_settings_are_one_point():
    schema = model(Annotated[Share, Point(y="down")], 0.5, down=Share).model_json_schema()
    assert list(faults(schema)) == []
    assert resolved(schema["properties"]["it"]) == {"kind": "point", "y": "down"}


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        (Annotated[Share, Slider(0, 2)], "its high is 2, and the setting must be at least 0 and at most 1"),
        (Annotated[Schedule, Within(gt=0), Slider(0, 1)], "its low is 0, and the setting must be more than 0"),
        (Annotated[float, Slider(2, 1)], "it goes from 2 to 1; 'low' is the smaller one"),
        (Annotated[float, Slider(0, float("nan"))], "its high is nan; expected a number"),
        (Annotated[float, Slider("0", 1)], "its low is '0'; expected a number"),
        (Annotated[float, Slider(0, 1, step=-1)], "its step is -1; expected more than 0"),
        (Annotated[float, Slider(0, 1, scale="log")], "its low 0; expected more than 0"),
        (Annotated[float, Slider(scale="log")], "its scale is log, and neither 'low' nor"),
        (Annotated[float, Slider(0, 1, scale="lin")], "its scale is 'lin'; choose from linear, log"),
        (Annotated[float, Slider(0, 1, unit="<b>" * 99)], "its unit is '<b><b>"),
        (Annotated[float, Slider(0, 1, unit="a\nb")], "expected at most 12 characters"),
        (Annotated[int, Slider(0, 1.5)], "its high is 1.5, and the setting is a whole number"),
        (Annotated[str, Slider(0, 1)], "a slider is for a number"),
        (Annotated[Share, Angle()], "its high is 360, and the setting must be"),
        (Annotated[tuple[float, float, float], Point()], "a point is for a pair of numbers"),
        (Annotated[tuple[int, int], Point()], "shares of the picture are no whole numbers"),
        (Annotated[Share, Point()], "or for a number that names its 'y'"),
        (Annotated[Share, Point(y="dwon")], "its y is 'dwon', which is no setting; did you mean 'down'?"),
        (Annotated[Annotated[float, Field(ge=0, le=0.5)], Point(y="down")], "the whole picture is 0 to 1"),
        (Annotated[Schedule, Point(y="down")], "a point is for numbers that stay as they are"),
        (Annotated[tuple[Share, Share], Region()], "a region is for four numbers"),
        (Annotated[float, Field(**RAW)], "there is no kind '<script>'; choose from angle, colour"),
        (Annotated[float, Field(json_schema_extra={KEY: {"kind": "colour", "html": "x"}})], "colour has no 'html'"),
        (Annotated[float, Field(json_schema_extra={KEY: "<b>"})], "<b> is no mapping"),
    ],
)
def test_what_is_wrong_is_said_with_the_setting(annotation, says):
    line = fault(annotation, down=Share)
    assert line.startswith("the widget of 'it': ") and says in line and "\n" not in line
    assert len(line) < 200


def test_a_mistake_in_settings_within_settings_is_found_too():
    inner = model(Annotated[Share, Slider(0, 2)])
    assert "its high is 2" in fault(inner | None, None)
    assert "its high is 2" in fault(tuple[Annotated[Share, Slider(0, 2)], ...], ())


@given(
    bounds=st.fixed_dictionaries({}, optional={name: st.floats(-1e6, 1e6) for name in ("ge", "gt", "le", "lt")}),
    default=st.floats(-1e6, 1e6),
    scale=st.sampled_from(["linear", "log"]),
    is_whole=st.booleans(),
)
def test_every_slider_that_is_let_pass_has_a_range(bounds, default, scale, is_whole):
    number = {"type": "integer" if is_whole else "number", "default": default}
    names = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
    number |= {names[bound]: float(round(value)) if is_whole else value for bound, value in bounds.items()}
    number[KEY] = {"kind": "slider", "scale": scale}
    if not list(faults({"properties": {"it": number}})):
        made = resolved(number)
        assert made["low"] < made["high"]
        assert scale == "linear" or made["low"] > 0
