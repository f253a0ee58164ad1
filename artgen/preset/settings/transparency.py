"""Pictures with holes: how much of the canvas is see-through is found like the drawing itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block, switch
from artgen.fields.schedules import Schedule, Within


class Transparency(Block):
    """An alpha channel that the losses' gradient moves; the picture is judged over ever changing backgrounds."""

    weight: Annotated[Schedule, Within(ge=0)] = Schedule.parse({0: 0, "20%": 2})
    """Pull towards see-through: `weight` x the mean alpha is added to the loss."""
    cells: Annotated[int, Field(ge=1, le=4096)] = 64
    """How many numbers lie along the longer side; few make soft outlines."""
    learning_rate: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0.2)
    """Length of a step."""
    opacity: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Alpha at the start, all over."""


TransparencyField = Annotated[
    Transparency | None, BeforeValidator(switch(Transparency), json_schema_input_type=bool | Transparency)
]
"""The type of the preset's `transparent`: true for the defaults."""
