"""The working half of the CLIP loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from artgen.api import Env, InputError, Look, Perceptor, Prompt
from artgen_clip import bank, distances, wordings
from artgen_clip.aims import Aim, Measure, aim
from artgen_clip.loss_spec import Clip


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
        judges = {name: _Judge(spec, name, env) for name in dict.fromkeys(name for key in rows for name in key)}
        self._panels = [
            Panel(tuple(own), {name: [judges[name].aim(self._prompts[row]) for row in own] for name in key})
            for key, own in rows.items()
        ]

    def __call__(self, look: Look) -> Tensor:
        weights = [prompt.weight.at(look.step, look.steps) for prompt in self._prompts]
        verdicts = [panel(look, weights) for panel in self._panels]
        found = [verdict for verdict in verdicts if verdict is not None]
        return torch.stack(found).sum(dim=0) if found else look.image.flatten(1).sum(dim=1) * 0


@dataclass(frozen=True)
class Panel:
    """Prompts that are judged by the same perceptors."""

    rows: tuple[int, ...]
    """Which of the loss's prompts they are."""
    aims: dict[str, list[Aim]]
    """The prompts in the eyes of each perceptor."""

    def __call__(self, look: Look, weights: Sequence[float]) -> Tensor | None:
        """(B,): their part of the loss; None if nobody looks, or nothing pulls. `weights` is of all the prompts."""
        shares = {name: look.weight(name) for name in self.aims if look.weight(name) > 0}
        own = [place for place, row in enumerate(self.rows) if weights[row] != 0]
        if not shares or not own:
            return None
        pulls = look.image.new_tensor([weights[self.rows[place]] for place in own])
        total = look.image.new_tensor(weights).abs().sum()
        parts = [
            share * (_judge(look, name, [self.aims[name][place] for place in own], pulls) / total)
            for name, share in shares.items()
        ]
        return torch.stack(parts).sum(dim=0) / sum(shares.values())


def _judge(look: Look, name: str, aims: Sequence[Aim], weights: Tensor) -> Tensor:
    """(B,): what one perceptor says, summed over the prompts."""
    measured = torch.stack(_measure(look, name, aims), dim=-1)
    pull = _stop(measured * weights.sign(), weights, aims) * weights.abs()
    return pull.sum(dim=-1).mean(dim=1)


def _measure(look: Look, name: str, aims: Sequence[Aim]) -> list[Tensor]:
    """(B, n) of each prompt: how far each view of its part of the picture is from it."""
    height, width = look.image.shape[2:]
    looks = [aim.place(look) for aim in aims]
    views: dict[int, Tensor] = {}
    for seen in looks:
        # One tensor for all prompts that look there: their gradients are then added up in one order.
        if id(seen) not in views:
            views[id(seen)] = seen.embeddings(name)
    return [aim.distance(views[id(seen)], seen, (height, width)) for aim, seen in zip(aims, looks, strict=True)]


def _stop(signed: Tensor, weights: Tensor, aims: Sequence[Aim]) -> Tensor:
    """The same values; no gradient to a view that is nearer to a prompt than its `stop`, as in VQGAN+CLIP.

    A prompt of negative weight no longer pushes a view that is further away than its `stop`; the notebooks
    wrote that stop as a negative number, so its sign does not matter.
    """
    stops = signed.new_tensor([-torch.inf if aim.prompt.stop is None else aim.prompt.stop for aim in aims])
    held = torch.maximum(signed, torch.where(weights < 0, -stops.abs(), stops))
    return held + (signed - held).detach()


class _Judge:
    """Makes the aims of one perceptor; embeds the bank once for each set of templates."""

    def __init__(self, spec: Clip, name: str, env: Env) -> None:
        self._spec, self._name, self._env = spec, name, env
        self._entries = bank.read(spec.bank) if spec.distance == "contrast" else []
        self._others: dict[tuple[str, ...], Tensor] = {}

    def aim(self, prompt: Prompt) -> Aim:
        return aim(prompt, self._name, self._measure(prompt), self._spec.templates, self._env)

    def _measure(self, prompt: Prompt) -> Measure:
        if self._spec.distance != "contrast":
            return distances.cosine if self._spec.distance == "cosine" else distances.spherical
        return partial(distances.contrast, rivals=self._rivals(prompt), scale=self._spec.scale)

    def _rivals(self, prompt: Prompt) -> Tensor:
        """(K, dim): the bank's entries about other things, and the prompt in other colours."""
        perceptor, words = self._env.perceptors[self._name], prompt.text or prompt.label
        templates = wordings.templates_of(prompt, self._spec.templates)
        others = self._embed_bank(perceptor, templates)
        if words is None:
            return others
        kept, colours = others[bank.rivals(words, self._entries)], bank.recoloured(words)
        return torch.cat((kept, wordings.embed(colours, perceptor, templates))) if colours else kept

    def _embed_bank(self, perceptor: Perceptor, templates: tuple[str, ...]) -> Tensor:
        if templates not in self._others:
            texts = [entry.text for entry in self._entries]
            self._others[templates] = wordings.embed(texts, perceptor, templates)
        return self._others[templates]
