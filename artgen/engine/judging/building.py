"""From a preset's specs to its judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from artgen import api
from artgen.engine.guidance import WeightedLoss
from artgen.engine.judging.judges import Judge, Judges, LossJudge, PerceptorJudge
from artgen.engine.judging.wishes import wishes
from artgen.engine.look import WeightedPerceptor
from artgen.preset.model import Preset
from artgen.registry.fence import titled

ROLE = "judge"


class NamedPart(NamedTuple):
    """A part that was built, what messages call it, and who offers it."""

    title: str
    owner: str
    part: Any


def judges_of(
    preset: Preset,
    perceptors: Mapping[str, WeightedPerceptor],
    steps: int,
    env: api.Env,
    build: Callable[[str, api.Spec, api.Env], NamedPart],
) -> Judges | None:
    """The judges of a preset; None if it has none.

    Args:
        preset: with its judges.
        perceptors: the preset's own, through which losses look where no perceptor is among the judges.
        steps: how many the run takes.
        env: what they are built with; `build` gives each its own random numbers.
        build: makes the part of a judge, after its name.
    """
    if not preset.judges:
        return None
    seeing, weighing = _apart(preset)
    made: dict[str, Judge] = {}
    eyes: dict[str, WeightedPerceptor] = {}
    for name, spec in seeing.items():
        built = build(name, spec, env)
        eyes[name] = WeightedPerceptor(name, built.part, spec.weight, built.owner, ROLE)
        with titled(f"{built.title}: could not be built"):
            made[name] = PerceptorJudge(eyes[name], wishes(env, built.part, built.title))
    looking = eyes or perceptors
    inner = replace(env, perceptors={name: one.perceptor for name, one in looking.items()})
    if eyes:
        # What is bound to a perceptor of the guide's is judged, too, by whoever judges.
        inner = replace(inner, prompts=tuple(one.model_copy(update={"perceptor": None}) for one in env.prompts))
    for name, loss in weighing.items():
        built = build(name, loss, inner)
        made[name] = LossJudge(WeightedLoss(name, built.part, loss.weight, built.owner, role=ROLE))
    every = max(1, round(preset.judge_every.step(steps)))
    in_order = {name: made[name] for name in preset.judges}
    return Judges(in_order, looking, every, steps, preset.chunk, env.note)


def _apart(preset: Preset) -> tuple[dict[str, api.PerceptorSpec], dict[str, api.LossSpec]]:
    """Those that see, and those that weigh."""
    seeing = {name: spec for name, spec in preset.judges.items() if isinstance(spec, api.PerceptorSpec)}
    weighing = {name: spec for name, spec in preset.judges.items() if isinstance(spec, api.LossSpec)}
    return seeing, weighing
