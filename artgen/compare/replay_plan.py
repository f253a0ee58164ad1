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
from artgen.fields.paths import FRAMES, PICTURE, confined
from artgen.picture import decoding
from artgen.planning import cost
from artgen.preset.finished_size import finished_size
from artgen.preset.loading import parse
from artgen.preset.model import Preset, Settings
from artgen.preset.needs import downloads_of, missing
from artgen.prompts.batches import told
from artgen.recipe import metadata
from artgen.recipe.inputs import VIDEO, located
from artgen.recipe.privacy import hidden_names, restored
from artgen.registry.component import LOCAL
from artgen.registry.installing import advice
from artgen.registry.plugins import discover


@dataclass(frozen=True)
class ReplayPlan:
    """What would be run."""

    source: Path
    recipe: Mapping[str, Any]
    preset: Preset
    picture: Path | None
    """The picture to compare with; None if there is only a recipe."""
    content: bytes = b""
    """That picture's file."""

    @property
    def objections(self) -> str:
        """Why a user should be asked before it is run, for a message; empty: it may be run unasked."""
        return ", ".join(cost.objections(self.preset))


def plan(source: Path, allowed: Sequence[Path] = (), prompts: str | None = None) -> ReplayPlan:
    """What `source`, a picture, a run's folder or a recipe's file, asks to be run.

    Args:
        source: a PNG, WebP or JPEG that artgen made, the folder of a run, or a recipe as JSON.
        allowed: more folders that the recipe may read, besides the current one and that of `source`.
        prompts: those of a private picture.

    Raises:
        InputError: if it cannot be run here, or could not come out as the picture; in one line that says why.
    """
    recipe: Mapping[str, Any] = metadata.read(source)
    need_plugins(source, recipe["plugins"])
    home = source if source.is_dir() else source.parent
    folders = [Path(), home, *allowed]
    if home.name == FRAMES:  # the pictures of a film's video lie beside its frames
        folders.append(home.parent / VIDEO)
    if "private" in recipe:
        recipe = _opened(source, recipe, prompts)
    with confined(folders):
        data = located(recipe["preset"], recipe["inputs"], folders)
        preset = _with_judges_here(parse(data, source=str(source), written_down=True))
    if recipe["picture"] >= preset.batch:
        raise InputError(
            f"{source}: is picture {recipe['picture']} of a batch of {preset.batch}; the recipe is damaged"
        )
    picture = _picture(source)
    content = decoding.content(picture) if picture else b""
    if picture:
        _refuse_misfit(picture, content, preset)
    return ReplayPlan(source, recipe, preset, picture, content)


def _with_judges_here(preset: Preset) -> Preset:
    """Without the judges whose weights are not on this machine, where judges cannot end the run: then none counts."""
    if preset.auto_stop and "diverging" in preset.auto_stop.when:
        return preset
    here = {name: spec for name, spec in preset.judges.items() if not missing(downloads_of([spec]))}
    return preset if len(here) == len(preset.judges) else preset.model_copy(update={"judges": here})


def need_plugins(source: Path, plugins: Mapping[str, str]) -> None:
    """InputError if one that took part is not here."""
    for name, wanted in plugins.items():
        if name.startswith(LOCAL):
            _need_file(source, name, wanted)
        elif _installed(name) is None:
            missing = f"needs the plugin '{shown(name, 100)} {shown(wanted, 100)}', which is not installed"
            raise InputError(f"{source}: {missing}{advice(name, wanted)}")


def _need_file(source: Path, name: str, digest: str) -> None:
    """A file of Python that took part: it is code, so that nobody but the user can say which it is."""
    given = {one.version for one in discover().components if one.dist == name}
    if not given:
        file = shown(name.removeprefix(LOCAL), 100)
        needs = f"was drawn with the file {file} (sha256 {shown(digest, 64)}), which is code"
        raise InputError(f"{source}: {needs}: read it, then give it with --plugin {file}")


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
    from artgen.prompts.choices import resolve_batch  # it is torch that draws

    seed, batch = recipe["preset"].get("seed", 0), recipe["preset"].get("batch", 1)
    given = resolve_batch(Settings(prompts=prompts), range(seed, seed + batch))  # type: ignore[arg-type]
    data = given.model_dump(mode="json", exclude_none=True)["prompts"]
    return restored(recipe, told(data, recipe["picture"]))


def _picture(source: Path) -> Path | None:
    """The picture that stands for `source`; beside a recipe's file there may be one."""
    if source.is_dir():
        source = source / PICTURE
    elif source.name == metadata.FILE:
        source = source.with_name(PICTURE)
    return source if source.suffix.lower() in metadata.SUFFIXES and source.is_file() else None


def _refuse_misfit(picture: Path, content: bytes, preset: Preset) -> None:
    """InputError, before anything is drawn, if the recipe can never give that picture."""
    decoded = decoding.decode(content, picture)
    height, width = finished_size(preset)
    if decoded.size != (width, height):
        sizes = ["x".join(map(str, size)) for size in (decoded.size, (width, height))]
        raise InputError(
            f"{picture}: is {sizes[0]} pixels large, but its recipe draws {sizes[1]}; it was cut or scaled afterwards"
        )
    if decoding.is_animated(content, picture):
        raise InputError(f"{picture}: is animated, which no picture of artgen's is; it was changed afterwards")
