"""The prior: what a prompt's drawing usually looks like, which is the start that `init: prompt` asks for.

A small network, trained by ``training/guess.py`` beside the embedded VQGAN, turns a text embedding of the embedded CLIP
into an encoding; after feed_forward_vqgan_clip (M. Cherti, 2021, https://github.com/mehdidc/feed_forward_vqgan_clip).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError, Perceptor, Prompt
from artgen.weights import hashes, read_state
from artgen_vqgan import catalogue
from artgen_vqgan.codec import Codec

_SPREAD = 0.2
"""How far the pictures of a batch are from the prompt that they all begin with, where embeddings have a mean square of
1: less than the texts that the network learnt from were moved, and enough that no two are alike."""


class Prior:
    """The network, and what it was loaded from."""

    def __init__(self, codec: Codec, path: Path = catalogue.PRIOR) -> None:
        if not path.is_file():
            raise InputError("'init: prompt': what it begins with is not installed; reinstall artgen")
        self._codec, state = codec, read_state(path)
        self.weights = hashes([path], "vqgan")
        names = sorted({name.partition(".")[0] for name in state}, key=int)
        self._layers = [(state[f"{name}.weight"].float(), state[f"{name}.bias"].float()) for name in names]

    def pictures(self, env: Env) -> Tensor:
        """(B, 3, *env.size) in [0, 1]: the start of each picture, drawn out at its border to the canvas."""
        dim = self._layers[0][0].shape[1]
        text = _embedded(env, dim)
        # The purpose names the random stream, and so is part of every picture that began here.
        rows = text * dim**0.5 + _SPREAD * env.random.normal("guess", (dim,))
        # One picture at a time, so that it comes out the same in any batch, to the bit.
        latent = torch.cat([self._encoding(row) for row in rows.cpu().split(1)]).to(env.device)
        with torch.no_grad():
            return _on_canvas(self._codec.decode(latent), env.size)

    def _encoding(self, rows: Tensor) -> Tensor:
        """(B, dim) to (B, C, h, w)"""
        for weight, bias in self._layers[:-1]:
            rows = F.gelu(F.linear(rows, weight, bias))
        flat = F.linear(rows, *self._layers[-1])
        channels = self._codec.codes.shape[1]
        side = math.isqrt(flat.shape[1] // channels)
        values: Tensor = flat.unflatten(1, (channels, side, side))
        return values


def _embedded(env: Env, dim: int) -> Tensor:
    """(dim,), or (B, dim) where each picture is told something else: the unit embedding of what is wanted."""
    if not env.tells_each:
        return _mixed(env, dim, env.prompts)
    return torch.stack([_mixed(env, dim, env.prompts_of(picture)) for picture in range(env.batch)])


def _mixed(env: Env, dim: int, prompts: Sequence[Prompt]) -> Tensor:
    """(dim,): the prompts, mixed by their weights at the beginning."""
    weighted = [(prompt.words, prompt.weight.at(0, env.steps)) for prompt in prompts if prompt.words is not None]
    wanted = [(text, weight) for text, weight in weighted if weight > 0]
    if not wanted:
        raise InputError("'init: prompt' begins with what a text asks for; give such a prompt, or another 'init'")
    perceptor = _perceptor(env, dim)
    rows = perceptor.embed_texts([text for text, _ in wanted]).detach().float()
    return F.normalize(rows.new_tensor([weight for _, weight in wanted]) @ rows, dim=0)


def _perceptor(env: Env, dim: int) -> Perceptor:
    try:
        return env.perceptor(dim=dim)[1]
    except InputError as error:
        raise InputError(
            f"'init: prompt' reads the prompts through the embedded CLIP, and {error}; add the perceptor "
            "{type: open_clip, model: embedded}, or choose another 'init'"
        ) from None


def _on_canvas(pictures: Tensor, canvas: tuple[int, int]) -> Tensor:
    """As large as the canvas's shorter side allows, in its middle."""
    height, width = canvas
    side = min(canvas)
    fitted = F.interpolate(pictures, (side, side), mode="bicubic", antialias=True).clamp(0, 1)
    left, top = (width - side) // 2, (height - side) // 2
    return F.pad(fitted, (left, width - side - left, top, height - side - top), mode="replicate")
