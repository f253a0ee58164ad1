"""Prompts that take turns while the picture grows.

::

    prompts:
      - oil painting:0.3                   # all the time
      - scenes:
          0%: a green tree
          40%: a tree with red leaves | fog:0.2
          80%: a bare tree in snow
        blend: 10%

Each scene counts in full until the moment of the next one; `blend` is how long the old prompts then fade out while
the new ones fade in. As a list, ``scenes: [spring, summer, winter]``, the scenes share the run equally.
What comes of them are plain prompts whose weights are schedules.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block
from artgen.fields.moments import AnyMoment, At, FilmUnit
from artgen.fields.schedules import Schedule
from artgen.prompts.model import Prompt
from artgen.prompts.parsing import Lines

BLEND = 1 / 3


def _by_place(value: Any) -> Any:
    """A list becomes a mapping by its places, so that a mistake in a scene is found at its place."""
    return dict(enumerate(value)) if isinstance(value, (list, tuple)) else value


class Scenes(Block):
    """Prompts that take turns."""

    scenes: Annotated[
        dict[int | str, Lines],
        Field(min_length=2),
        BeforeValidator(_by_place, json_schema_input_type=dict[str, Lines] | list[Lines]),
    ]
    """Prompts by the moment at which they begin, such as {0%: a seed, 40%: a tree}; or a list, in equal shares."""
    blend: AnyMoment | None = None
    """How long one scene turns into the next, such as 10%, 20 steps or 1.5s of a film; default: a third of the shortest
    scene."""

    def prompts(self) -> tuple[Prompt, ...]:
        """All of them, each with a weight that follows its scene."""
        moments, blend = self._moments(), self._blend()
        return tuple(
            prompt.model_copy(update={"weight": _during(prompt, number, moments, blend)})
            for number, scene in enumerate(self.scenes.values())
            for prompt in scene
        )

    def _moments(self) -> list[At]:
        """When each scene begins."""
        if list(self.scenes) == list(range(len(self.scenes))):
            return [_at(100 * number / len(self.scenes), percent=True) for number in range(len(self.scenes))]
        return [At.parse(moment) for moment in self.scenes]

    def _blend(self) -> float:
        """Its length, in the moments' unit."""
        if self.blend is not None:
            return self.blend.number
        moments = self._moments()
        length = BLEND * min(after.number - before.number for before, after in pairwise(moments))
        return length if moments[-1].percent or moments[-1].unit in ("s", "b") else math.floor(length)

    def misfits(self) -> Iterator[str]:
        try:
            moments, blend = self._moments(), self._blend()
        except ValueError as error:
            yield str(error)
            return
        used = [*moments, *([self.blend] if self.blend is not None else [])]
        if len({(at.percent, at.unit) for at in used if at.number}) > 1:
            yield "the moments of scenes and 'blend' are all of one unit: steps, shares, seconds or beats"
        elif moments[0].number or any(after.number <= before.number for before, after in pairwise(moments)):
            yield "scenes go from early to late, the first from 0"
        else:
            ends = [*(at.number for at in moments[1:]), 100.0 if moments[-1].percent else math.inf]
            for begin, end in list(zip(moments, ends, strict=True))[1:]:
                if begin.number + blend > end:
                    yield f"the scene at {begin} is shorter than 'blend'; shorten that"
        for prompt in (prompt for scene in self.scenes.values() for prompt in scene):
            if len(prompt.weight.values) > 1:
                yield f"the weight of '{prompt.title}' is its scene's affair; give one number"


def _at(number: float, percent: bool, unit: FilmUnit | None = None) -> At:
    """A moment that is written down without loss."""
    return At(float(f"{number:g}"), percent, unit)


def _during(prompt: Prompt, scene: int, moments: list[At], blend: float) -> Schedule:
    """The prompt's weight while its scene lasts, and nothing outside."""
    last, weight = moments[-1], prompt.weight.values[0]
    begin = moments[scene].number
    end = moments[scene + 1].number if scene + 1 < len(moments) else None
    levels: dict[float, float] = {}
    if not blend:
        levels = {0: 0, begin: weight, **({} if end is None else {end: 0})}
    else:
        levels |= {begin: 0, begin + blend: weight} if scene else {}
        levels |= {} if end is None else {end: weight, end + blend: 0}
    points = tuple((_at(number, last.percent, last.unit), value) for number, value in levels.items())
    return Schedule(points, "linear" if blend else "step")
