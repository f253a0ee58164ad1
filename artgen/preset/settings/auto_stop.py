"""When to stop early: no progress for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from artgen.fields.schedules import At, Moment


class AutoStop(BaseModel):
    """Ends the run when the loss no longer falls."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

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


def _expand(value: Any) -> Any:
    return {True: AutoStop(), False: None}[value] if isinstance(value, bool) else value


AutoStopField = Annotated[AutoStop | None, BeforeValidator(_expand, json_schema_input_type=bool | AutoStop)]
"""The type of the preset's `auto_stop`: true for the defaults."""
