"""The working half of the CLIP loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from artgen.api import Env, InputError, Look, Perceptor, Prompt
from artgen_clip import distances, negatives
from artgen_clip.loss_spec import Clip
from artgen_clip.targets import Measure, PromptTarget, target, told
from artgen_clip.templates import embed_averaged, templates_of


class ClipLoss:
    """(B,): the prompts' signed distances, averaged over views, prompts (by |weight|) and perceptors (by weight)."""

    def __init__(self, spec: Clip, env: Env) -> None:
        self._prompts = spec.prompts or env.prompts
        names = (spec.perceptor,) if spec.perceptor else tuple(env.perceptors)
        if not self._prompts:
            raise InputError("clip: there are no prompts; give 'prompts' to the preset or to this loss")
        if not names:
            raise InputError("clip: there is no perceptor to look at the picture; add one under 'perceptors'")
        rows: dict[tuple[str, ...], list[int]] = {}
        for row, prompt in enumerate(self._prompts):
            rows.setdefault((prompt.perceptor,) if prompt.perceptor else names, []).append(row)
        makers = {name: _TargetMaker(spec, name, env) for name in dict.fromkeys(name for key in rows for name in key)}
        self._groups = [
            PromptGroup(tuple(own), {name: [makers[name].target(self._prompts[row]) for row in own] for name in key})
            for key, own in rows.items()
        ]

    def __call__(self, look: Look) -> Tensor:
        weights = [prompt.weight.at(look.step, look.steps) for prompt in self._prompts]
        parts = [group(look, weights) for group in self._groups]
        found = [part for part in parts if part is not None]
        return torch.stack(found).sum(dim=0) if found else look.image.flatten(1).sum(dim=1) * 0


@dataclass(frozen=True)
class PromptGroup:
    """Prompts that are seen by the same perceptors."""

    rows: tuple[int, ...]
    """Which of the loss's prompts they are."""
    targets: dict[str, list[PromptTarget]]
    """The prompts as each perceptor sees them."""

    def __call__(self, look: Look, weights: Sequence[float]) -> Tensor | None:
        """(B,): their part of the loss; None if nobody looks, or nothing pulls. `weights` is of all the prompts."""
        shares = {name: look.weight(name) for name in self.targets if look.weight(name) > 0}
        own = [place for place, row in enumerate(self.rows) if weights[row] != 0]
        if not shares or not own:
            return None
        own_weights = look.image.new_tensor([weights[self.rows[place]] for place in own])
        # Of those that pull: one that is added later must not reach a bit before.
        total = look.image.new_tensor([weight for weight in weights if weight]).abs().sum()
        parts = [
            share * (_distance(look, name, [self.targets[name][place] for place in own], own_weights) / total)
            for name, share in shares.items()
        ]
        return torch.stack(parts).sum(dim=0) / sum(shares.values())


def _distance(look: Look, name: str, targets: Sequence[PromptTarget], weights: Tensor) -> Tensor:
    """(B,): how far the picture is from the prompts for one perceptor, summed by their weights."""
    measured = torch.stack(_measure(look, name, targets), dim=-1)
    weighted = _stop(measured * weights.sign(), weights, targets) * weights.abs()
    return weighted.sum(dim=-1).mean(dim=1)


def _measure(look: Look, name: str, targets: Sequence[PromptTarget]) -> list[Tensor]:
    """(B, n) of each prompt: how far each view of its part of the picture is from it."""
    wholes = [target.seen(look) for target in targets]
    looks = [target.place(whole) for target, whole in zip(targets, wholes, strict=True)]
    views: dict[int, Tensor] = {}
    for shown in looks:
        # One tensor for all prompts that look there: their gradients are then added up in one order.
        if id(shown) not in views:
            views[id(shown)] = shown.embeddings(name)
    sizes = [(whole.image.shape[2], whole.image.shape[3]) for whole in wholes]
    rows = zip(targets, looks, sizes, strict=True)
    return [target.distance(views[id(shown)], shown, size) for target, shown, size in rows]


def _stop(signed: Tensor, weights: Tensor, targets: Sequence[PromptTarget]) -> Tensor:
    """The same values; no gradient to a view that is nearer to a prompt than its `stop`, as in VQGAN+CLIP.

    A prompt of negative weight no longer pushes a view that is further away than its `stop`; the notebooks
    wrote that stop as a negative number, so its sign does not matter.
    """
    stops = signed.new_tensor([-torch.inf if one.prompt.stop is None else one.prompt.stop for one in targets])
    held = torch.maximum(signed, torch.where(weights < 0, -stops.abs(), stops))
    return held + (signed - held).detach()


class _TargetMaker:
    """Makes the targets of one perceptor; embeds the negatives once for each set of templates."""

    def __init__(self, spec: Clip, name: str, env: Env) -> None:
        self._spec, self._name, self._env = spec, name, env
        self._negatives = negatives.read(spec.bank) if spec.distance == "contrast" else []
        self._embedded: dict[tuple[str, ...], Tensor] = {}

    def target(self, prompt: Prompt) -> PromptTarget:
        return target(prompt, self._name, self._measure(prompt), self._spec.templates, self._env)

    def _measure(self, prompt: Prompt) -> Measure:
        if self._spec.distance != "contrast":
            return distances.cosine if self._spec.distance == "cosine" else distances.spherical
        versions = told(prompt, self._env)
        found = {version.wordings: self._negatives_of(version) for version in versions}
        negatives = [found[version.wordings] for version in versions]
        apart = negatives if prompt.told_apart else negatives[0]
        return partial(distances.contrast, negatives=apart, scale=self._spec.scale)

    def _negatives_of(self, prompt: Prompt) -> Tensor:
        """(K, dim): the texts about other things, and the prompt in other colours."""
        perceptor = self._env.perceptors[self._name]
        reworded = getattr(perceptor, "reworded", str)
        texts = [reworded(text) for text in prompt.wordings]
        templates = templates_of(prompt, self._spec.templates)
        others = self._embed_negatives(perceptor, templates)
        if not texts:
            return others
        kept = others[negatives.unrelated(" ".join(texts), self._negatives)]
        # None of them is what the prompt itself says elsewhere on its way from text to text.
        recoloured = dict.fromkeys(colour for text in texts for colour in negatives.recoloured(text))
        colours = [text for text in recoloured if text not in texts]
        if not colours:
            return kept
        return torch.cat((kept, embed_averaged(colours, perceptor, templates, made_up=True)))

    def _embed_negatives(self, perceptor: Perceptor, templates: tuple[str, ...]) -> Tensor:
        if templates not in self._embedded:
            texts = [negative.text for negative in self._negatives]
            self._embedded[templates] = embed_averaged(texts, perceptor, templates)
        return self._embedded[templates]
