"""The prior: from words and a hand to drawings of a thing, and from a sentence to a picture.

DALL-E 2 in miniature (Ramesh et al. 2022, arXiv 2204.06125, section 2.2): a small denoiser, trained by
``training/prior.py`` beside the embedded VQGAN, samples the encoding of one thing; CLIP chooses among several. Colours,
counts, places and who stands where are read from the sentence and composed exactly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor

from artgen.api import Env, InputError, Perceptor
from artgen.weights import hashes, read_state
from artgen_drawings import catalogue, ground
from artgen_drawings.caption import Caption, Reader, Thing, rgb
from artgen_drawings.cutout import cut, painted
from artgen_drawings.denoiser import TIMES, Denoiser, sample
from artgen_drawings.layout import compose, cropped, over
from artgen_drawings.packing import unpacked
from artgen_drawings.refiner import Refiner

VARIED = ("glossy", "flat", "cartoon", "outlined")
"""The hands that draw in turn; clip art shows too few things."""
AFLOAT = frozenset({"sea", "lake"})
"""Places on whose water nothing throws a shadow."""
POT = 384
"""Pixels a side of a plant in a pot, before it is placed."""


@dataclass(frozen=True)
class Scene:
    """What one picture shows, at no size yet."""

    caption: Caption
    figures: list[Tensor]
    """(4, h, w) each, colours multiplied by alpha."""
    seed: int
    """Of the ground."""

    def picture(self, size: tuple[int, int]) -> Tensor:
        """(4, *size) in [0, 1]: the picture, and what its things cover; all, where the place is the thing."""
        backdrop, floor, shadow = _backdrop(self.caption, size, torch.Generator().manual_seed(self.seed))
        if not self.figures:
            return torch.cat([backdrop, torch.ones_like(backdrop[:1])])
        return compose(self.figures, self.caption.relation, backdrop, floor, shadow)


class Prior:
    """The networks, and what they were loaded from."""

    def __init__(self, decode: Callable[[Tensor], Tensor], path: Path = catalogue.PRIOR) -> None:
        """`decode` draws (B, C, h, w) encodings as (B, 3, H, W) in [0, 1]."""
        if not path.is_file():
            raise InputError("'init: prompt': what it begins with is not installed; reinstall artgen")
        self._decode, state = decode, unpacked(read_state(path))
        self.weights = hashes([path], "drawings")
        with safe_open(path, "pt") as file:
            told = file.metadata()
        self._credits: dict[str, list[str]] = json.loads(told["hands"])
        self.reader = Reader(frozenset(json.loads(told["names"])))
        self.credits: tuple[str, ...] = ()
        """Whose drawings the hands learnt from that have drawn."""
        self._mean, self._basis = state.pop("mean"), state.pop("basis")
        self._model = _denoiser(_part(state, "denoiser."), len(self._credits))
        self._refiner = _refiner(_part(state, "refiner."))
        self._channels = self._refiner.enter.in_channels
        self.width = self._model.texts
        """How wide the embeddings are that it was taught with."""

    @torch.no_grad()
    def scenes(self, env: Env, perceptor: Perceptor, hand: str, guesses: int) -> list[Scene]:
        """What the heaviest prompt of each picture says, drawn by a hand; the best of so many guesses at each thing.

        Raises:
            InputError: if no text is asked for.
        """
        hands = self._chosen(env, hand)
        drew = [list(self._credits)[number] for number in hands.argmax(1).unique()]
        self.credits = tuple(dict.fromkeys(credit for name in drew for credit in self._credits[name]))
        # One picture at a time, so that it comes out the same in any batch, to the bit.
        return [self._scene(env, perceptor, number, hands[number], guesses) for number in range(env.batch)]

    def _scene(self, env: Env, perceptor: Perceptor, number: int, hand: Tensor, guesses: int) -> Scene:
        caption = self.reader.read(_wanted(env, number))
        if number == 0:
            _tell(env, caption)
        figures = [
            self._figure(env, perceptor, number, place, thing, hand, guesses)
            for place, thing in enumerate(caption.things)
        ]
        seed = int(env.random.uniform("ground", ())[number].item() * 2**31)
        if caption.potted and figures:
            figures[0] = _potted(figures[0], torch.Generator().manual_seed(seed))
        return Scene(caption, figures, seed)

    def _figure(
        self, env: Env, perceptor: Perceptor, number: int, place: int, thing: Thing, hand: Tensor, guesses: int
    ) -> Tensor:
        """(4, H, W): the guess at a thing that the perceptor likes best, in the colour that was asked for."""
        noise = env.random.normal(f"guess {place}", (guesses, self._model.components))[number].cpu()
        text = perceptor.embed_texts([_phrase(thing.words)])[0].detach()
        rows = (F.normalize(text.cpu().float(), dim=0) * self.width**0.5).expand(guesses, -1)
        drawings, masks = self.things(noise, rows, hand.expand(guesses, -1), env.device)
        seen = F.interpolate(drawings, (perceptor.size, perceptor.size), mode="bilinear", antialias=True).clamp(0, 1)
        best = int((perceptor.embed_images(seen).float() @ text.float()).argmax())
        figure = cut(drawings[best].cpu(), masks[best])
        return painted(figure, rgb(thing.colour)) if thing.colour else figure

    def things(self, noise: Tensor, texts: Tensor, hands: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """(N, K) noise to drawings (N, 3, H, W) on white and masks (N, h, w), both in [0, 1]."""
        found = sample(self._model, noise, texts, hands)
        side = round((len(self._mean) // self._channels) ** 0.5)
        cells = (found @ self._basis + self._mean).unflatten(1, (self._channels, side, side))
        cells = self._refiner(cells)
        return self._decode(cells[:, :-1].to(device)), (cells[:, -1] / 2 + 0.5).clamp(0, 1)

    def _chosen(self, env: Env, hand: str) -> Tensor:
        """(B, H): the hand that was asked for; or one by each picture's seed, so that a batch shows each of them."""
        names = list(self._credits)
        taken = [VARIED[seed % len(VARIED)] if hand == "any" else hand for seed in env.random.seeds]
        chosen = torch.tensor([names.index(name) for name in taken])
        return F.one_hot(chosen, len(names)).float()


def reader_of(env: Env, dim: int) -> Perceptor:
    """The embedded CLIP among the preset's perceptors: the prior was told texts by its embeddings."""
    try:
        return env.perceptor(dim=dim)[1]
    except InputError as error:
        raise InputError(
            f"'init: prompt' reads the prompts through the embedded CLIP, and {error}; add the perceptor "
            "{type: open_clip, model: embedded}, or choose another 'init'"
        ) from None


def _part(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _denoiser(state: dict[str, Tensor], hands: int) -> Denoiser:
    width, components = state["enter.weight"].shape
    told = state["tell.weight"].shape[1] - 2 * TIMES - hands
    blocks = sum(name.startswith("first.") and name.endswith("bias") for name in state)
    model = Denoiser(components, told, hands, width, len(state["tell.bias"]), blocks)
    model.load_state_dict(state)
    return model.eval().requires_grad_(False)


def _refiner(state: dict[str, Tensor]) -> Refiner:
    width, channels = len(state["enter.bias"]), len(state["leave.bias"])
    model = Refiner(channels, width, sum(name.startswith("first.") and name.endswith("bias") for name in state))
    # Packed, a convolution is a matrix.
    model.load_state_dict({name: value.reshape(model.get_parameter(name).shape) for name, value in state.items()})
    return model.eval().requires_grad_(False)


def _wanted(env: Env, number: int) -> str:
    """The heaviest prompt that one picture is told."""
    told = [
        (prompt.weight.at(0, env.steps), prompt.words) for prompt in env.prompts_of(number) if prompt.words is not None
    ]
    wanted = [(weight, text) for weight, text in told if weight > 0]
    if not wanted:
        raise InputError("'init: prompt' begins with what a text asks for; give such a prompt, or another 'init'")
    found = max(wanted, key=lambda one: one[0])[1]
    if len(wanted) > 1 and number == 0:
        env.note(f"'init: prompt' begins with '{found}', the heaviest of {len(wanted)} prompts")
    return found


def _phrase(words: str) -> str:
    return ("an " if words[:1] in "aeiou" else "a ") + words


def _tell(env: Env, caption: Caption) -> None:
    if caption.unread:
        said = "', '".join(caption.unread)
        env.note(f"'init: prompt' does not begin with '{said}'; that is left to the guidance")


def _backdrop(caption: Caption, size: tuple[int, int], rng: torch.Generator) -> tuple[Tensor, float | None, bool]:
    """The ground, the height at which things stand on it, and whether they throw a shadow."""
    if caption.place is None:
        return ground.plain(torch.tensor(rgb(caption.ground) if caption.ground else (1.0, 1.0, 1.0)), size), None, False
    backdrop = ground.paint(caption.place, caption.time, size, rng)
    if caption.place in ground.FLOATING:
        return backdrop, None, False
    return backdrop, ground.floor(caption.place), caption.place not in AFLOAT


def _potted(plant: Tensor, rng: torch.Generator) -> Tensor:
    """(4, POT, POT): the plant with its foot behind the rim of a pot."""
    pot = ground.flowerpot(POT, None, rng)
    _, _, rim = ground.rim()
    part = cropped(plant)
    scale = min(0.62 * POT / part.shape[1], 0.62 * POT / part.shape[2])
    part = F.interpolate(part[None], scale_factor=scale, mode="bicubic", antialias=True)[0].clamp(0, 1)
    part = torch.cat([part[:3].minimum(part[3:]), part[3:]])
    empty = torch.zeros(4, POT, POT)
    figure = over(empty, part, round((rim + 0.04) * POT) - part.shape[1], (POT - part.shape[2]) // 2)
    return over(figure, pot, 0, 0)
