"""What can be told without importing open_clip: its model names, and the embedded model's files."""

from __future__ import annotations

import functools
import importlib.machinery
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EMBEDDED = "embedded"
JUDGE = "embedded-judge"
"""Another one, which learnt from the same drawings apart from that: it judges what the first one guides."""

FOLDER = Path(__file__).parent / "embedded"


@dataclass(frozen=True)
class Files:
    """Of an embedded model, in a folder as open_clip's ``local-dir:`` reads it."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "open_clip_config.json"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def tokenizer(self) -> Path:
        return self.folder / "bpe.txt.gz"


MODELS = {EMBEDDED: Files(FOLDER), JUDGE: Files(FOLDER / "judge")}
"""Those that need no download."""
BANK = FOLDER / "bank.txt"
"""One text a line, optionally after the object it shows and a tab."""


CONFIG_FILES = ("config.json",)
TOKENIZER_FILES = (
    "config.json",
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
)
"""What is fetched of the repositories that a text tower or its tokenizer comes from: no weights, and no code."""
_MERGES = "bpe_simple_vocab_16e6.txt.gz"
"""The merges that open_clip pairs with most of its models."""
_OWNERS = {
    "bert-base-uncased": "google-bert",
    "roberta-base": "FacebookAI",
    "xlm-roberta-base": "FacebookAI",
    "xlm-roberta-large": "FacebookAI",
}
"""Where the model hub keeps what open_clip names without an owner."""


@functools.cache
def model_names() -> tuple[str, ...]:
    """The models that open_clip brings configurations for; found without importing it, which takes seconds."""
    return tuple(sorted(path.stem for path in _configurations()))


@functools.cache
def text_repositories() -> frozenset[str]:
    """The repositories of the model hub that open_clip's own configurations take a text tower or a tokenizer from."""
    return frozenset(name for path in _configurations() for name in _text_names(_read(path)).values())


def text_parts(model: str) -> dict[str, str]:
    """``hf_tokenizer_name`` and ``hf_model_name`` of a model of open_clip, where it has them."""
    return next((_text_names(_read(path)) for path in _configurations() if path.stem == model), {})


def text_room(model: str, tokenizer: Path | None) -> tuple[int, Path] | None:
    """How many tokens of a text a model reads, and its merges; None where its tokenizer is of another kind."""
    if files := MODELS.get(model):
        return int(_read(files.config)["model_cfg"]["text_cfg"]["context_length"]), files.tokenizer
    found: Any = next((_read(path) for path in _configurations() if path.stem == model), {})
    merges = tokenizer or next((path.parent.parent / _MERGES for path in _configurations()), None)
    if merges is None or not found or _text_names(found):
        return None
    return int(found["text_cfg"].get("context_length", 77)), merges


def on_the_hub(name: str) -> str:
    """``owner/name`` of what open_clip may call by its name alone."""
    return name if "/" in name else f"{_OWNERS.get(name, name)}/{name}"


def _configurations() -> Iterator[Path]:
    found = importlib.machinery.PathFinder.find_spec("open_clip")
    for folder in found.submodule_search_locations or () if found else ():
        yield from Path(folder, "model_configs").glob("*.json")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _text_names(model: Any) -> dict[str, str]:
    text = model.get("text_cfg", {})
    return {key: text[key] for key in ("hf_tokenizer_name", "hf_model_name") if text.get(key)}
