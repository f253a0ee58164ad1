"""The prior: from words and a hand to drawings of a thing, and from a sentence to a picture.

DALL-E 2 in miniature (Ramesh et al. 2022, arXiv 2204.06125, section 2.2): a small denoiser, trained by
``training/prior.py`` beside the embedded VQGAN, samples the encoding of one thing; CLIP chooses among several. Colours,
counts, places and who stands where are read from the sentence and composed exactly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor

from artgen.api import Env, InputError, Perceptor, Prompt, Rewords
from artgen.weights import hashes, read_state
from artgen_drawings import catalogue
from artgen_drawings.caption import MOST, Caption, Reader, Thing, rgb
from artgen_drawings.composition import Composition
from artgen_drawings.cutout import cut, painted
from artgen_drawings.denoiser import TIMES, Denoiser, sample
from artgen_drawings.packing import unpacked
from artgen_drawings.pose import Pose
from artgen_drawings.refiner import Refiner

VARIED = ("glossy", "flat", "cartoon", "outlined")
"""The hands that draw in turn; clip art shows too few things."""


@dataclass(frozen=True)
class Scene:
    """What one picture shows, at no size yet."""

    caption: Caption
    figures: list[Tensor]
    """(4, h, w) each, colours multiplied by alpha."""
    seed: int
    """Of the ground."""

    def posed(self, ways: Sequence[Pose]) -> Scene:
        """The same things, each standing in a way of its own."""
        return replace(self, figures=[way(figure) for way, figure in zip(ways, self.figures, strict=False)])

    def picture(self, size: tuple[int, int]) -> Tensor:
        """(4, *size) in [0, 1]: the picture, and what its things cover; all, where the place is the thing."""
        return Composition(self.caption, size, torch.Generator().manual_seed(self.seed)).around(self.figures)


class Prior:
    """The networks, and what they were loaded from."""

    def __init__(self, decode: Callable[[Tensor], Tensor], path: Path = catalogue.PRIOR) -> None:
        """`decode` draws (B, C, h, w) encodings as (B, 3, H, W) in [0, 1]."""
        if not path.is_file():
            raise InputError("the embedded prior, which draws what prompts ask for, is not installed; reinstall artgen")
        self._decode, state = decode, unpacked(read_state(path))
        self.weights = hashes([path], "drawings")
        with safe_open(path, "pt") as file:
            told = file.metadata()
        self._credits: dict[str, list[str]] = json.loads(told["hands"])
        self.reader = Reader(catalogue.names(path))
        self.credits: tuple[str, ...] = ()
        """Whose drawings the hands learnt from that have drawn."""
        self._mean, self._basis = state.pop("mean"), state.pop("basis")
        # The weights that constructors make up are replaced; their draws must not be felt by anyone else.
        with torch.random.fork_rng(devices=[]):
            self.model = _denoiser(_part(state, "denoiser."), len(self._credits))
            self._refiner = _refiner(_part(state, "refiner."))
        self._channels = self._refiner.enter.in_channels
        self.side = round((len(self._mean) // self._channels) ** 0.5)
        """Cells of an encoding, either way."""
        self.width = self.model.texts
        """How wide the embeddings are that it was taught with."""

    @torch.no_grad()
    def scenes(self, env: Env, perceptor: Perceptor, hand: str, guesses: int, variety: float) -> list[Scene]:
        """What the heaviest prompt of each picture says, drawn by a hand; the best of so many guesses at each thing.

        `variety` says how far its things stand otherwise than the hand has learnt them (`pose.Pose`).

        Raises:
            InputError: if no text is asked for.
        """
        hands = self.hands(env, hand)
        # One picture at a time, so that it comes out the same in any batch, to the bit.
        drawn = [self._scene(env, perceptor, number, hands[number], guesses) for number in range(env.batch)]
        return [scene.posed(poses(env, number, variety)) for number, scene in enumerate(drawn)]

    def _scene(self, env: Env, perceptor: Perceptor, number: int, hand: Tensor, guesses: int) -> Scene:
        prompt = _wanted(env, number)
        caption = self.reader.read(reworded(perceptor, str(prompt.words)))
        if speaks(env, number):
            _tell(env, caption)
        texts = self.told(prompt, caption, env, perceptor)
        figures = [
            self._figure(env, perceptor, number, place, thing, texts[place], hand, guesses)
            for place, thing in enumerate(caption.things)
        ]
        return Scene(caption, figures, ground_seed(env, number))

    def told(self, prompt: Prompt, caption: Caption, env: Env, perceptor: Perceptor) -> list[Tensor]:
        """(D,) for each thing of a caption: its text as the perceptor embeds it.

        Of a prompt that is between two texts as the run begins, between its things and those of the other text.
        """
        if prompt.travel is None:
            return [_embedded(thing, perceptor) for thing in caption.things]
        captions = [self.reader.read(reworded(perceptor, text)) for text in prompt.travel.texts]
        ways = (
            [one.things[place] if place < len(one.things) else thing for one in captions]
            for place, thing in enumerate(caption.things)
        )
        rows = (torch.stack([_embedded(thing, perceptor) for thing in way]) for way in ways)
        return [prompt.travel.embedding(texts, 0, env.steps) for texts in rows]

    def _figure(
        self,
        env: Env,
        perceptor: Perceptor,
        number: int,
        place: int,
        thing: Thing,
        text: Tensor,
        hand: Tensor,
        guesses: int,
    ) -> Tensor:
        """(4, H, W): the guess at a thing that the perceptor likes best, in the colour that was asked for."""
        noise = env.random.normal(f"guess {place}", (guesses, self.model.components))[number].cpu()
        rows = (F.normalize(text.cpu().float(), dim=0) * self.width**0.5).expand(guesses, -1)
        drawings, masks = self.things(noise, rows, hand.expand(guesses, -1), env.device)
        seen = F.interpolate(drawings, (perceptor.size, perceptor.size), mode="bilinear", antialias=True).clamp(0, 1)
        best = int((perceptor.embed_images(seen).float() @ text.float()).argmax())
        figure = cut(drawings[best].cpu(), masks[best])
        return painted(figure, rgb(thing.colour)) if thing.colour else figure

    def things(self, noise: Tensor, texts: Tensor, hands: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """(N, K) noise to drawings (N, 3, H, W) on white and masks (N, h, w), both in [0, 1]."""
        return self.drawn(sample(self.model, noise, texts, hands), device)

    def drawn(self, components: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """(N, K) clean components to what `things` gives, with a graph to them where gradients are wanted."""
        cells = (components @ self._basis + self._mean).unflatten(1, (self._channels, self.side, self.side))
        cells = self._refiner(cells)
        return self._decode(cells[:, :-1].to(device)), (cells[:, -1] / 2 + 0.5).clamp(0, 1)

    def components(self, latents: Tensor, masks: Tensor) -> Tensor:
        """Encodings (N, C, side, side) and masks (N, side, side) in [0, 1] to (N, K), as near as components come."""
        cells = torch.cat([latents, 2 * masks[:, None] - 1], 1).flatten(1)
        # The rows are orthogonal, and nearly so as they are packed.
        return (cells - self._mean) @ self._basis.T / self._basis.square().sum(1)

    def hands(self, env: Env, hand: str) -> Tensor:
        """(B, H): the hand that was asked for; or one by each picture's seed, so that a batch shows each of them.

        `credits` says from now on whose drawings these learnt from.
        """
        names = list(self._credits)
        taken = [VARIED[seed % len(VARIED)] if hand == "any" else hand for seed in env.random.seeds]
        drew = sorted(set(taken), key=names.index)
        self.credits = tuple(dict.fromkeys(credit for name in drew for credit in self._credits[name]))
        return F.one_hot(torch.tensor([names.index(name) for name in taken]), len(names)).float()


def reader_of(env: Env, dim: int) -> Perceptor:
    """The embedded CLIP among the preset's perceptors: the prior was told texts by its embeddings."""
    try:
        return env.perceptor(dim=dim)[1]
    except InputError as error:
        raise InputError(
            f"'init: prompt' reads the prompts through the embedded CLIP, and {error}; add the perceptor "
            "{type: open_clip, model: embedded}, or choose another 'init'"
        ) from None


def reworded(perceptor: Perceptor, text: str) -> str:
    """The text as the perceptor is told it, so that what is drawn and what is followed are the same."""
    return perceptor.reworded(text) if isinstance(perceptor, Rewords) else text


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


def _wanted(env: Env, number: int) -> Prompt:
    """The heaviest prompt that one picture is told."""
    if (prompt := heaviest(env, number)) is None:
        raise InputError("'init: prompt' begins with what a text asks for; give such a prompt, or another 'init'")
    others = sum(prompt.words is not None and prompt.weight.at(0, env.steps) > 0 for prompt in env.prompts_of(number))
    if others > 1 and speaks(env, number):
        env.note(f"'init: prompt' begins with '{prompt.words}', the heaviest of {others} prompts")
    return prompt


def heaviest(env: Env, number: int) -> Prompt | None:
    """The one with words among one picture's prompts that weighs most as the run begins; None if none asks for any."""
    told = [(prompt.weight.at(0, env.steps), prompt) for prompt in env.prompts_of(number) if prompt.words is not None]
    wanted = [(weight, prompt) for weight, prompt in told if weight > 0]
    return max(wanted, key=lambda one: one[0])[1] if wanted else None


def speaks(env: Env, number: int) -> bool:
    """Whether a picture's prompts are worth a note: those of the first, and of each that is told something else."""
    return number == 0 or env.tells_each


def ground_seed(env: Env, number: int) -> int:
    """Where one picture's ground takes its chances from."""
    return int(env.random.uniform("ground", ())[number].item() * 2**31)


def poses(env: Env, number: int, variety: float) -> list[Pose]:
    """How each of one picture's things stands, as many as there may be."""
    seeds = env.random.uniform("pose", (MOST,))[number].cpu()
    return [Pose(torch.Generator().manual_seed(int(seed * 2**31)), variety) for seed in seeds.tolist()]


def _embedded(thing: Thing, perceptor: Perceptor) -> Tensor:
    """(D,): the text of a thing."""
    return perceptor.embed_texts([phrase(thing.words)])[0].detach()


def phrase(words: str) -> str:
    """The words of a thing as the prior was told them."""
    return ("an " if words[:1] in "aeiou" else "a ") + words


def _tell(env: Env, caption: Caption) -> None:
    if caption.unread:
        said = "', '".join(caption.unread)
        env.note(f"'init: prompt' does not begin with '{said}'; that is left to the guidance")
