"""A picture in another form, made of its recipe: it is drawn again, because only its generator knows what is in it."""

from __future__ import annotations

from collections.abc import Callable

from artgen.api import Exporter
from artgen.compare.replay import Verdict, drawn_again
from artgen.compare.replay_plan import ReplayPlan
from artgen.engine.determinism import threads, threads_here
from artgen.engine.exporting import form
from artgen.errors import InputError, RunError
from artgen.registry.offers import Owned
from artgen.results import StepEvent


def export(
    given: ReplayPlan,
    offer: Owned[Exporter],
    on_step: Callable[[StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
) -> tuple[bytes, Verdict]:
    """The bytes that an exporter makes of a picture, and how the picture came out when it was drawn again.

    Raises:
        InputError: if the picture is no finished one, cannot be drawn here, or has no such form.
        RunError: if it comes out as another picture, or the exporter fails.
    """
    if given.recipe["interrupted"]:
        raise InputError(f"{given.source}: its run was stopped before its end; finish it, or draw it anew")
    run, verdict = drawn_again(given, on_step, note)
    if not run.complete:
        raise RunError(f"{given.source}: could not be drawn to its end again ({run.failure})")
    if verdict.word == "different":
        raise RunError(f"{given.source}: is drawn as another picture here, so nothing is written ({verdict})")
    with threads(threads_here(given.recipe["threads"], note)):
        return form(run.parts, verdict.result, offer, verdict.picture), verdict
