"""Prompts that take turns while the picture grows.

::

    prompts:
      - oil painting:0.3                   # all the time
      - scenes:
          0%: a green tree
          40%: a tree with red leaves | fog:0.2
          80%: a bare tree in snow
        blend: 10%

Each scene counts in full until the moment of the next one; `blend` is how long the one then turns into the other. As
a list, ``scenes: [spring, summer, winter]``, the scenes share the run equally.

By weight, the old prompts fade out meanwhile as the new ones fade in, and the picture is led to both. ``by: embedding``
leads it to what lies between them: the first text of a scene becomes the first of the next, the second the second, as
in a [travel](#travel). What has no counterpart there still fades, and so does what is no text or looks elsewhere.

What comes of them are plain prompts whose weights are schedules, and travels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from artgen.fields.block import Block
from artgen.fields.moments import AnyMoment, At, FilmUnit
from artgen.fields.schedules import Schedule
from artgen.prompts.model import Prompt
from artgen.prompts.parsing import Lines
from artgen.prompts.travel import Travel

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
    by: Literal["weight", "embedding"] = "weight"
    """How: `weight` leads to both, the old fading out and the new fading in; `embedding` to what lies between them."""

    def prompts(self) -> tuple[Prompt, ...]:
        """All of them, each with a weight that follows its scene or, where one text becomes another, its scenes."""
        moments, blend = self._moments(), self._blend()
        return tuple(_told(first, prompts, moments, blend) for first, prompts in self._turns())

    def _turns(self) -> Iterator[tuple[int, list[Prompt]]]:
        """The prompts that turn into each other, one in each scene, and the scene in which they begin."""
        scenes = list(self.scenes.values())
        if self.by == "weight":
            yield from ((number, [prompt]) for number, scene in enumerate(scenes) for prompt in scene)
            return
        for row in range(max(map(len, scenes))):
            turn: list[Prompt] = []
            for number, scene in enumerate(scenes):
                here = scene[row : row + 1]
                if turn and not (here and _alike(turn[-1], here[0])):
                    yield number - len(turn), turn
                    turn = []
                turn += here
            if turn:
                yield len(scenes) - len(turn), turn

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


def _alike(one: Prompt, other: Prompt) -> bool:
    """Whether one can become the other: texts that differ in what they say, and in their weights, alone."""
    apart = {"text": None, "weight": Schedule.constant(1)}
    told = one.text is not None and other.text is not None and not (one.told_apart or other.told_apart)
    return told and one.model_copy(update=apart) == other.model_copy(update=apart)


def _told(first: int, prompts: Sequence[Prompt], moments: list[At], blend: float) -> Prompt:
    """What is told from scene `first` on, a prompt for each scene; nothing before and after."""
    weights = [prompt.weight.values[0] for prompt in prompts]
    after = len(moments) - first - len(prompts)
    weight = _by_scene([*[0] * first, *weights, *[0] * after], moments, blend)
    if len(prompts) == 1:
        return prompts[0].model_copy(update={"weight": weight})
    last = len(prompts) - 1
    places = [min(max(number - first, 0), last) for number in range(len(moments))]
    # Their texts are read already.
    travel = Travel.model_construct(
        texts=tuple(prompt.text for prompt in prompts), at=_by_scene(places, moments, blend)
    )
    return prompts[0].model_copy(update={"text": None, "travel": travel, "weight": weight})


def _by_scene(values: Sequence[float], moments: list[At], blend: float) -> Schedule:
    """A number that has one of the values in each scene."""
    last = moments[-1]
    levels: dict[float, float] = {} if blend else {0: values[0]}
    for moment, (before, now) in zip(moments[1:], pairwise(values), strict=True):
        if before != now:
            levels |= {moment.number: before, moment.number + blend: now}
    if len(set(levels.values())) < 2:
        return Schedule.constant(values[0])
    points = tuple((_at(number, last.percent, last.unit), value) for number, value in levels.items())
    return Schedule(points, "linear" if blend else "step")
