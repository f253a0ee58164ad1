"""From text to text through the space of a model's embeddings, which is known as prompt travel.

::

    prompts:
      - {travel: {texts: [an egg, a chick]}}                     # from the first step to the last
      - {travel: {texts: [an egg, a chick, a rooster], at: {0%: 0, 40%: 1, 80%: 2}}}
      - {travel: {texts: [an egg, a chick], at: 0.5}, weight: 0.4}

At each step the picture is led to one point between two of the texts, and not to both of them at once, as by two
prompts that change their weights. Embeddings of length 1, as CLIP's are, are interpolated along the great circle
through both (K. Shoemake, "Animating Rotation with Quaternion Curves", SIGGRAPH 1985); the rows that a text encoder
gives Stable Diffusion, one a token, along the straight line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from artgen.fields.block import Block
from artgen.fields.schedules import Schedule, Within
from artgen.prompts.wildcards import WildcardText

if TYPE_CHECKING:
    from torch import Tensor

MOST = 64
"""Texts of one way; more is no preset."""
_NEARLY_ONE = 1e-6
"""The angle, in radians, below which two embeddings are taken for one."""


class Travel(Block):
    """A way from text to text, each of which is embedded once."""

    texts: Annotated[tuple[WildcardText, ...], Field(min_length=2, max_length=MOST)]
    """What it leads through, in this order."""
    at: Annotated[Schedule, Within(ge=0)] | None = None
    """Where on the way it is: 0 is the first text, 1 the second, 1.5 half-way from that to the third; default: from the
    first to the last, evenly over the run or the film."""

    def misfits(self) -> Iterator[str]:
        last = len(self.texts) - 1
        if self.at is not None and max(self.at.values) > last:
            yield f"'at' is {max(self.at.values):g}, and the last of {last + 1} texts is {last}"

    @property
    def place(self) -> Schedule:
        """Where on the way it is."""
        return self.at if self.at is not None else Schedule.parse({"0%": 0, "100%": len(self.texts) - 1})

    @property
    def begins(self) -> str:
        """The text that it is nearest to at first."""
        return self.texts[int(self.place.values[0] + 0.5)]

    @property
    def moves(self) -> bool:
        """Whether it is not at one place all the time."""
        return len(set(self.place.values)) > 1

    @property
    def title(self) -> str:
        """What to call it in messages."""
        return ", then ".join(self.texts)

    def between(self, step: int, steps: int) -> tuple[int, int, float]:
        """The two texts that it is between at `step` of a run of `steps`, and the second's share in [0, 1).

        On a text it is that one twice, and 0.
        """
        return _between(self.place.at(step, steps))

    def embedding(self, embeddings: Tensor, step: int, steps: int) -> Tensor:
        """(D,): the point between unit rows (texts, D) at which it is at `step`."""
        before, after, share = self.between(step, steps)
        return slerp(embeddings[before], embeddings[after], share)

    def settled(self) -> Travel | str:
        """Where it stands still: the text at which it does, or the way between two of its texts; else itself."""
        if self.moves:
            return self
        before, after, share = _between(self.place.values[0])
        texts = (self.texts[before], self.texts[after])
        return self.model_copy(update={"texts": texts, "at": Schedule.constant(share)}) if share else texts[0]


def slerp(before: Tensor, after: Tensor, share: float) -> Tensor:
    """(D,): the point at `share` of the way along the great circle from one unit vector to another (Shoemake 1985).

    The angle is 2 atan2(|a - b|, |a + b|), which is exact for small ones, too (W. Kahan).
    """
    if share in (0, 1):
        return after if share else before
    angle = 2 * float((before - after).norm().atan2((before + after).norm()))
    if angle < _NEARLY_ONE:
        return before
    return (math.sin((1 - share) * angle) * before + math.sin(share * angle) * after) / math.sin(angle)


def _between(place: float) -> tuple[int, int, float]:
    first = int(place)
    share = place - first
    return (first, first + 1, share) if share else (first, first, 0.0)
