"""From a preset's specs to the objects of a run, each with its own environment."""

from __future__ import annotations

import hashlib
import operator
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from artgen import api
from artgen.engine import depths, reuse
from artgen.engine.alpha import Alpha, FoundAlpha, ToldAlpha
from artgen.engine.boundary import Boundary
from artgen.engine.building import build_component, credits_of, read_as_of, weights_of
from artgen.engine.determinism import deterministic
from artgen.engine.devices import pick_device
from artgen.engine.finishing import Progress, Stage, stage_of
from artgen.engine.guidance import Guidance, WeightedLoss
from artgen.engine.judging.building import NamedPart, judges_of
from artgen.engine.judging.judges import Judges, apart_from_torchs
from artgen.engine.look import WeightedPerceptor
from artgen.engine.parts import NamedSpec, Parts
from artgen.errors import InputError
from artgen.picture import kept
from artgen.picture.formats import SUFFIXES
from artgen.preset.finished_size import resized
from artgen.preset.model import Preset, numbered
from artgen.preset.needs import input_files, refuse_missing, with_held
from artgen.preset.pictures import pictures_in
from artgen.preset.remarks import late_points, untold
from artgen.prompts.choices import resolve_batch
from artgen.registry.fence import fenced, listening
from artgen.registry.plugins import Registry, discover
from artgen.reporters.outputs import folder_names
from artgen.reporters.places import make_folder
from artgen.requirements import OWN, libraries, package_of
from artgen.rng import Random
from artgen.weights import sha256


def build_parts(preset: Preset, note: Callable[[str], None], home: Path | None = None) -> Parts:
    """Build every component of `preset`, whose run has the folder `home` or none.

    InputError if one cannot be built from what the preset says.
    """
    if preset.film is not None:
        raise InputError("film: the preset makes a film, and here a single picture is wanted; --set film=null, say")
    if preset.sweep is not None:
        raise InputError("sweep: the preset makes many pictures, by `artgen sweep`; --set sweep=null makes one")
    refuse_missing(preset)
    if preset.seed is None:
        preset = preset.model_copy(update={"seed": secrets.randbelow(2**32)})
    # Building counts too: a generator may encode its start, a loss embed its texts.
    pictures: dict[Path, bytes] = {}
    with deterministic(preset.deterministic), kept.keeping(pictures), listening():
        seeds = [(preset.seed or 0) + picture for picture in range(preset.batch)]
        return _Builder(resolve_batch(preset, seeds, note), pictures, note, home).parts()


class _Builder:
    def __init__(
        self, preset: Preset, pictures: dict[Path, bytes], note: Callable[[str], None], home: Path | None
    ) -> None:
        assert preset.seed is not None
        self.preset, self.pictures, self.tell, self.home = preset, pictures, note, home
        self.told: list[str] = []  # what the user has read while the parts were built
        self.inputs = sorted(set(input_files(preset)))
        pictures_named = {path for _, path in pictures_in(preset)}
        for path in self.inputs:
            # Before anything is built, because a part may want its picture only during the run.
            if path in pictures_named or path.suffix.lower() in SUFFIXES:
                kept.read(path)
        self.registry: Registry = discover()
        self.device = pick_device(preset.device)
        self.seeds = tuple(preset.seed + i for i in range(preset.batch))
        self.plugins: dict[str, str] = {}
        self.packages: dict[str, set[str]] = {}
        self.perceptors: dict[str, WeightedPerceptor] = {}
        self.loaded: list[tuple[str, Any]] = []
        """Every part that works on the pictures, after what it is called in messages."""
        self.steps = preset.steps
        width, height = preset.size
        self.size = (height, width)
        self.estimators = self._estimators()
        self.start = self._ground()

    def note(self, line: str) -> None:
        self.told.append(line)
        self.tell(line)

    def parts(self) -> Parts:
        preset = self.preset
        # Perceptors come first, because generators and losses embed their prompts with them.
        for name, spec in preset.perceptors.items():
            named = self._named("perceptor", spec, name)
            perceptor = self._build(named, "perceptors")
            with fenced(named.title):
                operator.index(perceptor.size + perceptor.dim)
            self.perceptors[name] = WeightedPerceptor(name, perceptor, spec.weight, self._owner(spec))
        self.start = self._drafted(preset.draft) if preset.draft else self.start
        if preset.start and preset.start.over:
            ground = self._blank() if self.start is None else self.start
            self.start = preset.start.laid_over(ground, self.estimators)
        generator_name = self._named("generator", preset.generator, preset.generator.id or preset.generator.type)
        generator = self._build(generator_name, "generator")
        # A generator may take other steps than the preset asks for; schedules are stretched over those it takes.
        with fenced(generator_name.title):
            self.steps = operator.index(generator.steps)
        if api.Need.ALL_STEPS in preset.generator.needs():  # of the others the preset's check has told it
            self._tell("", late_points(preset, self.steps))
        self._tell(generator_name.title, untold(preset, preset.generator))
        losses = self._losses()
        filters, views = self._build_all("filter", "filters"), self._build_all("view", "views")
        judges = self._judges()
        progress = Progress()
        finish = self._finish(progress)
        return Parts(
            preset=preset,
            device=self.device,
            generator=generator,
            generator_title=generator_name.title,
            boundary=self._boundary(),
            filters=filters,
            guidance=Guidance(losses, self.perceptors, views, self.steps, preset.chunk, self.note),
            judges=judges,
            finish=finish,
            progress=progress,
            reporters=self._reporters(),
            weights=weights_of(self.loaded),
            credits=credits_of(self.loaded),
            read_as=read_as_of((one.title, one.perceptor) for one in self.perceptors.values()),
            plugins=dict(sorted(self.plugins.items())),
            libraries=libraries(self.packages),
            inputs={str(path): self._sha256(path) for path in self.inputs},
            overlay=self._overlay(),
            paint=[(one.step, one.layer(self.size).to(self.device)) for one in preset.paint],
            alpha=self._alpha(generator_name.title, generator, filters),
            pictures=self.pictures,
        )

    def _ground(self) -> torch.Tensor | None:
        """What the preset's `start` says, as a draft is told it."""
        start = self.preset.start
        if start is None or not start.is_ground:
            return None
        return start.pictures(self.size, self._random("start"), self.estimators)

    def _estimators(self) -> dict[str, depths.Estimator]:
        """The models that see how far each place of the start's pictures is away."""
        names = self.preset.start.depth_models if self.preset.start else ()
        found = {name: reuse.estimator(name, self.device, self.note) for name in names}
        self.loaded += [(f"depth '{name}'", estimator) for name, estimator in found.items()]
        if found:
            self.packages.setdefault(OWN, set()).add(depths.__name__)
        return found

    def _blank(self) -> torch.Tensor:
        return torch.ones(self.preset.batch, 3, *self.size, device=self.device)

    def _drafted(self, spec: api.GeneratorSpec) -> torch.Tensor:
        """The first drawing of the preset's `draft`."""
        name = self._named("draft", spec, spec.id or spec.type)
        drafting = self._build(name, "draft")
        self._tell(name.title, untold(self.preset, spec))
        with fenced(name.title, 0), torch.no_grad():
            return self._boundary().drawn(drafting.draw(0), name.title, 0).clone()

    def _tell(self, title: str, lines: Iterable[str]) -> None:
        for line in lines:
            self.note(f"{title} {line}".strip())

    def _sha256(self, path: Path) -> str:
        """Of the bytes that were read, if they were read as a picture."""
        content = self.pictures.get(path)
        return sha256(path) if content is None else hashlib.sha256(content).hexdigest()

    def _boundary(self) -> Boundary:
        uses_gradient = getattr(self.preset.generator, "uses_gradient", True)
        return Boundary((self.preset.batch, 3, *self.size), self.device, self.note, uses_gradient)

    def _overlay(self) -> torch.Tensor | None:
        overlay = self.preset.overlay
        return overlay.layer(self.size).to(self.device) if overlay else None

    def _alpha(self, title: str, generator: api.Generator, filters: Sequence[tuple[str, api.Filter]]) -> Alpha | None:
        spec, random = self.preset.transparent, self._random("transparent")
        if spec is None:
            return None
        with fenced(title):
            told = isinstance(generator, api.HasCover) and generator.cover is not None
        if not told:
            return FoundAlpha(spec, self.size, random, self.steps)
        moving = [part for part, one in zip(filters, self.preset.filters, strict=True) if one.moves]

        def shape(step: int) -> torch.Tensor:
            with fenced(title, step):
                cover: torch.Tensor = generator.cover  # type: ignore[attr-defined]
                cover = cover.expand(self.preset.batch, 1, *self.size)
            for title_of_filter, change in moving:
                with fenced(title_of_filter, step):
                    cover = change(cover.expand(-1, 3, -1, -1), step)[:, :1]
            return cover

        return ToldAlpha(spec, self.size, random, shape, self.note)

    def _random(self, component: str) -> Random:
        frame = self._frame(component)
        later = tuple((one.step, tuple(one.seed + i for i in range(self.preset.batch))) for one in self.preset.reseed)
        return Random(self.seeds, f"{component}/frame {frame}" if frame else component, self.device, later)

    def _frame(self, component: str) -> int | None:
        """Which frame of a film it draws for; a draft is the same in all of them, so that it does not flicker."""
        return None if component.startswith("draft.") else self.preset.frame

    def _losses(self) -> list[WeightedLoss]:
        named = self._numbered("loss", self.preset.losses)
        return [
            WeightedLoss(
                n.name, self._build(n, "losses"), n.spec.weight, self._owner(n.spec), api.Need.PROMPTS in n.spec.needs()
            )
            for n in named
        ]

    def _judges(self) -> Judges | None:
        """Those that are perceptors first: the losses among them look through these, or else through the preset's."""
        # A judge that draws torch's own random numbers while it is built leaves those of the picture as they were.
        with apart_from_torchs(self.device):
            # A line that the user has read already is not told again for a judge.
            env = replace(self._env("judges"), note=lambda line: None if line in self.told else self.note(line))
            return judges_of(self.preset, self.perceptors, self.steps, env, self._build_judge)

    def _build_judge(self, name: str, spec: api.Spec, env: api.Env) -> NamedPart:
        named = self._named("judge", spec, name)
        shared = {"perceptors": env.perceptors, "prompts": env.prompts, "note": env.note}
        return NamedPart(named.title, self._owner(spec), self._build(named, "judges", **shared))

    def _build_all(self, kind: str, section: str) -> list[tuple[str, Any]]:
        named = self._numbered(kind, getattr(self.preset, section))
        return [(n.title, self._build(n, section)) for n in named]

    def _reporters(self) -> list[tuple[str, api.Reporter]]:
        """Each with a folder of its own, where the run has one."""
        named = self._numbered("reporter", self.preset.reporters)
        folders = [self.home and self.home.absolute() / one for one in folder_names(n.name for n in named)]
        makers = [partial(make_folder, folder) if folder else (lambda: None) for folder in folders]
        return [(n.title, self._build(n, "reporters", make_folder=make)) for n, make in zip(named, makers, strict=True)]

    def _finish(self, progress: Progress) -> list[Stage]:
        """The stages. Each is built for the size that the one before leaves."""
        stages, size = [], self.size
        for named in self._numbered("finish", self.preset.finish):
            part = self._build(named, "finish", size=size, progress=progress.of(named.title))
            stages.append((named.title, stage_of(part, named.spec, self.steps)))
            size = resized(named.spec, size)
        return stages

    def _numbered(self, kind: str, specs: Sequence[api.Spec]) -> list[NamedSpec]:
        names = numbered(spec.id or spec.type for spec in specs)
        return [self._named(kind, spec, name) for spec, name in zip(specs, names, strict=True)]

    def _named(self, kind: str, spec: api.Spec, name: str) -> NamedSpec:
        return NamedSpec(spec, name, f"{kind} '{name}' ({self._owner(spec)})")

    def _owner(self, spec: api.Spec) -> str:
        return self.registry.owner_of(spec)

    def _build(self, named: NamedSpec, section: str, **changes: Any) -> Any:
        # The recipe names every distribution that takes part, and no other that happens to be installed.
        offers = [(spec, self.registry.of_spec(spec)) for spec in with_held(named.spec)]
        self.plugins |= {component.dist: component.version for _, component in offers if component}
        env = replace(self._env(f"{section}.{named.name}"), **changes)
        build = partial(build_component, named.spec, named.title)
        built = reuse.perceptor(named.spec, env, build) if isinstance(named.spec, api.PerceptorSpec) else build(env)
        if section != "reporters":  # they only watch
            for spec, component in offers:
                if component:
                    self.packages.setdefault(component.dist, set()).add(package_of(spec))
            self.loaded.append((named.title, built))
        return built

    def _env(self, component: str) -> api.Env:
        return api.Env(
            device=self.device,
            size=self.size,
            batch=self.preset.batch,
            steps=self.steps,
            random=self._random(component),
            prompts=self.preset.prompts,
            start=self.start,
            perceptors={name: weighted.perceptor for name, weighted in self.perceptors.items()},
            note=self.note,
            frame=self._frame(component),
        )
