"""A Stable Diffusion model at work: the network with its prompts, and the autoencoder between latents and pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError
from artgen.canvas import in_range
from artgen_diffusion import text, tiny
from artgen_diffusion.components import AUTOENCODERS, DTYPES, NETWORK, Folder
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.memory import Chunks
from artgen_diffusion.prompted_spec import PromptedSpec
from artgen_diffusion.text import TextEmbedding


class Denoiser:
    """The network, told what to draw and what not."""

    def __init__(
        self, network: Any, prompt: TextEmbedding, negative: TextEmbedding, size: tuple[int, int], chunks: Chunks
    ) -> None:
        self._network, self._prompt, self._negative, self._chunks = network, prompt, negative, chunks
        # SDXL is told a picture's size, how far it was cropped, and the size asked for (arXiv:2307.01952, 2.2).
        self._size = torch.tensor([[*size, 0, 0, *size]], dtype=prompt.tokens.dtype, device=prompt.tokens.device)

    def __call__(self, latents: Tensor, timestep: float, cfg: float) -> Tensor:
        """(B, C, h, w) noisy latents to the prediction of the same shape, in float32.

        Classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598), counted as Stable Diffusion does: the
        negative prompt's prediction plus `cfg` times the way from it to the prompt's. At 0 and 1 one of them is enough.
        """
        if cfg in (0, 1):
            return self.predict(latents, timestep, [self._prompt if cfg else self._negative])
        negative, prompt = self.predict(latents, timestep, [self._negative, self._prompt]).chunk(2)
        return negative + cfg * (prompt - negative)

    def predict(self, latents: Tensor, timestep: float, texts: Sequence[TextEmbedding]) -> Tensor:
        """(B * texts, C, h, w): every picture with the first text, then with the next."""
        batch, dtype = len(latents), self._prompt.tokens.dtype
        tokens = torch.cat([one.tokens.expand(batch, -1, -1) for one in texts])
        pooled = [one.pooled.expand(batch, -1) for one in texts if one.pooled is not None]
        noisy = torch.cat([latents] * len(texts)).to(dtype)
        rows = (noisy, tokens, torch.cat(pooled)) if pooled else (noisy, tokens)
        return self._chunks(partial(self._through_network, timestep), *rows).float()

    def _through_network(self, timestep: float, noisy: Tensor, tokens: Tensor, pooled: Tensor | None = None) -> Tensor:
        sizes = self._size.expand(len(noisy), -1)
        more = None if pooled is None else {"text_embeds": pooled, "time_ids": sizes}
        output: Tensor = self._network(noisy, timestep, encoder_hidden_states=tokens, added_cond_kwargs=more).sample
        return output


class Autoencoder:
    """Between latents of variance about 1, as the network knows them, and pictures."""

    def __init__(self, model: Any, dtype: torch.dtype, chunks: Chunks) -> None:
        self._model, self._dtype, self._chunks = model, dtype, chunks
        widths = model.config.get("block_out_channels") or ()
        if type(model).__name__ == "AutoencoderTiny":
            widths = model.config["decoder_block_out_channels"]
        self.factor = int(2 ** (len(widths) - 1))
        """Pixels along the side of a latent."""
        self.channels = int(model.config["latent_channels"])
        # Most models scale all channels alike; some, such as Playground 2.5, have a mean and a spread for each.
        spread, mean = model.config.get("latents_std") or [1.0], model.config.get("latents_mean") or [0.0]
        self._scale = _per_channel(spread, model.device) / float(model.config["scaling_factor"])
        self._shift = _per_channel(mean, model.device) + float(model.config.get("shift_factor") or 0)

    def decode(self, latents: Tensor) -> Tensor:
        """(B, C, h, w) to (B, 3, h * factor, w * factor) in [0, 1]."""
        raw = (latents * self._scale + self._shift).to(self._dtype)
        decoded = self._chunks(lambda rows: self._model.decode(rows).sample, raw)
        return in_range(decoded.float() / 2 + 0.5)

    @torch.no_grad()
    def encode(self, images: Tensor) -> Tensor:
        """The way back; the likeliest latents, where the autoencoder gives a distribution."""
        return self._scaled(self._encoded((images * 2 - 1).to(self._dtype)))

    def encode_with_graph(self, images: Tensor) -> Tensor:
        """The same, with a graph to the images."""
        return self._scaled(self._encoded((images * 2 - 1).to(self._dtype)))

    def _encoded(self, images: Tensor) -> Tensor:
        found = self._model.encode(images)
        latents: Tensor = found.latents if hasattr(found, "latents") else found.latent_dist.mode()
        return latents

    def _scaled(self, latents: Tensor) -> Tensor:
        return (latents.float() - self._shift) / self._scale


def _per_channel(values: Sequence[float], device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=device).view(1, -1, 1, 1)


class StableDiffusion:
    """Everything that is loaded for a `PromptedSpec`, and the size at which it draws: the canvas in whole latents."""

    def __init__(self, spec: PromptedSpec, env: Env) -> None:
        dtype, device = DTYPES[spec.precision], env.device
        folder = Folder.find(spec.model, env.note, spec.precision != "fp32")
        self.scheduler: Mapping[str, Any] = folder.scheduler()
        self.autoencoder, vae_weights = load_autoencoder(spec, env, folder)
        self._canvas, self._size = env.size, _whole(env, self.autoencoder.factor)
        network = folder.load("unet", NETWORK, dtype, device)
        prompt, negative = _embedded_prompts(spec, env, folder, dtype)
        check_fit(folder, network.config, self.autoencoder, prompt)
        if spec.checkpointing:
            network.enable_gradient_checkpointing()
        self.denoiser = Denoiser(network, prompt, negative, self._size, Chunks(spec.chunk, env.note))
        self.weights = folder.weights | vae_weights

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one picture's latents."""
        height, width = (side // self.autoencoder.factor for side in self._size)
        return self.autoencoder.channels, height, width

    def show(self, latents: Tensor) -> Tensor:
        """(B, *shape) to (B, 3, *canvas) in [0, 1]: decoded, and cut to the canvas all around."""
        top, _, left, _ = self._margins()
        height, width = self._canvas
        return self.autoencoder.decode(latents)[..., top : top + height, left : left + width]

    def latents(self, image: Tensor) -> Tensor:
        """(B, *shape): what stands for (B, 3, *canvas)."""
        return self.autoencoder.encode(self.padded(image))

    def padded(self, image: Tensor) -> Tensor:
        """(B, C, *canvas) where `show` has it in what is drawn, so that nothing moves; the border goes on outside."""
        top, bottom, left, right = self._margins()
        return F.pad(image, (left, right, top, bottom), mode="replicate") if image.shape[-2:] != self._size else image

    def _margins(self) -> tuple[int, int, int, int]:
        """Pixels that are drawn above, below, left and right of the canvas."""
        (above, left), (below, right) = (
            [(drawn - side + end) // 2 for drawn, side in zip(self._size, self._canvas, strict=True)] for end in (0, 1)
        )
        return above, below, left, right


def load_autoencoder(spec: PromptedSpec | Distill, env: Env, folder: Folder) -> tuple[Autoencoder, dict[str, str]]:
    """The spec's own autoencoder or the model's, and the hashes of its weights."""
    dtype = DTYPES[spec.vae_precision]
    if isinstance(spec.vae, Path):
        model, hashes = tiny.load(spec.vae, dtype, env.device)
        return Autoencoder(model, dtype, Chunks(spec.chunk, env.note)), hashes
    own = Folder.find_vae(spec.vae, env.note, spec.vae_precision != "fp32") if spec.vae else None
    model = (own or folder).load("" if own else "vae", AUTOENCODERS, dtype, env.device)
    return Autoencoder(model, dtype, Chunks(spec.chunk, env.note)), own.weights if own else {}


def _embedded_prompts(
    spec: PromptedSpec, env: Env, folder: Folder, dtype: torch.dtype
) -> tuple[TextEmbedding, TextEmbedding]:
    told = [env.prompts_of(picture) for picture in range(env.batch if env.tells_each else 1)]
    lines = [text.prompt_lines(spec, prompts, env.steps) for prompts in told]
    if not all(prompt for pair in lines for prompt, _ in pair[0]):
        env.note("the prompt is empty, so the model draws what it likes; give 'prompts', or 'prompt' to the generator")
    for prompt in told[0] if spec.prompt is None else ():
        if prompt.words is not None and prompt.travel and prompt.travel.moves:
            env.note(f"draws where '{prompt.title}' begins; the losses alone go on along that way")
    groups = [[words for line in pair for words, _ in line] for pair in lines]
    rows = text.embed(folder, groups, dtype, env.device, env.note)
    embedded = [
        (TextEmbedding.mean(wanted, group[: len(wanted)]), TextEmbedding.mean(unwanted, group[len(wanted) :]))
        for (wanted, unwanted), group in zip(lines, rows, strict=True)
    ]
    # As diffusers tells them apart: a negative prompt that is empty is a text, and none is zeros.
    blank = folder.zeroes_empty_prompts and spec.negative is None
    unwanted = [
        one.nothing if blank and not negative[0][0] else one
        for (_, negative), (_, one) in zip(lines, embedded, strict=True)
    ]
    return TextEmbedding.of_batch([one for one, _ in embedded]), TextEmbedding.of_batch(unwanted)


def _whole(env: Env, factor: int) -> tuple[int, int]:
    """Height and width of the canvas in whole latents, none of it missing."""
    height, width = (-(-side // factor) * factor for side in env.size)
    if (height, width) != env.size:
        env.note(
            f"draws {width} x {height} pixels, because this model draws in multiples of {factor}; they are cut to the "
            f"canvas of {env.size[1]} x {env.size[0]}"
        )
    return height, width


def check_fit(folder: Folder, network: Mapping[str, Any], autoencoder: Autoencoder, prompt: TextEmbedding) -> None:
    """InputError unless the parts are made for each other, and for drawing from a text alone."""
    takes, width = network["in_channels"], network["cross_attention_dim"]
    wrong = None
    if takes != autoencoder.channels:
        wrong = f"the unet takes {takes} channels, the autoencoder gives {autoencoder.channels}"
    elif width != prompt.tokens.shape[-1]:
        wrong = f"the unet reads texts of width {width}, the text encoder writes {prompt.tokens.shape[-1]}"
    elif network.get("addition_embed_type") not in (None, "text_time"):
        wrong = f"the unet wants '{network['addition_embed_type']}' beside the text"
    elif (network.get("addition_embed_type") is None) != (prompt.pooled is None):
        wrong = "the unet and the text encoders are of different generations of Stable Diffusion"
    elif prompt.pooled is not None and _asked(network) != prompt.pooled.shape[-1]:
        wrong = f"the unet reads {_asked(network)} numbers about the whole text, there are {prompt.pooled.shape[-1]}"
    elif network.get("time_cond_proj_dim") or network.get("class_embed_type"):
        wrong = "the unet is a distilled or class-conditional one that wants more than a text"
    if wrong:
        raise InputError(
            f"{folder.path}: {wrong}; only Stable Diffusion 1, 2 and XL and their turbo forms are known, no "
            "inpainting, refiner or LCM models"
        )


def _asked(network: Mapping[str, Any]) -> int:
    """How wide SDXL's network expects the pooled text: what its six sizes leave of the embedding's input."""
    return int(network["projection_class_embeddings_input_dim"]) - 6 * int(network["addition_time_embed_dim"])
