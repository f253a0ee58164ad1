"""Prompts as the network reads them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch
from torch import Tensor

from artgen import weights
from artgen.api import InputError, Prompt
from artgen_diffusion.components import ENCODER, SECOND_ENCODER, Folder
from artgen_diffusion.prompted_spec import PromptedSpec

MOST_TRAVELLING = 4
"""Each of them doubles the texts that are encoded."""
Line = Sequence[tuple[str, float]]
"""Texts whose embeddings are added up by their shares, which are 1 together."""


@dataclass(frozen=True)
class TextEmbedding:
    """One text in the network's terms."""

    tokens: Tensor
    """(tokens, width): one row a token; (B, tokens, width) where each picture is told something else."""
    pooled: Tensor | None = None
    """(width,) or (B, width): the whole text in one row; SDXL alone has it."""

    @property
    def nothing(self) -> TextEmbedding:
        """What SDXL is told where there is no text."""
        pooled = None if self.pooled is None else torch.zeros_like(self.pooled)
        return TextEmbedding(torch.zeros_like(self.tokens), pooled)

    @classmethod
    def mean(cls, line: Line, rows: Sequence[TextEmbedding]) -> TextEmbedding:
        """The embeddings of a line's texts, added up by their shares."""
        if len(rows) == 1:
            return rows[0]
        told = list(zip(rows, (share for _, share in line), strict=True))
        tokens = torch.stack([share * row.tokens for row, share in told]).sum(0)
        pooled = [share * row.pooled for row, share in told if row.pooled is not None]
        return cls(tokens, torch.stack(pooled).sum(0) if pooled else None)

    @classmethod
    def of_batch(cls, rows: Sequence[TextEmbedding]) -> TextEmbedding:
        """One for all pictures, or one for each in one."""
        if len(rows) == 1:
            return rows[0]
        pooled = [row.pooled for row in rows if row.pooled is not None]
        return cls(torch.stack([row.tokens for row in rows]), torch.stack(pooled) if pooled else None)


def prompt_lines(spec: PromptedSpec, prompts: Sequence[Prompt], steps: int) -> tuple[Line, Line]:
    """The prompt and the negative prompt: the spec's own, or the preset's texts, joined by commas."""
    texts = [prompt for prompt in prompts if prompt.words is not None]
    wanted = [prompt for prompt in texts if max(prompt.weight.values) > 0]
    unwanted = [prompt for prompt in texts if min(prompt.weight.values) < 0 >= max(prompt.weight.values)]
    positive = _line(wanted, steps) if spec.prompt is None else [(spec.prompt, 1.0)]
    return positive, _line(unwanted, steps) if spec.negative is None else [(spec.negative, 1.0)]


def _line(prompts: Sequence[Prompt], steps: int) -> Line:
    """Texts joined by commas; of those that are between two as a run of `steps` begins, every choice by its share."""
    choices = [_choices(prompt, steps) for prompt in prompts]
    if sum(len(one) > 1 for one in choices) > MOST_TRAVELLING:
        raise InputError(f"more than {MOST_TRAVELLING} prompts are each between two texts; let fewer travel at a time")
    lines = product(*choices)
    return [(", ".join(text for text, _ in line), math.prod(share for _, share in line)) for line in lines]


def _choices(prompt: Prompt, steps: int) -> Line:
    if prompt.travel is None:
        return [(str(prompt.words), 1.0)]
    texts, (before, after, share) = prompt.travel.texts, prompt.travel.between(0, steps)
    return [(texts[before], 1 - share), (texts[after], share)] if share else [(texts[before], 1.0)]


@torch.no_grad()
def embed(
    folder: Folder,
    texts: Sequence[Sequence[str]],
    dtype: torch.dtype,
    device: torch.device,
    note: Callable[[str], None],
) -> list[list[TextEmbedding]]:
    """Each group of texts as the network reads them. The encoders are loaded for this alone, and let go.

    A group goes through them by itself, so that it is rounded as it would be alone.
    """
    if not (folder.path / "text_encoder_2").is_dir():
        # SD 1 and 2 read the last layer; SD 2's encoder comes without the layers that it skips.
        only = _encoded(folder, "", ENCODER, texts, dtype, device, note)
        return [[TextEmbedding(row) for row in group.last_hidden_state] for group in only]
    # SDXL (arXiv:2307.01952) reads the layer before the last of both encoders, side by side.
    first = [group.hidden_states[-2] for group in _encoded(folder, "", ENCODER, texts, dtype, device, note)]
    second = _encoded(folder, "_2", SECOND_ENCODER, texts, dtype, device, lambda _: None)
    return [
        [
            TextEmbedding(row, pooled)
            for row, pooled in zip(torch.cat((one, two.hidden_states[-2]), dim=-1), two.text_embeds, strict=True)
        ]
        for one, two in zip(first, second, strict=True)
    ]


def _encoded(
    folder: Folder,
    suffix: str,
    kinds: Mapping[str, Any],
    texts: Sequence[Sequence[str]],
    dtype: torch.dtype,
    device: torch.device,
    note: Callable[[str], None],
) -> list[Any]:
    """What an encoder says of each group, with all its layers."""
    encoder = folder.load(f"text_encoder{suffix}", kinds, dtype, device)
    tokens = [_tokens(folder, f"tokenizer{suffix}", encoder, group, note) for group in texts]
    return [encoder(group, output_hidden_states=True) for group in tokens]


def _tokens(folder: Folder, part: str, encoder: Any, texts: Sequence[str], note: Callable[[str], None]) -> Tensor:
    """(texts, length) token numbers; says so when a text is cut off."""
    tokenizer, room = folder.tokenizer(part), encoder.config.max_position_embeddings
    if len(tokenizer) > encoder.config.vocab_size:
        raise InputError(
            f"{folder.path / part}: has {len(tokenizer)} tokens, the text encoder knows {encoder.config.vocab_size}; "
            "they do not match"
        )
    # transformers would say of a long text that it ends in errors; here it is cut, and said so.
    with weights.silenced():
        lengths = [len(tokenizer(text).input_ids) for text in texts]
        filled = tokenizer(list(texts), padding="max_length", max_length=room, truncation=True, return_tensors="pt")
    for text, length in zip(texts, lengths, strict=True):
        if length > room:
            begin = text if len(text) <= 60 else f"{text[:60]}..."
            note(f"'{begin}' is {length} tokens long; the model reads the first {room} and ignores the rest")
    tokens: Tensor = filled.input_ids.to(encoder.device)
    return tokens
