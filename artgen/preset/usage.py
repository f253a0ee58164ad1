"""Whether everything in a preset is used by something, and everything has what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from artgen import api
from artgen.api import Need
from artgen.errors import Problem
from artgen.preset import judge_checking
from artgen.preset.model import Settings
from artgen.preset.nodes import Node
from artgen.registry.fence import SettingsError, asked
from artgen.registry.plugins import Registry


def problems(
    registry: Registry,
    tree: Node,
    settings: Settings | None,
    specs: Mapping[str, Any],
    valid: Iterable[tuple[api.Spec, Node, str]],
) -> list[Problem]:
    """`specs`: those of each section, None where absent or wrong; `valid`: all specs, their nodes and places."""
    if specs["losses"] is None and not _is_empty(tree, "losses"):
        return []  # what the broken losses would use is unknown
    judges = specs.get("judges") or {}
    usage = _Usage(registry, tree, settings, specs["generator"], specs.get("draft"), specs["losses"] or (), judges)
    needs = [problem for spec, node, path in valid for problem in usage.needs(spec, node, path)]
    return [*usage.unjudged(), *usage.unseen(specs), *needs, *usage.unable()]


@dataclass(frozen=True)
class _Usage:
    registry: Registry
    tree: Node
    settings: Settings | None
    """None where they are wrong: then what they ask for is unknown."""
    generator: api.GeneratorSpec | None
    draft: api.GeneratorSpec | None
    losses: Sequence[api.LossSpec]
    judges: Mapping[str, api.Spec]

    def unjudged(self) -> Iterator[Problem]:
        """Nothing judges, or nothing reads the prompts."""
        if not self.losses:
            # First those that read prompts, which is what most presets are about.
            usual = self._losses_with(Need.PROMPTS)
            known = sorted(self.registry.names("loss"), key=lambda name: name not in usual)
            yield self._unused("losses", f"nothing judges the picture; add a loss of {', '.join(known)}")
        elif self.settings and self.settings.prompts and not self._has(Need.PROMPTS) and not self._judged_by_prompts():
            these = self._choice(Need.PROMPTS)
            yield self._unused("prompts", f"no loss reads the prompts; add one of {these}")

    def unseen(self, specs: Mapping[str, Any]) -> Iterator[Problem]:
        """Perceptors and views that nobody looks through."""
        looked = any(Need.VIEWS in loss.needs() for loss in self.losses)
        judged = not judge_checking.has_eyes(self.judges) and any(
            spec.needs() & {Need.VIEWS, Need.PERCEPTORS} for spec in self.judges.values()
        )
        for section, used in (("perceptors", looked or judged or self._has(Need.PERCEPTORS)), ("views", looked)):
            if specs[section] and self.losses and not used:
                these = self._choice(Need.VIEWS)
                yield self._unused(section, f"no loss looks through the {section}; add one of {these}")

    def needs(self, spec: api.Spec, node: Node, path: str) -> Iterator[Problem]:
        """What a loss has to be given."""
        if not isinstance(spec, api.LossSpec) or self.settings is None:
            return
        needs = spec.needs()
        if Need.PROMPTS in needs and not self.settings.prompts and not getattr(spec, "prompts", None):
            yield Problem(node.mark, path, "it has nothing to look for; add 'prompts'")
        begun = self.settings.start or self.settings.film or not _is_empty(self.tree, "draft")
        if Need.START in needs and not begun:
            yield Problem(node.mark, path, "it compares with the start; add 'start' to the preset")
        if path.startswith(f"{judge_checking.SECTION}."):
            return  # a judge has the whole picture for its only view, and may look through other judges
        if Need.PERCEPTORS in needs and _is_empty(self.tree, "perceptors"):
            yield Problem(node.mark, path, "it looks through a perceptor; add 'perceptors'")
        for section in ("perceptors", "views"):
            if Need.VIEWS in needs and _is_empty(self.tree, section):
                yield Problem(node.mark, path, f"it looks at views through perceptors; add '{section}'")

    def unable(self) -> Iterator[Problem]:
        """Settings of the run that not every generator can do."""
        spec, settings = self.generator, self.settings
        if spec is None or settings is None:
            return
        directed = any(prompt.direction for prompt in settings.prompts)
        if self.draft and not self._has(Need.START):
            yield self._unused("draft", f"nothing reads it: the generator '{spec.type}' begins in its own way")
        elif self.draft and settings.start and Need.START not in self.draft.needs():
            yield self._unused("start", f"nothing reads it: the draft '{self.draft.type}' begins in its own way")
        elif settings.start and not directed and not self._has(Need.START):
            yield self._unused("start", f"nothing reads it: the generator '{spec.type}' begins in its own way")
        for name in ("overlay", "paint"):
            if getattr(settings, name) and not spec.can_paint:
                yield self._unused(name, f"the generator '{spec.type}' cannot take a picture over; leave it out")
        if settings.auto_stop and Need.ALL_STEPS in spec.needs():
            yield self._unused("auto_stop", f"the generator '{spec.type}' needs all of its steps; leave it out")

    def _has(self, need: Need) -> bool:
        """Whether the generator or a loss has a need; one that is wrong may have any."""
        if self.generator is None:
            return True
        drawing = [self.generator, *([self.draft] if self.draft and need != Need.START else [])]
        return any(need in spec.needs() for spec in (*drawing, *self.losses))

    def _judged_by_prompts(self) -> bool:
        """Whether a judge reads the prompts; one that is wrong may do so."""
        return judge_checking.follow_prompts(self.judges) or (
            not self.judges and not _is_empty(self.tree, judge_checking.SECTION)
        )

    def _choice(self, need: Need) -> str:
        """The losses with a need to choose from."""
        return ", ".join(sorted(self._losses_with(need))) or "a plugin's"

    def _losses_with(self, need: Need) -> set[str]:
        """The losses that have a need as they are by default, or in their example."""
        losses = [component for component in self.registry.components if component.kind == "loss"]
        return {component.name for component in losses if need in _usual_needs(component.spec)}

    def _unused(self, section: str, message: str) -> Problem:
        return Problem(self.tree.keys.get(section, self.tree.mark), section, message)


def _usual_needs(spec: type[api.Spec]) -> Set[Need]:
    try:
        with asked(spec.__name__):
            return frozenset(spec(**spec.example).needs())
    except SettingsError:  # its example names a file, say, that is not here; or its code fails
        return frozenset()


def _is_empty(tree: Node, section: str) -> bool:
    """Whether a section is absent or holds nothing; a name with null takes away what an extended preset has."""
    holder = tree.value.get(section)
    if holder is None or not holder.is_mapping:
        return holder is None or not holder.value
    return all(node.value is None for node in holder.value.values())
