"""What a component is built with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.api.protocols import Perceptor
from artgen.errors import InputError, hint
from artgen.prompts import Prompt

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from artgen.rng import Random


def _untold(share: float) -> None:
    """Where nobody watches."""


def _nowhere() -> None:
    """Where nothing is written."""


@dataclass(frozen=True)
class Env:
    """What a component is built with."""

    device: torch.device
    """Where every tensor that crosses a boundary lies."""
    size: tuple[int, int]
    """Height and width of the canvas in pixels; for a finishing stage, of the picture that it gets."""
    batch: int
    """How many pictures are drawn at once."""
    steps: int
    """How many steps the run takes; for a generator, how many the preset asks for."""
    random: Random
    """This component's own keyed random streams, one per picture of the batch."""
    prompts: tuple[Prompt, ...] = ()
    """The preset's prompts. Where their choices come out otherwise for each picture, as the first one is told them."""
    perceptors: Mapping[str, Perceptor] = field(default_factory=dict)
    """The preset's perceptors by name, for losses that embed texts once."""
    note: Callable[[str], None] = print
    """Tells the user one line, such as a size that had to be rounded."""
    start: Tensor | None = None
    """(B, 3, H, W) in [0, 1]: the pictures that the preset's `start` asks for."""
    progress: Callable[[float], None] = _untold
    """Tells the user how much of a finishing stage's task is done, from 0 to 1."""
    make_folder: Callable[[], Path | None] = _nowhere
    """Makes `folder`, if it is not there."""
    frame: int | None = None
    """Which frame of a film is drawn, from 0; None of a picture that is none's. Frame 0 may begin without a `start`,
    and each frame after it begins with one."""

    @property
    def folder(self) -> Path | None:
        """A reporter's own folder inside the run's, such as ``runs/fish-0001/losses``; made when it is asked for.

        It is no other run's and no other reporter's; a run that is resumed finds what it had written there. None where
        a run has no folder, as in a notebook, and for all but reporters. `atomic_path` writes files whole.

        Raises:
            InputError: if it cannot be made.
        """
        return self.make_folder()

    def prompts_of(self, picture: int) -> tuple[Prompt, ...]:
        """The prompts as one picture of the batch is told them, counted from 0."""
        return tuple(prompt.told(picture) for prompt in self.prompts)

    @property
    def tells_each(self) -> bool:
        """Whether `prompts_of` is not the same for all pictures, because choices came out otherwise for each."""
        return any(prompt.told_apart for prompt in self.prompts)

    def perceptor(self, name: str | None = None, dim: int | None = None) -> tuple[str, Perceptor]:
        """The perceptor that a component means, and its name: the one called `name`, else the one there is.

        Args:
            name: as a setting with `PerceptorRef` gives it; None if it says nothing.
            dim: how wide its embeddings have to be. Without a name it is then the first of that width.

        Raises:
            InputError: if there is none, several could be meant, or the one that is named has another width.
        """
        if name is not None:
            if name not in self.perceptors:
                raise InputError(f"there is no perceptor '{name}'{hint(name, self.perceptors)}")
            found = self.perceptors[name]
            if dim is not None and dim != found.dim:
                raise InputError(f"perceptor '{name}' has embeddings of {found.dim} numbers; {dim} are needed")
            return name, found
        fitting = {name: one for name, one in self.perceptors.items() if dim is None or dim == one.dim}
        if not fitting:
            lack = f"no perceptor has embeddings of {dim} numbers" if self.perceptors else "the preset has no perceptor"
            raise InputError(lack)
        if dim is None and len(fitting) > 1:
            raise InputError(f"which of the perceptors? give 'perceptor': one of {', '.join(fitting)}")
        return next(iter(fitting.items()))
