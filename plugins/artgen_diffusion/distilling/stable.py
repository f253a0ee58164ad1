"""Stable Diffusion's opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from artgen.api import Env, Prompt
from artgen_diffusion import text
from artgen_diffusion.components import DTYPES, NETWORK, Folder
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.distilling.teacher import Texts, usual_cfg
from artgen_diffusion.memory import Chunks
from artgen_diffusion.pixel import drawn_size, resized
from artgen_diffusion.prompted import Denoiser, check_fit, load_autoencoder
from artgen_diffusion.text import TextEmbedding


class StableTeacher:
    """Looks at the picture in the canvas's shape and about the number of pixels that its network was trained with."""

    def __init__(self, spec: Distill, env: Env, prompts: Sequence[Prompt]) -> None:
        dtype = DTYPES[spec.precision]
        folder = Folder.find(spec.model, env.note, spec.precision != "fp32")
        self.scheduler: Mapping[str, Any] = folder.scheduler()
        self._autoencoder, vae_weights = load_autoencoder(spec, env, folder)
        network = folder.load("unet", NETWORK, dtype, env.device)

        def embed(texts: Sequence[str]) -> list[TextEmbedding]:
            # Each alone: one that is added later must not reach a bit of the others.
            return [rows[0] for rows in text.embed(folder, [[one] for one in texts], dtype, env.device, env.note)]

        self._texts = Texts(env, prompts, embed, _between)
        blank = embed([""])[0]
        self._blank = blank.nothing if folder.zeroes_empty_prompts else blank
        check_fit(folder, network.config, self._autoencoder, self._blank)
        factor = self._autoencoder.factor
        # Each of the network's blocks but the last halves the latents.
        whole = factor * 2 ** (len(network.config["down_block_types"]) - 1)
        size = drawn_size(env.size, spec.resolution or factor * int(network.config["sample_size"] or 64), whole)
        self._size = size
        self._denoiser = Denoiser(network, self._blank, self._blank, size, Chunks(spec.chunk, env.note))
        self.shape: tuple[int, ...] = (self._autoencoder.channels, size[0] // factor, size[1] // factor)
        self.cfg = usual_cfg(spec.form)
        self.weights: Mapping[str, str] = folder.weights | vae_weights
        self.credits: Sequence[str] = ()

    def seen(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) at the size that the model is shown."""
        return resized(image, self._size)

    def encode(self, seen: Tensor) -> Tensor:
        """The likeliest latents."""
        return self._autoencoder.encode_with_graph(seen)

    def decode(self, clean: Tensor) -> Tensor:
        """As the model shows latents."""
        return self._autoencoder.decode(clean)

    def predict(self, noisy: Tensor, timestep: float, picture: int, rows: Sequence[int], at: tuple[int, int]) -> Tensor:
        """Without a text, and told each prompt of `rows`."""
        told = [self._texts.at(picture, row, *at) for row in rows]
        return self._denoiser.predict(noisy, timestep, [self._blank, *told])


def _between(prompt: Prompt, rows: Sequence[TextEmbedding], step: int, steps: int) -> TextEmbedding:
    assert prompt.travel is not None
    before, after, share = prompt.travel.between(step, steps)
    if not share:
        return rows[before]
    return TextEmbedding.mean([("", 1 - share), ("", share)], [rows[before], rows[after]])
