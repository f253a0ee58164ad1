"""Things with nothing around them: a generator that knows what it drew says so; of others the shape is found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block, switch
from artgen.fields.schedules import Schedule, Within
from artgen.fields.widgets import Slider


class Transparency(Block):
    """An alpha channel; the picture is judged over ever changing backgrounds.

    A generator that knows what it draws says what its things cover. Of any other drawing that is found like the drawing
    itself, by the losses' gradient.
    """

    edges: Literal["hard", "soft"] = "hard"
    """`hard`: cut as with scissors, without specks, and with the drawing's own colours up to the edge; `soft`: what is
    half see-through stays so."""
    weight: Annotated[Schedule, Within(ge=0), Slider(0, 5)] = Schedule.parse({0: 0, "20%": 2})
    """Where the shape is found: `weight` x the mean alpha is added to the loss, a pull towards see-through."""
    cells: Annotated[int, Field(ge=1, le=4096)] = 64
    """Where the shape is found: how many numbers lie along the longer side; few make round outlines."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.2)
    """Where the shape is found: length of a step."""
    opacity: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Where the shape is found: alpha at the start, all over."""


TransparencyField = Annotated[
    Transparency | None, BeforeValidator(switch(Transparency), json_schema_input_type=bool | Transparency)
]
"""The type of the preset's `transparent`: true for the defaults."""
