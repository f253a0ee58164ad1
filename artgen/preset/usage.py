"""Whether everything in a preset is used by something, and everything has what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artgen import api
from artgen.errors import Problem
from artgen.preset.model import Settings
from artgen.preset.nodes import Node
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
    usage = _Usage(registry, tree, settings, specs["generator"], specs["losses"] or ())
    needs = [problem for spec, node, path in valid for problem in usage.needs(spec, node, path)]
    return [*usage.unjudged(), *usage.unseen(specs), *needs, *usage.unable()]


@dataclass(frozen=True)
class _Usage:
    registry: Registry
    tree: Node
    settings: Settings | None
    """None where they are wrong: then what they ask for is unknown."""
    generator: api.GeneratorSpec | None
    losses: Sequence[api.LossSpec]

    def unjudged(self) -> Iterator[Problem]:
        """Nothing judges, or nothing reads the prompts."""
        if not self.losses:
            # First those that read prompts, which is what most presets are about.
            usual = {
                c.name for c in self.registry.components if c.kind == "loss" and getattr(c.spec, "uses_prompts", False)
            }
            known = sorted(self.registry.names("loss"), key=lambda name: name not in usual)
            yield self._unused("losses", f"nothing judges the picture; add a loss of {', '.join(known)}")
        elif self.settings and self.settings.prompts and not self._has("uses_prompts"):
            yield self._unused("prompts", f"no loss reads the prompts; add one of {self._losses_with('uses_prompts')}")

    def unseen(self, specs: Mapping[str, Any]) -> Iterator[Problem]:
        """Perceptors and views that nobody looks through."""
        looked = any(loss.uses_perceptors for loss in self.losses)
        for section, used in (("perceptors", looked or self._has("reads_perceptors")), ("views", looked)):
            if specs[section] and self.losses and not used:
                these = self._losses_with("uses_perceptors")
                yield self._unused(section, f"no loss looks through the {section}; add one of {these}")

    def needs(self, spec: api.Spec, node: Node, path: str) -> Iterator[Problem]:
        """What a loss has to be given."""
        if not isinstance(spec, api.LossSpec) or self.settings is None:
            return
        if spec.uses_prompts and not self.settings.prompts and not getattr(spec, "prompts", None):
            yield Problem(node.mark, path, "it has nothing to look for; add 'prompts'")
        if spec.uses_start and not self.settings.start:
            yield Problem(node.mark, path, "it compares with the start; add 'start' to the preset")
        if spec.reads_perceptors and _is_empty(self.tree, "perceptors"):
            yield Problem(node.mark, path, "it looks through a perceptor; add 'perceptors'")
        for section in ("perceptors", "views"):
            if spec.uses_perceptors and _is_empty(self.tree, section):
                yield Problem(node.mark, path, f"it looks at views through perceptors; add '{section}'")

    def unable(self) -> Iterator[Problem]:
        """Settings of the run that not every generator can do."""
        spec, settings = self.generator, self.settings
        if spec is None or settings is None:
            return
        directed = any(prompt.direction for prompt in settings.prompts)
        if settings.start and not directed and not self._has("uses_start"):
            yield self._unused("start", f"nothing reads it: the generator '{spec.type}' begins in its own way")
        if settings.overlay and not spec.can_paint:
            yield self._unused("overlay", f"the generator '{spec.type}' cannot take a picture over; leave it out")
        if settings.auto_stop and not spec.can_stop:
            yield self._unused("auto_stop", f"the generator '{spec.type}' needs all of its steps; leave it out")

    def _has(self, trait: str) -> bool:
        """Whether the generator or a loss has a trait, such as ``uses_prompts``; one that is wrong may have any."""
        return self.generator is None or any(getattr(spec, trait) for spec in (self.generator, *self.losses))

    def _losses_with(self, trait: str) -> str:
        """The losses with a trait to choose from."""
        components = [
            component
            for component in self.registry.components
            if component.kind == "loss" and getattr(component.spec, trait)
        ]
        return ", ".join(sorted({component.name for component in components})) or "a plugin's"

    def _unused(self, section: str, message: str) -> Problem:
        return Problem(self.tree.keys.get(section, self.tree.mark), section, message)


def _is_empty(tree: Node, section: str) -> bool:
    """Whether a section is absent or holds nothing; a name with null takes away what an extended preset has."""
    holder = tree.value.get(section)
    if holder is None or not holder.is_mapping:
        return holder is None or not holder.value
    return all(node.value is None for node in holder.value.values())
