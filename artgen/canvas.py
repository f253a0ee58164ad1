"""What generators that optimise a canvas of numbers share: their fields, colour space and optimiser.

Light to import (torch only inside), so that a spec may inherit from `CanvasSpec`, or from `DescentSpec` where the
numbers are no colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from artgen.api import GeneratorSpec, Schedule, Within
from artgen.fields.widgets import Slider
from artgen.picture.components import components, without_specks
from artgen.picture.reading import picture_size, read_layer, read_mask, read_picture

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "CanvasSpec",
    "Colours",
    "Descending",
    "Descent",
    "DescentSpec",
    "components",
    "covered",
    "from_rgb",
    "in_range",
    "picture_size",
    "read_layer",
    "read_mask",
    "read_picture",
    "to_rgb",
    "without_specks",
]

Colours = Literal["rgb", "decorrelated"]
"""How numbers become colours: a sigmoid each, or along the axes on which natural pictures' colours vary."""

_OPTIMISERS: dict[str, tuple[str, dict[str, float]]] = {
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "nadam": ("NAdam", {}),
    "radam": ("RAdam", {}),
    "rmsprop": ("RMSprop", {}),
    "sgd": ("SGD", {"momentum": 0.9}),
    "adagrad": ("Adagrad", {}),
    "adamax": ("Adamax", {}),
}

# The square root of the covariance of ImageNet's colours, from Olah, Mordvintsev & Schubert, "Feature
# Visualization" (Distill 2017); there, as here, divided by the length of its longest column.
_COVARIANCE_ROOT = ((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03))
_LONGEST = max(sum(row[column] ** 2 for row in _COVARIANCE_ROOT) ** 0.5 for column in range(3))


class _ColouredSpec(GeneratorSpec):
    colours: Colours = "decorrelated"
    """How numbers become colours: `rgb`, a sigmoid each; `decorrelated`, along natural pictures' colour axes."""


class DescentSpec(GeneratorSpec):
    """Numbers that an optimiser moves: the fields that `Descent` reads."""

    optimiser: Literal["adam", "adamw", "nadam", "radam", "rmsprop", "sgd", "adagrad", "adamax"] = "adam"
    """How the gradient moves the numbers; `sgd` has momentum 0.9."""
    learning_rate: Annotated[Schedule, Within(ge=0), Slider(scale="log")] = Schedule.constant(0.05)
    """Length of a step; may change over the run."""
    decay: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0)
    """Pull towards zero: `decay` x mean square of the numbers is added to the loss (`adamw`: decoupled)."""
    clip_gradient: Annotated[float, Field(gt=0)] | None = None
    """The greatest length of a picture's gradient over all its numbers; longer ones are shortened to it."""
    ema: Annotated[float, Field(ge=0, lt=1)] = 0
    """The final picture shows the numbers averaged over about 1 / (1 - ema) steps, such as 0.99; 0: the last ones."""


class CanvasSpec(DescentSpec, _ColouredSpec):
    """A canvas of numbers that become colours."""

    decay: Annotated[Schedule, Within(ge=0)] = Schedule.constant(0)
    """Pull towards mid-grey: `decay` x mean square of the numbers is added to the loss (`adamw`: decoupled)."""


def _matrix(like: Tensor) -> Tensor:
    values: Tensor = like.new_tensor(_COVARIANCE_ROOT) / _LONGEST
    return values


def to_rgb(values: Tensor, colours: Colours) -> Tensor:
    """(B, 3, H, W) of any numbers to colours in (0, 1)."""
    if colours == "decorrelated":
        values = (_matrix(values) @ values.flatten(2)).view_as(values)
    return values.sigmoid()


def from_rgb(image: Tensor, colours: Colours) -> Tensor:
    """The numbers that `to_rgb` turns into `image`, with white and black moved 2 % inwards to stay finite."""
    values = image.logit(eps=0.02)
    if colours == "decorrelated":
        values = (_matrix(image).inverse() @ values.flatten(2)).view_as(values)
    return values


def in_range(values: Tensor, low: float = 0, high: float = 1) -> Tensor:
    """Clamped to [low, high]; where a value is outside, only a gradient that moves it inwards passes.

    As the VQGAN+CLIP notebooks do (K. Crowson, 2021); a plain clamp would lose that gradient too.
    """
    clamped, passing = values.detach().clamp(low, high), values + 0
    if not passing.requires_grad:
        return clamped

    def inwards(gradient: Tensor) -> Tensor:
        return gradient.masked_fill(((values > high) & (gradient < 0)) | ((values < low) & (gradient > 0)), 0)

    passing.register_hook(inwards)
    return clamped + (passing - passing.detach())  # the bracket is exactly 0


def covered(cover: Tensor, cells: tuple[int, int]) -> Tensor:
    """Which of so many rows and columns of cells (1, 1, H, W) touches with more than 0: ``(1, 1, *cells)``, bool."""
    from torch.nn.functional import adaptive_max_pool2d

    touched: Tensor = adaptive_max_pool2d(cover, cells) > 0
    return touched


class Descent:
    """Parameters, each (B, ...), and the optimiser that moves them; picture i never feels the others.

    A parameter that took no part in the drawing (its ``grad`` is None) stays as it is, and so does its momentum.
    Where `bounds` are given, no number leaves them.
    """

    def __init__(
        self,
        spec: DescentSpec,
        parameters: Sequence[Tensor],
        steps: int,
        bounds: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        import torch

        self.parameters = [parameter.detach().clone().requires_grad_() for parameter in parameters]
        self._spec, self._steps, self._bounds = spec, steps, bounds
        name, options = _OPTIMISERS[spec.optimiser]
        self._optimiser: torch.optim.Optimizer = getattr(torch.optim, name)(
            self.parameters, lr=0.0, weight_decay=0.0, **options
        )
        self._sums = [torch.zeros_like(parameter) for parameter in self.parameters] if spec.ema else []
        self._summed = [0] * len(self._sums)

    def at(self, step: int) -> list[Tensor]:
        """The parameters to draw `step` with: after the last step, their average where the spec asks for one."""
        if step < self._steps or not self._sums:
            return self.parameters
        # What the zeros that the sums began with still weigh (Kingma & Ba 2015, section 3).
        averaged = zip(self.parameters, self._sums, self._summed, strict=True)
        return [total / (1 - self._spec.ema**many) if many else own for own, total, many in averaged]

    def step(self, step: int) -> None:
        """Spend the gradient."""
        decay = self._spec.decay.at(step, self._steps)
        decoupled = self._spec.optimiser == "adamw"
        for group in self._optimiser.param_groups:
            group["lr"] = self._spec.learning_rate.at(step, self._steps)
            group["weight_decay"] = decay if decoupled else 0.0
        if decay and not decoupled:
            self._add_decay(decay)
        if self._spec.clip_gradient is not None:
            self._clip(self._spec.clip_gradient)
        moved = [parameter.grad is not None for parameter in self.parameters]
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        if self._bounds is not None:
            for parameter in self.parameters:
                parameter.data.clamp_(*self._bounds)
        self._average(moved)

    def _average(self, moved: Sequence[bool]) -> None:
        """Those that moved in this step or before: what takes part only later is averaged from then on."""
        for i, total in enumerate(self._sums):
            if moved[i] or self._summed[i]:
                total.lerp_(self.parameters[i].detach(), 1 - self._spec.ema)
                self._summed[i] += 1

    def put(self, numbers: Sequence[Tensor]) -> None:
        """Go on from other numbers, one for each parameter; what the optimiser remembers is kept."""
        for parameter, new in zip(self.parameters, numbers, strict=True):
            parameter.data.copy_(new)

    def _add_decay(self, decay: float) -> None:
        # Each picture's own mean square, so that a batch is pulled as hard as one picture.
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.grad.add_(parameter.detach(), alpha=2 * decay / parameter[0].numel())

    def _clip(self, limit: float) -> None:
        import torch

        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        if not gradients:
            return
        length = torch.cat([gradient.flatten(1) for gradient in gradients], dim=1).norm(dim=1)
        share = (limit / length.clamp(min=1e-12)).clamp(max=1)
        for gradient in gradients:
            gradient.mul_(share.view(-1, *(1,) * (gradient.dim() - 1)))

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on: the parameters, the optimiser's memory and the average."""
        return {
            "parameters": [parameter.detach().clone() for parameter in self.parameters],
            "optimiser": self._optimiser.state_dict(),
            "sums": [total.clone() for total in self._sums],
            "summed": list(self._summed),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        for parameter, saved in zip(self.parameters, state["parameters"], strict=True):
            parameter.data.copy_(saved)
        self._optimiser.load_state_dict(state["optimiser"])
        for total, saved in zip(self._sums, state["sums"], strict=True):
            total.copy_(saved)
        summed = state["summed"]
        # Checkpoints were one number for all parameters, as long as none could begin later than others.
        self._summed = [summed] * len(self._sums) if isinstance(summed, int) else list(summed)

    def bounded(self, numbers: Sequence[Tensor]) -> list[Tensor]:
        """The numbers, brought back where they leave the bounds."""
        return [number if self._bounds is None else number.clamp(*self._bounds) for number in numbers]


class Descending:
    """The part of a generator that its `Descent` can do alone; a subclass makes that as ``self._descent``."""

    _descent: Descent

    @property
    def numbers(self) -> Sequence[Tensor]:
        """Those that it draws with, as `HasNumbers` has them."""
        return self._descent.parameters

    def put_numbers(self, numbers: Sequence[Tensor]) -> None:
        """Draw with these from now on."""
        self._descent.put(self._descent.bounded(numbers))

    def advance(self, step: int) -> None:
        """Spend the gradient."""
        self._descent.step(step)

    def state_dict(self) -> dict[str, Any]:
        """The numbers and the optimiser's memory."""
        return self._descent.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`'s answer."""
        self._descent.load_state_dict(state)
