"""Finishing a picture that is there already: stages that its run did not have, and the recipe that has them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from artgen import api
from artgen.engine.building import build_component, credits_of, weights_of
from artgen.engine.determinism import deterministic, threads, threads_here
from artgen.engine.devices import pick_device
from artgen.engine.finishing import Progress, Stage, apply_stages, stage_of
from artgen.errors import InputError, RunError
from artgen.fields.paths import drawing_in, expanded
from artgen.picture import decoding
from artgen.picture.hashing import is_as_written
from artgen.preset.finished_size import resized
from artgen.preset.loading import parse_stages
from artgen.preset.merging import Override
from artgen.preset.model import numbered, written
from artgen.preset.needs import input_files
from artgen.preset.personal import personal_settings
from artgen.recipe import metadata, saving
from artgen.registry.edited import code_of
from artgen.registry.fence import listening
from artgen.registry.plugins import discover
from artgen.requirements import libraries, package_of
from artgen.rng import Random
from artgen.weights import sha256


@dataclass(frozen=True)
class FinishedPicture:
    """What came of a picture."""

    image: Tensor
    """(3, H, W), or (4, H, W) where it has alpha, in [0, 1] on the CPU."""
    recipe: Mapping[str, Any] | None
    """The recipe of the picture that was given, with the stages; None where that had none to go on with."""
    files: Mapping[str, bytes]
    """The picture in other forms, by suffix, such as ``.svg``."""

    def save(self, path: str | Path) -> Path:
        """Write the picture with its recipe, and its other forms beside it; files that are there are replaced.

        Args:
            path: where to. The suffix chooses PNG, WebP (lossless) or JPEG; folders that are missing are made.

        Returns:
            The path that was written.

        Raises:
            InputError: if the suffix is no format that carries recipes, or the place cannot be written to.
        """
        place = expanded(path)
        saving.save(place, self.image, self.recipe)
        for suffix, content in self.files.items():
            saving.save_beside(place, suffix, content)
        return place


def finish(
    picture: str | Path,
    stages: Sequence[Mapping[str, Any]],
    overrides: Sequence[Override] = (),
    *,
    device: str = "auto",
    note: Callable[[str], None] = print,
    progress: Callable[[str, float], None] | None = None,
) -> FinishedPicture:
    """Put a picture through finishing stages, filters among them, and write the longer recipe.

    The recipe draws the finished picture from nothing, stage by stage, to the same pixels. A picture without one, or
    with other pixels than its recipe's, as every JPEG, is finished too, but without a recipe; a note says so.

    Args:
        picture: any picture; or the folder of a run, which is finished anew, from the drawing before its own stages.
        stages: each a mapping, such as ``{"type": "upscale", "scale": 4}``.
        overrides: changes to them, such as ``finish[0].scale=2``.
        device: as a preset's.
        note: told one line now and then.
        progress: told what a stage is called, and how much of it is done, from 0 to 1.

    Raises:
        InputError: if there is no such picture, or a stage is wrong or cannot be built.
        RunError: if a stage fails.
    """
    path = drawing_in(Path(picture))
    shown = decoding.read(path, note)
    levels = _levels(shown)
    specs = parse_stages(stages, (levels.shape[1], levels.shape[2]), overrides)
    if not specs:
        raise InputError("finish: name a stage, such as upscale")
    recipe = _recipe_of(path, shown, note)
    finishing = _Finishing(specs, recipe, pick_device(device), note, Progress(progress) if progress else Progress())
    if recipe is None:
        return finishing.of(levels)
    # Counted as the run counted, so that a replay comes to the same bits.
    with threads(threads_here(recipe["threads"], note)), deterministic(recipe["preset"].get("deterministic", False)):
        return finishing.of(levels)


def _levels(picture: Image.Image) -> Tensor:
    """(3, H, W), or (4, H, W) where something is see-through, in [0, 1]."""
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255
    return pixels[:3] if bool((pixels[3] == 1).all()) else pixels


def _recipe_of(path: Path, picture: Image.Image, note: Callable[[str], None]) -> dict[str, Any] | None:
    """The recipe to go on with; none where it could not come out as this picture."""
    nothing = f"{path}: %s, so what is made of it carries no recipe"
    try:
        recipe = metadata.read(path)
    except InputError as error:
        note(nothing % str(error).removeprefix(f"{path}: "))
        return None
    if not is_as_written(picture, recipe.get("pixels")):
        note(nothing % "has other pixels than its recipe tells of")
        return None
    return recipe


@dataclass(frozen=True)
class _Finishing:
    specs: Sequence[api.Spec]
    recipe: dict[str, Any] | None
    device: torch.device
    note: Callable[[str], None]
    progress: Progress

    def of(self, picture: Tensor) -> FinishedPicture:
        parts, stages = self._built((picture.shape[1], picture.shape[2]))
        alpha = picture[None, 3:].to(self.device) if len(picture) == 4 else None
        with listening():
            outcome = apply_stages(stages, picture[None, :3].to(self.device), alpha)
        if outcome.error:
            raise RunError(outcome.failure) from outcome.error.__cause__
        made = outcome.finished
        whole = made.image[0] if made.alpha is None else torch.cat((made.image[0], made.alpha[0]))
        files = {suffix: one[0] for suffix, one in made.files.items()}
        return FinishedPicture(whole.cpu(), self._longer_recipe(parts), files)

    def _built(self, size: tuple[int, int]) -> tuple[list[tuple[str, Any]], list[Stage]]:
        """What each stage's spec has built, after its title, and the stage."""
        preset = self.recipe["preset"] if self.recipe else {}
        before = [stage.get("id") or stage["type"].rpartition(":")[2] for stage in preset.get("finish", ())]
        names = numbered([*before, *(spec.id or spec.type for spec in self.specs)])[len(before) :]
        parts: list[tuple[str, Any]] = []
        stages: list[Stage] = []
        steps = int(preset.get("steps", 1))
        for spec, name in zip(self.specs, names, strict=True):
            owner = discover().owner_of(spec)
            title = f"finish '{name}' ({owner})"
            part = build_component(spec, title, self._env(name, size, steps, title))
            parts.append((title, part))
            stages.append((title, stage_of(part, spec, steps)))
            size = resized(spec, size)
        return parts, stages

    def _env(self, name: str, size: tuple[int, int], steps: int, title: str) -> api.Env:
        """What the run would have given the stage, but for models that only a run has."""
        recipe = self.recipe
        seed = recipe["preset"].get("seed", 0) + recipe["picture"] if recipe else 0
        random = Random((seed,), f"finish.{name}", self.device)
        env = api.Env(self.device, size, 1, steps, random, note=self.note)
        return dataclasses.replace(env, progress=self.progress.of(title))

    def _longer_recipe(self, parts: Sequence[tuple[str, Any]]) -> dict[str, Any] | None:
        if self.recipe is None:
            return None
        preset = self.recipe["preset"]
        added = [written(spec) for spec in self.specs]
        longer = {**self.recipe, "preset": {**preset, "finish": [*preset.get("finish", ()), *added]}}
        owners = [component for spec in self.specs if (component := discover().of_spec(spec))]
        longer["plugins"] = {**self.recipe["plugins"], **{owner.dist: owner.version for owner in owners}}
        code = {owner.dist: found for owner in owners if (found := code_of(owner.dist))}
        if code := {**(self.recipe.get("code") or {}), **code}:
            longer["code"] = code
        packages: dict[str, set[str]] = {}
        for owner, spec in zip(owners, self.specs, strict=True):
            packages.setdefault(owner.dist, set()).add(package_of(spec))
        longer["libraries"] = {**self.recipe["libraries"], **libraries(packages)}
        longer["weights"] = {**self.recipe["weights"], **weights_of(parts)}
        files = sorted({path for spec in self.specs for path in input_files(spec)})
        longer["inputs"] = {**self.recipe["inputs"], **{str(path): sha256(path) for path in files}}
        if credits := {*self.recipe.get("credits", ()), *credits_of(parts)}:
            longer["credits"] = sorted(credits)
        if preset.get("recipe") == "private":
            longer["hidden"] = self._hidden(longer["preset"]["finish"], len(longer["preset"]["finish"]) - len(added))
        return longer

    def _hidden(self, stages: Sequence[Any], first: int) -> list[Any]:
        """What a private recipe leaves out: as before, and what a person wrote into the stages from `first` on."""
        before = list(self.recipe.get("hidden") or ()) if self.recipe else []
        own = personal_settings({"finish": stages})
        return before + [list(place) for place in own if isinstance(place[1], int) and place[1] >= first]
