"""The prior: from a prompt and a hand to a drawing, which is the start that `init: prompt` asks for.

DALL-E 2 in miniature (Ramesh et al. 2022, arXiv 2204.06125, section 2.2): a small denoiser, trained by
``training/prior.py`` beside the embedded VQGAN, samples an encoding of the whole canvas. CLIP chooses among several,
and goes on from the best.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor

from artgen.api import Env, InputError, Perceptor
from artgen.weights import hashes, read_state
from artgen_vqgan import catalogue
from artgen_vqgan.codec import Codec
from artgen_vqgan.denoiser import TIMES, Denoiser, sample


class Prior:
    """The network, and what it was loaded from."""

    def __init__(self, codec: Codec, path: Path = catalogue.PRIOR) -> None:
        if not path.is_file():
            raise InputError("'init: prompt': what it begins with is not installed; reinstall artgen")
        self._codec, state = codec, full(read_state(path))
        self.weights = hashes([path], "vqgan")
        with safe_open(path, "pt") as file:
            self._credits: dict[str, list[str]] = json.loads(file.metadata()["hands"])
        self._hands = list(self._credits)
        self.credits: tuple[str, ...] = ()
        """Whose drawings the hands learnt from that have drawn."""
        self._mean, self._basis = state.pop("mean"), state.pop("basis")
        components, width = len(self._basis), len(state["enter.bias"])
        told = state["tell.weight"].shape[1] - 2 * TIMES - len(self._hands)
        blocks = sum(name.startswith("first.") and name.endswith("bias") for name in state)
        self._model = Denoiser(components, told, len(self._hands), width, len(state["tell.bias"]), blocks)
        self._model.load_state_dict(state)
        self._model.eval().requires_grad_(False)

    @torch.no_grad()
    def pictures(self, env: Env, hand: str, guesses: int) -> Tensor:
        """(B, 3, *env.size) in [0, 1]: the start of each picture, the best of so many by the perceptor's opinion."""
        perceptor = _perceptor(env, self._model.texts)
        text = _embedded(env, perceptor)
        noise = env.random.normal("guess", (guesses, self._model.components)).cpu()
        hands = self._chosen(env, hand)
        drew = [self._hands[number] for number in hands.argmax(1).unique()]
        self.credits = tuple(credit for hand in drew for credit in self._credits[hand])
        # One picture at a time, so that it comes out the same in any batch, to the bit.
        best = [self._best(text, one, told, perceptor, env) for one, told in zip(noise, hands, strict=True)]
        return _on_canvas(torch.stack(best), env.size)

    def _chosen(self, env: Env, hand: str) -> Tensor:
        """(B, H): the hand that was asked for, or one that each picture's own seed draws."""
        count = len(self._hands)
        if hand == "any":
            chosen = (env.random.uniform("hand", ()).cpu() * count).long()
        else:
            chosen = torch.full((env.batch,), self._hands.index(hand))
        return F.one_hot(chosen, count).float()

    def _best(self, text: Tensor, noise: Tensor, hand: Tensor, perceptor: Perceptor, env: Env) -> Tensor:
        rows = (text.cpu() * text.shape[0] ** 0.5).expand(len(noise), -1)
        found = sample(self._model, noise, rows, hand.expand(len(noise), -1))
        channels = self._codec.codes.shape[1]
        side = round((len(self._mean) // channels) ** 0.5)
        latents = (found @ self._basis + self._mean).unflatten(1, (channels, side, side)).to(env.device)
        drawn = self._codec.decode(self._codec.nearest(latents))
        seen = F.interpolate(drawn, (perceptor.size, perceptor.size), mode="bilinear", antialias=True).clamp(0, 1)
        return drawn[int((perceptor.embed_images(seen) @ text).argmax())]


def full(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as floats; matrices in 8 bits are multiplied by the scales of their rows."""
    values = {}
    for name, value in state.items():
        if not name.endswith(".scale"):
            scale = state.get(f"{name}.scale")
            values[name] = value.float() if scale is None else value.float() * scale.float()
    return values


def _embedded(env: Env, perceptor: Perceptor) -> Tensor:
    """(dim,): the unit embedding of the prompts, mixed by their weights at the beginning; only what is wanted."""
    weighted = [(prompt.text, prompt.weight.at(0, env.steps)) for prompt in env.prompts if prompt.text is not None]
    wanted = [(text, weight) for text, weight in weighted if weight > 0]
    if not wanted:
        raise InputError("'init: prompt' begins with what a text asks for; give such a prompt, or another 'init'")
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
    """As large as the canvas's shorter side allows, in its middle; the ground goes on as its mirror image."""
    height, width = canvas
    side = min(canvas)
    fitted = F.interpolate(pictures, (side, side), mode="bicubic", antialias=True).clamp(0, 1)
    left, top = (width - side) // 2, (height - side) // 2
    return F.pad(fitted, (left, width - side - left, top, height - side - top), mode="replicate")
