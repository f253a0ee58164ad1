"""What the models that draw are told: texts, as the guide's text tower embeds them."""

from __future__ import annotations

from pathlib import Path

import open_clip
import torch
from torch import Tensor

from training.model import embed_texts

GUIDE = Path(__file__).parents[1] / "plugins" / "artgen_clip" / "embedded"


class Words:
    """The guide's frozen text tower; rows have a mean square of 1."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.model = open_clip.create_model(f"local-dir:{GUIDE}").to(device).eval().requires_grad_(False)
        self.tokens = open_clip.get_tokenizer(f"local-dir:{GUIDE}", bpe_path=str(GUIDE / "bpe.txt.gz"))

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> Tensor:
        rows = embed_texts(self.model, self.tokens(texts).to(self.device))
        values: Tensor = rows * rows.shape[1] ** 0.5
        return values
