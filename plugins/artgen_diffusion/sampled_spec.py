"""The settings of every generator that denoises step by step and is steered on the way. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from artgen.api import GeneratorSpec, LooksAhead, Need, Schedule, Slider, Within

STRENGTH = 0.7


class SampledSpec(GeneratorSpec):
    """From noise to a picture in the preset's `steps`, times `recurrence`; each step follows the losses' gradient."""

    can_paint: ClassVar[bool] = True
    scheduler: Literal["ddim", "ddpm", "dpm++"] = "ddim"
    """`ddim`: straight; `ddpm`: with fresh noise at each step; `dpm++`: two-step solver for few steps."""
    spacing: Literal["leading", "trailing", "linspace"] | None = None
    """Which noise levels are visited, as diffusers calls it; default: as the model was published, Karras's too."""
    eta: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Fresh noise at each step, from none (0) to as much as `ddpm` (1)."""
    through: Literal["network", "estimate"] = "network"
    """Where the gradient is taken: at the noisy sample, `network`, or at the clean estimate (half the time, memory)."""
    guidance: Annotated[Schedule, Within(ge=0), Slider(0, 2)] = Schedule.constant(0.3)
    """How hard the losses pull; 0: not at all. Where `normalise` is on, 1 moves the estimate as far as the noise."""
    normalise: bool = True
    """Give each picture's gradient the same length, so that one `guidance` fits every loss, prompt and size."""
    clamp: Annotated[float, Field(gt=0)] | None = None
    """For `normalise: false`: the largest root mean square of a picture's gradient."""
    recurrence: Annotated[Schedule, Within(ge=1, le=100), Slider(1, 10), LooksAhead()] = Schedule.constant(1)
    """How often each step is done, going back to its noise level in between: slower, follows the losses better."""
    strength: Annotated[float, Field(gt=0, le=1)] = STRENGTH
    """How much of the preset's `start` is turned to noise first, and the share of the steps that is run; 1: all."""

    def needs(self) -> Set[Need]:
        return {Need.START, Need.ALL_STEPS}

    def misfits(self) -> Iterable[str]:
        if self.scheduler == "ddpm" and self.eta:
            yield "'eta' belongs to 'ddim' and 'dpm++'; 'ddpm' always has the noise of eta 1"
        if self.normalise and self.clamp is not None:
            yield "'clamp' belongs to 'normalise: false'; a normalised gradient is always as long"
