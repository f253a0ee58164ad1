"""CLIP: the towers of open_clip as perceptors, an embedded model among them, and the loss that follows prompts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from artgen.api import Env, InputFile, LossSpec, Perceptor, PerceptorSpec, Public, Word, hint, hookimpl, wrong_setting
from artgen.weights import REPOSITORY, Download, Published
from artgen_clip.aesthetic_catalogue import PUBLISHED
from artgen_clip.aesthetic_spec import Aesthetic
from artgen_clip.catalogue import (
    CONFIG_FILES,
    EMBEDDED,
    MODELS,
    TOKENIZER_FILES,
    model_names,
    on_the_hub,
    text_parts,
    text_room,
)
from artgen_clip.loss_spec import Clip
from artgen_clip.tags import HUB, Tag, TextPart, whole


def _known_model(name: str) -> str:
    if name.startswith(HUB):
        if not REPOSITORY.fullmatch(name.removeprefix(HUB)):
            raise wrong_setting(f"'{name}' names no repository of the model hub; write {HUB}owner/name")
        return name
    name = name.replace("/", "-")  # as open_clip does: ViT-B/32 is ViT-B-32
    names = (*MODELS, *model_names())
    if name not in names:
        raise wrong_setting(f"open_clip has no model '{name}'{hint(name, names)}")
    return name


class OpenClip(PerceptorSpec):
    """Any CLIP that open_clip can load, or one of the two small ones that come with artgen and need no download."""

    type: Literal["open_clip"] = "open_clip"
    synonyms = ("clip",)
    model: Annotated[str, AfterValidator(_known_model), Public("the name of a model")] = EMBEDDED
    """`embedded`, which guides; `embedded-judge`, which is to be a judge of what that one guides; a model name of
    open_clip such as ViT-B-32; or a model hub's repository: `hf-hub:owner/name`."""
    pretrained: Annotated[str, Public("the name of published weights")] | None = None
    """Which published weights of `model`, by open_clip's tag, such as laion2b_s34b_b79k; `checkpoint` may hold them."""
    checkpoint: InputFile | None = None
    """A file of weights: safetensors, a PyTorch file of nothing but weights, or TorchScript, as OpenAI's files are."""
    config: InputFile | None = None
    """An open_clip configuration instead of a model name: JSON with `model_cfg` and `preprocess_cfg`."""
    tokenizer: InputFile | None = None
    """The gzipped byte-pair merges of the model's own tokenizer; default: the one open_clip pairs with it."""
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    """Number format inside the towers; bf16 halves the memory; fp16 loses small gradients."""
    words: Literal["known", "as-written"] = "known"
    """Of the embedded models, which know few words: `known` tells them `cat` for `kitten`, and says so; see
    `artgen words`."""

    def misfits(self) -> Iterable[str]:
        if self.words != "known" and not self.is_embedded:
            yield "'words' belongs to the embedded models; any other is told what is written; leave it out"
        if reason := self._of_sources():
            yield reason

    @property
    def replaces_words(self) -> bool:
        """Whether words that the model has not learnt are replaced by names that it knows."""
        return self.is_embedded and self.words == "known"

    @property
    def is_embedded(self) -> bool:
        """Whether it is a model that comes with artgen."""
        return self.model in MODELS and self.config is None

    def _of_sources(self) -> str | None:
        """What is wrong with where the model comes from."""
        if self.config:
            if self.model != EMBEDDED:
                return "'config' replaces 'model'; give one of them"
            return None if self.checkpoint and not self.pretrained else "with 'config' goes a 'checkpoint'"
        if self.model in MODELS:
            given = [name for name in ("pretrained", "checkpoint", "tokenizer") if getattr(self, name)]
            return f"'{given[0]}' belongs to another 'model' than the embedded ones; name it" if given else None
        if self.model.startswith(HUB):
            given = [name for name in ("pretrained", "checkpoint", "tokenizer") if getattr(self, name)]
            return (
                f"'model: {self.model}' brings its own weights and tokenizer; leave out '{given[0]}'" if given else None
            )
        if not (self.pretrained or self.checkpoint):
            return f"'model: {self.model}' needs its weights: 'pretrained', a tag, or 'checkpoint', a file"
        return None

    def downloads(self) -> list[Download]:
        if self.model.startswith(HUB):
            return [whole(self.model)]
        named = {"hf_tokenizer_name": TOKENIZER_FILES, "hf_model_name": CONFIG_FILES}
        texts = [TextPart(on_the_hub(name), named[key]) for key, name in text_parts(self.model).items()]
        wanted = [Tag(self.model, self.pretrained)] if self.pretrained and not self.checkpoint else []
        return [*wanted, *texts]

    def unread(self, texts: Sequence[str]) -> Iterator[str]:
        from artgen_clip.tokens import counter, cut

        found = None if self.config else text_room(self.model, self.tokenizer)
        if found and found[1].is_file():
            count = counter(found[1])
            yield from (line for text in texts if (line := cut(text, found[0], count)))

    def reworded(self, text: str) -> str:
        from artgen_clip.words import replaced

        return replaced(text)[0] if self.replaces_words else text

    def understood(self, text: str) -> Iterator[Word]:
        from artgen_clip.words import understood

        if self.is_embedded:
            yield from understood(text, self.replaces_words)

    @classmethod
    def written_down(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        # Recipes without the setting were made when every word was embedded as it is written.
        is_embedded = settings.get("model", EMBEDDED) == EMBEDDED and not settings.get("config")
        return {"words": "as-written", **settings} if is_embedded else settings

    def build(self, env: Env) -> Perceptor:
        from artgen_clip.perceptor import OpenClipPerceptor

        return OpenClipPerceptor(self, env)


@hookimpl
def artgen_perceptors() -> list[type[PerceptorSpec]]:
    return [OpenClip]


@hookimpl
def artgen_losses() -> list[type[LossSpec]]:
    return [Clip, Aesthetic]


@hookimpl
def artgen_weights() -> list[Published]:
    return list(PUBLISHED.values())
