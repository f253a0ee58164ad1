"""Prompt templates: texts in several wordings, whose embeddings are averaged."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from artgen.api import Perceptor, Prompt, Templates

# A few of the templates with which CLIP's authors classify pictures (Radford et al. 2021, section 3.1.4).
_BUILT_IN = (
    "{}",
    "a photo of {}.",
    "a picture of {}.",
    "a drawing of {}.",
    "an illustration of {}.",
    "a painting of {}.",
    "an icon of {}.",
)

# The seven that they found to be best together for ImageNet (github.com/openai/CLIP, notebook on prompt engineering).
_IMAGENET = (
    "itap of a {}.",
    "a bad photo of the {}.",
    "a origami {}.",
    "a photo of the large {}.",
    "a {} in a video game.",
    "art of the {}.",
    "a photo of the small {}.",
)

# The same thing without lettering and with it.
_LETTERING = (
    ("a picture", "a picture with text written on it"),
    ("a photo", "a photo with a caption"),
    ("a drawing", "a drawing with words and letters"),
    ("an illustration", "an illustration with a title"),
    ("a painting", "a painting with a signature"),
    ("an icon", "an icon with letters"),
    ("a clean picture", "a picture with a watermark"),
    ("a scene", "a sign with writing on it"),
)


def templates_of(prompt: Prompt, default: Templates) -> tuple[str, ...]:
    """What the prompt's text is averaged over."""
    if prompt.label is not None:
        return _IMAGENET
    return _expanded(default if prompt.templates is None else prompt.templates)


def _expanded(templates: Templates) -> tuple[str, ...]:
    """The templates that a setting stands for."""
    if isinstance(templates, tuple):
        return templates
    return _BUILT_IN if templates else ("{}",)


def embed_averaged(
    texts: Sequence[str], perceptor: Perceptor, templates: Sequence[str], made_up: bool = False
) -> Tensor:
    """(M, dim): each text's unit embedding, averaged over the templates and made a unit again.

    Of texts that are `made_up`, which the user did not write, a perceptor that can says nothing.
    """
    filled = [template.replace("{}", text) for text in texts for template in templates]
    embed = getattr(perceptor, "embed_made_up", perceptor.embed_texts) if made_up else perceptor.embed_texts
    embedded: Tensor = embed(filled).detach()
    return F.normalize(embedded.unflatten(0, (len(texts), len(templates))).mean(dim=1), dim=-1)


def without_lettering(perceptor: Perceptor) -> Tensor:
    """(dim,): the unit direction from pictures with lettering to the same ones without, as the text tower has it."""
    plain, lettered = (embed_averaged(texts, perceptor, ("{}",)) for texts in zip(*_LETTERING, strict=True))
    return F.normalize((plain - lettered).mean(dim=0), dim=-1)
