"""An open_clip model as a perceptor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import open_clip
import torch
import torch.nn.functional as F
from torch import Tensor

from artgen.api import Env, InputError
from artgen.weights import hashes, silenced
from artgen_clip import OpenClip, loading, published, unread, words
from artgen_clip.catalogue import EMBEDDED
from artgen_clip.tokens import cut

_TEXTS_AT_ONCE = 256
_KEPT_TEXTS = 32
"""How many lists of texts a perceptor remembers the embeddings of."""
_STAGES = 6
"""No convolutional tower has more stages; a transformer has as many as it has blocks."""


class OpenClipPerceptor:
    """Frozen towers; unit rows in float32; gradient to the pixels only."""

    def __init__(self, spec: OpenClip, env: Env) -> None:
        source = loading.find(spec, env.note)
        self._tokenizer = loading.tokenizer_for(source)
        self._model: Any = loading.load(source, spec.precision, env.device)
        # Convolutional towers are half as fast again this way on a CPU; to the others it makes no difference.
        self._model.visual.to(memory_format=torch.channels_last)
        self._device, self._note = env.device, env.note
        self._is_embedded = spec.is_embedded
        self._replaces = spec.replaces_words
        self._dtype = open_clip.get_input_dtype(spec.precision) or torch.float32
        preprocess = open_clip.get_model_preprocess_cfg(self._model)
        self.size = _side(preprocess["size"], source)
        self.dim = int(published.settings(source.name)["embed_dim"])
        files = [source.checkpoint, *([source.tokenizer] if source.tokenizer else [])]
        owner = spec.config.stem if spec.config else spec.model
        self.weights = hashes(files, owner)
        self._embedded: dict[tuple[str, ...], Tensor] = {}
        """What the last texts were embedded as: a film asks for the same ones in every frame."""
        self.read_as: dict[str, str] = {}
        """The words that were replaced so far, and by what."""
        self.model = f"{owner}/{source.tag}" if source.tag else owner
        """What it is, such as ViT-B-32/openai; without the part after the slash where a file does not tell."""
        self.scale = float(torch.as_tensor(self._model.logit_scale).exp())
        self.interpolation = str(preprocess["interpolation"])
        self.resize_mode = str(preprocess["resize_mode"])
        self._mean = torch.tensor(preprocess["mean"], device=env.device).view(1, 3, 1, 1)
        self._std = torch.tensor(preprocess["std"], device=env.device).view(1, 3, 1, 1)

    def embed_images(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) in [0, 1] to (N, dim)."""
        normal = ((images - self._mean) / self._std).to(self._dtype)
        return F.normalize(self._model.encode_image(normal).float(), dim=-1)

    def features(self, images: Tensor) -> list[Tensor]:
        """(N, 3, size, size) in [0, 1] to what the image tower's stages make of it, (N, C, h, w), from fine to coarse.

        Of a transformer, whose blocks are all of one size, the last of each quarter.
        """
        normal = ((images - self._mean) / self._std).to(self._dtype)
        try:
            found = self._model.visual.forward_intermediates(normal, intermediates_only=True)
        except (AttributeError, NotImplementedError):
            raise InputError(f"{self.model}: this image tower does not show its layers; use another model") from None
        maps = [stage.float() for stage in found["image_intermediates"]]
        return maps if len(maps) <= _STAGES else [maps[(part + 1) * len(maps) // 4 - 1] for part in range(4)]

    @torch.no_grad()
    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """M texts to (M, dim); says so when texts are cut off, or have signs or words that it does not know."""
        texts = [self.reworded(text) for text in texts]
        self._warn_of_long(texts)
        if self._is_embedded and (said := unread.note_of(texts)):
            self._note(said)
        return self.embed_made_up(texts)

    def reworded(self, text: str) -> str:
        """The text as the model is told it: with names that it knows in place of words that it has not learnt."""
        if not self._replaces:
            return text
        told, put = words.replaced(text)
        for word, name in put.items():
            if word not in self.read_as:
                self._note(words.note_of(word, name))
        if put:
            # In new mappings: a copy of this perceptor may serve another run.
            self.read_as = self.read_as | put
            # From now on a picture depends on the tables, too.
            self.weights = self.weights | hashes(words.tables_of(put), EMBEDDED)
        return told

    @torch.no_grad()
    def embed_made_up(self, texts: Sequence[str]) -> Tensor:
        """As `embed_texts`, for texts that nobody wrote: when one is cut off, there is nobody to tell."""
        key = tuple(texts)
        if key not in self._embedded:
            parts = [texts[start : start + _TEXTS_AT_ONCE] for start in range(0, len(texts), _TEXTS_AT_ONCE)]
            if len(self._embedded) >= _KEPT_TEXTS:
                del self._embedded[next(iter(self._embedded))]
            self._embedded[key] = torch.cat([self._embed_part(part) for part in parts])
        return self._embedded[key].clone()

    def _embed_part(self, texts: Sequence[str]) -> Tensor:
        tokens = self._tokenizer(list(texts)).to(self._device)
        return F.normalize(self._model.encode_text(tokens).float(), dim=-1)

    def _warn_of_long(self, texts: Sequence[str]) -> None:
        """One line, however many they are."""
        long = [line for text in texts if (line := cut(text, self._tokenizer.context_length, self._length))]
        if long:
            self._note(long[0] + (f", and so of {len(long) - 1} more" if len(long) > 1 else ""))

    def _length(self, text: str) -> int:
        """Tokens of the text, its start and end included."""
        if hasattr(self._tokenizer, "encode"):
            return len(self._tokenizer.encode(text)) + 2
        with silenced():  # transformers would say that a long text ends in errors
            return len(self._tokenizer.tokenizer(text)["input_ids"])  # open_clip's wrapper of a Hugging Face tokenizer


def _side(size: int | Sequence[int], source: loading.ModelSource) -> int:
    height, width = (size, size) if isinstance(size, int) else size
    if height != width:
        raise InputError(f"{source.title}: takes pictures of {width} x {height}; only square ones are supported")
    return int(height)
