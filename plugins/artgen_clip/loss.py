"""The working half of the CLIP loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError, Look, Perceptor, Prompt
from artgen.canvas import read_picture
from artgen_clip import Clip, bank, distances

Distance = Callable[[Tensor], Tensor]
"""(B, n, dim) views to (B, n) distances from one prompt."""

# A few of the wordings with which CLIP's authors classify pictures (Radford et al. 2021, section 3.1.4).
_TEMPLATES = (
    "{}",
    "a photo of {}.",
    "a picture of {}.",
    "a drawing of {}.",
    "an illustration of {}.",
    "a painting of {}.",
    "an icon of {}.",
)


class ClipLoss:
    """(B,): the prompts' signed distances, averaged over views, prompts (by |weight|) and perceptors (by weight)."""

    def __init__(self, spec: Clip, env: Env) -> None:
        self._prompts = spec.prompts or env.prompts
        names = (spec.perceptor,) if spec.perceptor else tuple(env.perceptors)
        if not self._prompts:
            raise InputError("clip: there are no prompts; give 'prompts' to the preset or to this loss")
        if not names:
            raise InputError("clip: there is no perceptor to look at the picture; add one under 'perceptors'")
        entries = bank.read(spec.bank) if spec.distance == "contrast" else []
        self._distances = {
            name: _distances(spec, self._prompts, env.perceptors[name], entries, env.device) for name in names
        }

    def __call__(self, look: Look) -> Tensor:
        weights = look.image.new_tensor([prompt.weight.at(look.step, look.steps) for prompt in self._prompts])
        shares = {name: look.weight(name) for name in self._distances if look.weight(name) > 0}
        if not shares or not weights.any():
            return look.image.flatten(1).sum(dim=1) * 0
        parts = [share * self._judge(look, name, weights) for name, share in shares.items()]
        return torch.stack(parts).sum(dim=0) / sum(shares.values())

    def _judge(self, look: Look, name: str, weights: Tensor) -> Tensor:
        """(B,): what one perceptor says."""
        views = look.embeddings(name)
        measured = torch.stack([distance(views) for distance in self._distances[name]], dim=-1)
        pull = self._stop(measured * weights.sign(), weights) * weights.abs()
        return pull.sum(dim=-1).mean(dim=1) / weights.abs().sum()

    def _stop(self, signed: Tensor, weights: Tensor) -> Tensor:
        """The same values; no gradient to a view that is nearer to a prompt than its `stop`, as in VQGAN+CLIP.

        A prompt of negative weight no longer pushes a view that is further away than its `stop`; the notebooks
        wrote that stop as a negative number, so its sign does not matter.
        """
        stops = signed.new_tensor([-torch.inf if prompt.stop is None else prompt.stop for prompt in self._prompts])
        held = torch.maximum(signed, torch.where(weights < 0, -stops.abs(), stops))
        return held + (signed - held).detach()


def _distances(
    spec: Clip, prompts: Sequence[Prompt], perceptor: Perceptor, entries: list[bank.Entry], device: torch.device
) -> list[Distance]:
    """One distance per prompt, its embeddings made."""
    templates = _templates(spec)
    targets = [_embed(prompt, perceptor, templates, device) for prompt in prompts]
    if spec.distance != "contrast":
        measure = distances.cosine if spec.distance == "cosine" else distances.spherical
        return [partial(measure, target=target) for target in targets]
    others = _embed_texts([entry.text for entry in entries], perceptor, templates)
    found = zip(prompts, targets, strict=True)
    return [
        partial(
            distances.contrast,
            target=target,
            rivals=_rivals(prompt, entries, others, perceptor, templates),
            scale=spec.scale,
        )
        for prompt, target in found
    ]


def _rivals(
    prompt: Prompt, entries: list[bank.Entry], others: Tensor, perceptor: Perceptor, templates: Sequence[str]
) -> Tensor:
    """(K, dim): the bank's entries about other things, and the prompt in other colours."""
    if prompt.text is None:
        return others
    kept = others[bank.rivals(prompt.text, entries)]
    colours = bank.recoloured(prompt.text)
    return torch.cat((kept, _embed_texts(colours, perceptor, templates))) if colours else kept


def _templates(spec: Clip) -> tuple[str, ...]:
    if isinstance(spec.templates, tuple):
        return spec.templates
    return _TEMPLATES if spec.templates else ("{}",)


def _embed(prompt: Prompt, perceptor: Perceptor, templates: Sequence[str], device: torch.device) -> Tensor:
    """(dim,)"""
    if prompt.image is None:
        return _embed_texts([prompt.label], perceptor, templates)[0]
    picture = read_picture(prompt.image, (perceptor.size, perceptor.size)).to(device)
    with torch.no_grad():
        return perceptor.embed_images(picture)[0]


def _embed_texts(texts: Sequence[str], perceptor: Perceptor, templates: Sequence[str]) -> Tensor:
    """(M, dim): each text's unit embedding, averaged over the templates and made a unit again."""
    filled = [template.replace("{}", text) for text in texts for template in templates]
    embedded = perceptor.embed_texts(filled).detach()
    return F.normalize(embedded.unflatten(0, (len(texts), len(templates))).mean(dim=1), dim=-1)
