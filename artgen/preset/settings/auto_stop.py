"""When to stop early: no progress for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block, switch
from artgen.fields.moments import At, Moment


class AutoStop(Block):
    """Ends the run when the loss no longer falls."""

    patience: Moment = At(15, percent=True)
    """How many steps (or what share of the run) may pass without progress."""
    progress: Annotated[float, Field(ge=0, lt=1)] = 0.002
    """By what share of itself the loss must fall to count as progress."""

    def is_stuck(self, totals: Sequence[float], steps: int) -> bool:
        """Whether the last `patience` totals, averaged, are no better than the best such average before them."""
        patience = max(1, round(self.patience.step(steps)))
        if len(totals) < 2 * patience:
            return False
        latest = sum(totals[-patience:]) / patience
        earlier = sum(totals[-2 * patience : -patience]) / patience
        return latest > earlier - self.progress * abs(earlier)


AutoStopField = Annotated[AutoStop | None, BeforeValidator(switch(AutoStop), json_schema_input_type=bool | AutoStop)]
"""The type of the preset's `auto_stop`: true for the defaults."""
