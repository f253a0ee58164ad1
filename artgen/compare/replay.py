"""Making a picture again from its recipe, and saying whether it is the same.

A recipe comes from a stranger. It is checked as a preset is, reads files only where the user allows it, writes
nothing, and is asked about before it takes long.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from artgen.errors import InputError
from artgen.fields.paths import PICTURE, confined
from artgen.preset.loading import parse
from artgen.preset.model import Preset
from artgen.recipe import metadata
from artgen.recipe.inputs import located
from artgen.recipe.model import differences
from artgen.recipe.privacy import restored

if TYPE_CHECKING:
    from PIL import Image

    from artgen.api import Result, StepEvent
    from artgen.compare.likeness import Likeness, Picture

MAX_WORK = 1_000_000_000
"""Pixels times steps times pictures that are drawn without asking; the quickstart has 18 million."""
SSIM, DELTA_E, PERCEPTOR = 0.95, 2.0, 0.98
"""What *equivalent* pictures reach: at least this structure, at most this colour difference, at least this likeness
to the perceptors. A picture kept as a JPEG of quality 95 still passes."""

VerdictWord = Literal["identical", "equivalent", "different"]


@dataclass(frozen=True)
class ReplayPlan:
    """What would be run."""

    source: Path
    recipe: Mapping[str, Any]
    preset: Preset
    picture: Path | None
    """The picture to compare with; None if there is only a recipe."""

    @property
    def work(self) -> int:
        """Pixels times steps times pictures."""
        width, height = self.preset.size
        return width * height * self.preset.batch * self.preset.steps


@dataclass(frozen=True)
class Verdict:
    """How the picture came out the second time."""

    word: VerdictWord
    likeness: Likeness | None
    """None where there are no pixels to compare with but their hash."""
    differences: tuple[str, ...] = ()
    """What is not as it was when the picture was made."""

    def __str__(self) -> str:
        what = "the pixels have another hash than the recipe's" if self.likeness is None else str(self.likeness)
        if self.word == "identical":
            return "identical: the same pixels"
        known = f"; not as it was: {', '.join(self.differences)}" if self.differences else "; no cause is known"
        return f"{self.word}: {what}{known}"


def plan(source: Path, allowed: Sequence[Path] = (), prompts: str | None = None) -> ReplayPlan:
    """What `source`, a picture, a run's folder or a recipe's file, asks to be run.

    Args:
        source: a PNG, WebP or JPEG that artgen made, the folder of a run, or a recipe as JSON.
        allowed: more folders that the recipe may read, besides the current one and that of `source`.
        prompts: those of a private picture.

    Raises:
        InputError: if it cannot be run here; in one line that says what is missing.
    """
    recipe: Mapping[str, Any] = metadata.read(source)
    _need_plugins(source, recipe["plugins"])
    home = source if source.is_dir() else source.parent
    folders = [Path(), home, *allowed]
    if "private" in recipe:
        recipe = _opened(source, recipe, prompts)
    with confined(folders):
        data = located(recipe["preset"], recipe["inputs"], folders)
        preset = parse(data, source=str(source))
    return ReplayPlan(source, recipe, preset, _picture(source))


def _need_plugins(source: Path, plugins: Mapping[str, str]) -> None:
    for name, wanted in plugins.items():
        if _installed(name) is None:
            raise InputError(
                f"{source}: needs the plugin '{name} {wanted}', which is not installed; pip install '{name}=={wanted}'"
            )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except (PackageNotFoundError, ValueError):
        return None


def _opened(source: Path, recipe: Mapping[str, Any], prompts: str | None) -> Mapping[str, Any]:
    if prompts is None:
        raise InputError(f"{source}: keeps its prompts to itself; give them with --prompt")
    from artgen.preset.model import Settings

    given = Settings(prompts=prompts).model_dump(mode="json", exclude_none=True)["prompts"]  # type: ignore[arg-type]
    return restored(recipe, given)


def _picture(source: Path) -> Path | None:
    """The picture that stands for `source`; beside a recipe's file there may be one."""
    if source.is_dir():
        source = source / PICTURE
    elif source.name == metadata.FILE:
        source = source.with_name(PICTURE)
    return source if source.suffix.lower() in metadata.SUFFIXES and source.is_file() else None


def replay(
    plan: ReplayPlan, on_step: Callable[[StepEvent], None] | None = None, note: Callable[[str], None] = print
) -> tuple[Verdict, Result]:
    """Make the picture again, with the same number of threads and as many steps, and compare.

    Raises:
        InputError: if a part cannot be built here, say because its weights are missing.
        RunError: if the run fails.
    """
    from artgen.engine.determinism import threads

    try:
        with threads(_threads(plan.recipe["threads"], note)):
            result = _run(plan, on_step, note)
    except InputError as error:
        raise InputError(f"{error}{_weights_to_fetch(plan)}") from None
    return _judge(plan, result), result


def _weights_to_fetch(plan: ReplayPlan) -> str:
    """The end of a message that something cannot be built: the command that gets the weights, if any are missing."""
    from artgen.preset.needs import downloads

    missing = [download.name for download in downloads(plan.preset) if download.where() is None]
    source = f"--preset {plan.picture}" if plan.picture else " ".join(missing)
    return f"; `artgen weights fetch {source}` gets the weights" if missing else ""


def _run(plan: ReplayPlan, on_step: Callable[[StepEvent], None] | None, note: Callable[[str], None]) -> Result:
    from artgen.engine.loop import steps

    course = steps(plan.preset, note=note)
    for event in course:
        if on_step:
            on_step(event)
        if plan.recipe["interrupted"] and event.step + 1 == plan.recipe["steps_done"]:
            break
    return course.result


def _compared(old: Picture, new: Picture, plan: ReplayPlan) -> Likeness:
    """How alike they are; where they are not identical, the preset's perceptors are asked, too."""
    from artgen.compare import likeness, perceptual

    alike = likeness.compare(old, new)
    last = plan.preset.steps - 1
    seen = any(spec.weight.at(last, plan.preset.steps) for spec in plan.preset.perceptors.values())
    if alike.identical or not seen:
        return alike
    scorers = perceptual.scorers(plan.preset, str(plan.source), note=lambda line: None)
    return likeness.compare(old, new, perceptual.closeness(scorers))


def _threads(wanted: int, note: Callable[[str], None]) -> int:
    """The recipe's number, because sums are split among threads, unless a stranger chose one to stall the machine."""
    most = 8 * (os.cpu_count() or 1)
    if wanted > most:
        note(f"the picture was made with {wanted} threads, which is too many here; its last bits may differ")
    return min(wanted, most)


def _judge(plan: ReplayPlan, result: Result) -> Verdict:
    from artgen.compare import likeness
    from artgen.picture import decoding, images
    from artgen.results import layer

    number = plan.recipe["picture"]
    if number >= len(result.images):
        raise InputError(
            f"{plan.source}: is picture {number} of a batch of {len(result.images)}; the recipe is damaged"
        )
    made = images.to_pil(layer(result, number))
    same_hash = images.pixel_hash(made) == plan.recipe.get("pixels")
    if plan.picture is None:
        return Verdict("identical" if same_hash else "different", None, differences(plan.recipe, result.recipe))
    old = decoding.read(plan.picture)
    if _is_lossy(plan.picture) and same_hash:
        return Verdict("identical", likeness.compare(made, made))
    alike = _compared(old, made, plan)
    changed = _changed(old, plan)
    return Verdict(_word(alike), alike, (*changed, *differences(plan.recipe, result.recipe)))


def _is_lossy(picture: Path) -> bool:
    return picture.suffix.lower() in (".jpg", ".jpeg")


def _changed(old: Image.Image, plan: ReplayPlan) -> tuple[str, ...]:
    """Whether the picture is another than the one that the recipe was written for."""
    from artgen.picture.images import is_as_written

    if plan.picture and _is_lossy(plan.picture):
        return ()
    written = is_as_written(old, plan.recipe.get("pixels"))
    return () if written else ("the picture, which was changed after it was made",)


def _word(alike: Likeness) -> VerdictWord:
    if alike.identical:
        return "identical"
    seen = alike.perceptor is None or alike.perceptor >= PERCEPTOR
    return "equivalent" if alike.ssim >= SSIM and alike.delta_e <= DELTA_E and seen else "different"
