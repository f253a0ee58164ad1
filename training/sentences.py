"""Sentence embeddings by all-MiniLM-L6-v2 (Reimers & Gurevych 2019, arXiv:1908.10084), from the folder of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

LONGEST = 32
"""Tokens of a text that are read."""
AT_ONCE = 64


class Encoder:
    """Texts to unit rows: the mean of what the last layer makes of the tokens."""

    def __init__(self, folder: Path) -> None:
        self._tokens: Any = AutoTokenizer.from_pretrained(folder)
        self._model: Any = AutoModel.from_pretrained(folder).eval()

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> Tensor:
        """N texts to (N, 384)."""
        # Texts of one length together: what is filled up costs time.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        rows = torch.empty(len(texts), self._model.config.hidden_size)
        for start in range(0, len(order), AT_ONCE):
            part = order[start : start + AT_ONCE]
            rows[part] = self._embed([texts[index] for index in part])
        return rows

    def _embed(self, texts: list[str]) -> Tensor:
        told = self._tokens(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
        seen = told["attention_mask"][..., None].float()
        mean = (self._model(**told).last_hidden_state * seen).sum(1) / seen.sum(1)
        return F.normalize(mean, dim=-1)
