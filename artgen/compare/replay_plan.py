"""What a recipe asks to be run, checked before anything that is slow to import: it may be a stranger's.

It is checked as a preset is, reads files only where the user allows it, and tells how much work it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from artgen.errors import InputError, shown
from artgen.fields.paths import PICTURE, confined
from artgen.preset.loading import parse
from artgen.preset.model import Preset, Settings
from artgen.recipe import metadata
from artgen.recipe.inputs import located
from artgen.recipe.privacy import hidden_names, restored
from artgen.registry.installing import advice

MAX_WORK = 1_000_000_000
"""Pixels times steps times pictures that are drawn without asking; the quickstart has 18 million."""


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
        preset = parse(data, source=str(source), written_down=True)
    return ReplayPlan(source, recipe, preset, _picture(source))


def _need_plugins(source: Path, plugins: Mapping[str, str]) -> None:
    for name, wanted in plugins.items():
        if _installed(name) is None:
            missing = f"needs the plugin '{shown(name, 100)} {shown(wanted, 100)}', which is not installed"
            raise InputError(f"{source}: {missing}{advice(name, wanted)}")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except (PackageNotFoundError, ValueError):
        return None


def _opened(source: Path, recipe: Mapping[str, Any], prompts: str | None) -> Mapping[str, Any]:
    if names := hidden_names(recipe):
        raise InputError(f"{source}: keeps {names} to itself; who has its preset makes it again with `artgen run`")
    if prompts is None:
        raise InputError(f"{source}: keeps its prompts to itself; give them with --prompt")
    given = Settings(prompts=prompts).model_dump(mode="json", exclude_none=True)["prompts"]  # type: ignore[arg-type]
    return restored(recipe, given)


def _picture(source: Path) -> Path | None:
    """The picture that stands for `source`; beside a recipe's file there may be one."""
    if source.is_dir():
        source = source / PICTURE
    elif source.name == metadata.FILE:
        source = source.with_name(PICTURE)
    return source if source.suffix.lower() in metadata.SUFFIXES and source.is_file() else None


def too_long(plan: ReplayPlan) -> str:
    """How much more work it is than what is run unasked, for a message."""
    return f"takes {plan.work / MAX_WORK:.1f} times what is run unasked"
