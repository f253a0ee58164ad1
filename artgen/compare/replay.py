"""Making a picture again from its recipe, and saying whether it is the same.

A recipe comes from a stranger. It is checked as a preset is, reads files only where the user allows it, writes
nothing, and is asked about before it takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from artgen.compare import codec, likeness, perceptual
from artgen.compare.likeness import Likeness, Picture
from artgen.compare.replay_plan import ReplayPlan, plan
from artgen.engine.determinism import threads, threads_here
from artgen.engine.loop import Run
from artgen.engine.run import steps
from artgen.errors import InputError
from artgen.picture import decoding, hashing, images
from artgen.preset.loading import Plugin
from artgen.preset.needs import downloads, missing
from artgen.recipe.model import differences
from artgen.registry.local import add
from artgen.results import Result, StepEvent, picture_tensor

SSIM, DELTA_E, PERCEPTOR = 0.95, 2.0, 0.98
"""What *equivalent* pictures reach: at least this structure, at most this colour difference, at least this likeness
to the perceptors."""
_TOUCHED = "the picture, which was changed after it was made"

VerdictWord = Literal["identical", "equivalent", "different"]


@dataclass(frozen=True)
class Verdict:
    """How the picture came out the second time."""

    word: VerdictWord
    """``identical``: the same pixels; ``equivalent``: different in the last bits, alike to the eye; ``different``."""
    likeness: Likeness | None
    """None where there are no pixels to compare with but their hash."""
    differences: tuple[str, ...]
    """What is not as it was when the picture was made."""
    result: Result
    """What was made."""
    picture: int
    """Which picture of the result was compared."""
    lossy: str = ""
    """The format of a picture whose file keeps its pixels only nearly: it was compared with what that would keep."""

    def __str__(self) -> str:
        what = "the pixels have another hash than the recipe's" if self.likeness is None else str(self.likeness)
        if self.word == "identical":
            return f"identical: the same pixels{f', as this {self.lossy} keeps them' if self.lossy else ''}"
        known = f"; not as it was: {', '.join(self.differences)}" if self.differences else "; no cause is known"
        return f"{self.word}: {what}{known}"


def replay(
    source: str | Path | ReplayPlan,
    *,
    allow: Sequence[str | Path] = (),
    prompts: str | None = None,
    long: bool = False,
    on_step: Callable[[StepEvent], None] | None = None,
    note: Callable[[str], None] = print,
    plugins: Iterable[Plugin] = (),
) -> Verdict:
    """Make a picture again from the recipe that it carries, and say whether it is the same.

    It is drawn with the same number of threads and as many steps. The recipe may be a stranger's: it is checked as a
    preset is, and reads files only from the current folder, its own, and those of `allow`.

    Args:
        source: a PNG, WebP or JPEG that artgen made, the folder of a run, a recipe as JSON, or what `plan` made of one.
        allow: more folders that the recipe may read.
        prompts: those of a picture that keeps them to itself.
        long: draw it even if a user should be asked first: it takes long or much memory, or downloads weights.
        on_step: called after each step.
        note: told one line now and then.
        plugins: files of Python, modules or classes of specs that the picture was drawn with; see `load`.

    Raises:
        InputError: if a part cannot be built here, say because its weights are missing, or `long` is needed.
        RunError: if the run fails.
    """
    for plugin in plugins:
        add(plugin)
    given = (
        source if isinstance(source, ReplayPlan) else plan(Path(source), [Path(folder) for folder in allow], prompts)
    )
    if not long and given.objections:
        raise InputError(f"{given.source}: {given.objections}; say long=True to run it")
    return drawn_again(given, on_step, note)[1]


def drawn_again(
    given: ReplayPlan, on_step: Callable[[StepEvent], None] | None, note: Callable[[str], None]
) -> tuple[Run, Verdict]:
    """The run that has drawn a picture again, and how it came out."""
    try:
        with threads(threads_here(given.recipe["threads"], note)):
            run = _run(given, on_step, note)
    except InputError as error:
        raise InputError(f"{error}{_weights_to_fetch(given)}") from None
    return run, _judge(given, run.result)


def _weights_to_fetch(plan: ReplayPlan) -> str:
    """The end of a message that something cannot be built: the command that gets the weights, if any are missing."""
    absent = missing(downloads(plan.preset))
    source = f"--preset {plan.picture}" if plan.picture else " ".join(absent)
    return f"; `artgen weights fetch {source}` gets the weights" if absent else ""


def _run(plan: ReplayPlan, on_step: Callable[[StepEvent], None] | None, note: Callable[[str], None]) -> Run:
    for name in (plan.recipe["preset"].get("judges") or {}).keys() - plan.preset.judges.keys():
        note(f"the judge '{name}' is left out, because its weights are not here; the picture does not depend on it")
    run = steps(plan.preset, note=note)
    for event in run:
        if on_step:
            on_step(event)
        if plan.recipe["interrupted"] and event.step + 1 == plan.recipe["steps_done"]:
            break
    assert run.result is not None  # asked for here, where there are as many threads as there were
    return run


def _compared(old: Picture, new: Picture, plan: ReplayPlan) -> Likeness:
    """How alike they are; where they are not identical, the preset's perceptors are asked, too."""
    alike = likeness.compare(old, new)
    last = plan.preset.steps - 1
    seen = any(spec.weight.at(last, plan.preset.steps) for spec in plan.preset.perceptors.values())
    if alike.identical or not seen:
        return alike
    scorers = perceptual.scorers(plan.preset, str(plan.source), note=lambda line: None)
    return likeness.compare(old, new, perceptual.closeness(scorers))


def _judge(plan: ReplayPlan, result: Result) -> Verdict:
    number = plan.recipe["picture"]
    drawn = picture_tensor(result, number)
    made = images.to_pil(drawn)
    known = plan.recipe.get("pixels")
    same_hash = hashing.pixel_hash(made) == known
    changed = differences(plan.recipe, result.recipe)
    if plan.picture is None:
        return Verdict("identical" if same_hash else "different", None, changed, result, number)
    old = decoding.decode(plan.content, plan.picture)
    # There is no one way to put what is see-through on white and round it.
    flat = (images.to_pil(images.on_white(drawn)), decoding.on_white(made.convert("RGBA")))
    kept = codec.kept(plan.content, old, (made, *flat))
    if kept.fits and (same_hash or known is None or not kept.lossy):
        return Verdict("identical", likeness.compare(old, kept.picture), (), result, number, kept.lossy)
    alike = _compared(old, kept.picture, plan)
    # Of a lossy file it is known only where the right pixels are.
    touched = same_hash if kept.lossy else not hashing.is_as_written(old, known)
    return Verdict(_word(alike), alike, (*[_TOUCHED] * touched, *changed), result, number)


def _word(alike: Likeness) -> VerdictWord:
    """For pictures that are not identical."""
    seen = alike.perceptor is None or alike.perceptor >= PERCEPTOR
    return "equivalent" if alike.ssim >= SSIM and alike.delta_e <= DELTA_E and seen else "different"
