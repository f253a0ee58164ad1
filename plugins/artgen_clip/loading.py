"""From a spec to a frozen open_clip model, or to one line that says why not.

The embedded model takes the same way as any other: a configuration, a checkpoint and a tokenizer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import open_clip
import torch
from safetensors.torch import save_file

from artgen.api import InputError
from artgen.weights import (
    check_config,
    check_file,
    first_line,
    folder,
    is_torchscript,
    read_config,
    read_state,
    refuse_larger,
    unattended,
)
from artgen_clip import OpenClip, catalogue, configuration, published
from artgen_clip.tags import CONFIG, HUB, fetch_published, weights_in, whole

_CONSTANTS = re.compile(r"(^|\.)(input_resolution|context_length|vocab_size|attn_mask)$")
"""What OpenAI's files hold beside the weights, and a model knows of itself."""


@dataclass(frozen=True)
class ModelSource:
    """Where a model comes from."""

    title: str
    """What to call it in messages."""
    name: str
    """The configuration's name in open_clip's list."""
    checkpoint: Path
    tokenizer: Path | None = None
    preprocess: dict[str, Any] = field(default_factory=dict)
    """How pictures are shown to it, where the configuration or the tag says."""
    quick_gelu: bool = False
    tag: str | None = None
    """Which published weights they are, where that is known."""


def find(spec: OpenClip, note: Callable[[str], None]) -> ModelSource:
    """The files of a perceptor; downloads the weights of a tag, and says so."""
    if spec.config and spec.checkpoint:
        return _configured(str(spec.config), spec.config, spec.checkpoint, spec.tokenizer, note)
    if spec.model in catalogue.MODELS:
        return _embedded(spec.model, note)
    if spec.model.startswith(HUB):
        return _of_hub(spec.model, note)
    if catalogue.text_parts(spec.model):
        _refuse_without_transformers(spec.model)  # before its weights are downloaded
    if spec.checkpoint:
        return _of_file(spec.model, spec.pretrained, spec.checkpoint, spec.tokenizer, note)
    note(f"{spec.model}: looking for the weights '{spec.pretrained}' in the cache and on the model hub")
    return downloaded(spec.model, str(spec.pretrained), spec.tokenizer, note)


def _of_hub(model: str, note: Callable[[str], None]) -> ModelSource:
    home = whole(model).fetch(note)
    return _configured(model, home / CONFIG, weights_in(home), None, note)


def _of_file(
    model: str, tag: str | None, checkpoint: Path, tokenizer: Path | None, note: Callable[[str], None]
) -> ModelSource:
    if tag:
        use = published.use(published.entry(model, tag))
    else:
        tag, use = published.use_of_file(model, checkpoint, note)
    return ModelSource(model, _at_home(model, note), checkpoint, tokenizer, *use, tag)


def _embedded(model: str, note: Callable[[str], None]) -> ModelSource:
    found = catalogue.MODELS[model]
    files = (found.config, found.checkpoint, found.tokenizer)
    for path in files:
        if not path.is_file():
            raise InputError(f"the embedded model's {path.name} is not installed; reinstall artgen, or name a 'model'")
    return _configured(model, *files, note)


def _configured(
    title: str, config: Path, checkpoint: Path, tokenizer: Path | None, note: Callable[[str], None]
) -> ModelSource:
    data = read_config(config)
    model, preprocess = data.get("model_cfg", data), data.get("preprocess_cfg", {})
    if not isinstance(model, dict):
        raise InputError(f"{config}: is no open_clip configuration; 'model_cfg' is no JSON object")
    configuration.check(model, preprocess, config)
    return ModelSource(title, _register(_localised(model, note)), checkpoint, tokenizer, preprocess)


def _register(model: Mapping[str, Any]) -> str:
    """Makes a configuration known to open_clip, which wants it in a file of the model's own name; that name."""
    text = json.dumps(model)
    name = f"artgen-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, f"{name}.json")
        path.write_text(text, encoding="utf-8")
        open_clip.add_model_config(path)
    return name


def _at_home(model: str, note: Callable[[str], None]) -> str:
    """The name of a configuration of open_clip's, or of its like whose text tower needs no connection."""
    return _register(_localised(published.settings(model), note)) if catalogue.text_parts(model) else model


def _localised(model: Mapping[str, Any], note: Callable[[str], None]) -> dict[str, Any]:
    """The same with folders in place of the repositories that its text tower names, which are fetched."""
    text = dict(model["text_cfg"])
    if text.get("hf_tokenizer_name") or text.get("hf_model_name"):
        _refuse_without_transformers(str(text.get("hf_model_name") or text["hf_tokenizer_name"]))
    for key, files in (
        ("hf_tokenizer_name", catalogue.TOKENIZER_FILES),
        ("hf_model_name", catalogue.CONFIG_FILES),
    ):
        if text.get(key):
            home = folder(catalogue.on_the_hub(text[key]), note, files)
            for path in home.glob("*config.json"):
                check_config(read_config(path), path)
            text[key] = str(home)
    return {**model, "text_cfg": text}


def _refuse_without_transformers(model: str) -> None:
    if find_spec("transformers") is None:
        raise InputError(f'{model}: reads texts with one more package; pip install "artgen[clip]"')


def downloaded(model: str, tag: str, tokenizer: Path | None, note: Callable[[str], None]) -> ModelSource:
    """The files of a model of open_clip's table; downloads its weights if need be."""
    entry = published.entry(model, tag)
    try:
        path = fetch_published(entry, note)
        name = _at_home(model, note)
    except InputError as error:
        raise InputError(
            f"{model}: the weights '{tag}' could not be downloaded ({error}); give a 'checkpoint', or use "
            "'model: embedded', which needs no download"
        ) from None
    return ModelSource(model, name, path, tokenizer, *published.use(entry), tag)


def load(source: ModelSource, precision: str, device: torch.device) -> torch.nn.Module:
    """The model with its weights, frozen."""
    check_file(source.checkpoint)
    # Half a number for each byte: at least 16 bits are kept of it.
    held = source.checkpoint.stat().st_size // 2
    with unattended():
        refuse_larger(lambda: _create(source, "fp32", torch.device("meta")), held, source.title)
    model = _construct(source, precision, device)
    try:
        with _plain(source.checkpoint) as path:
            open_clip.load_checkpoint(cast("open_clip.CLIP", model), str(path), weights_only=True)
    except InputError:
        raise
    except pickle.UnpicklingError:
        raise InputError(
            f"{source.checkpoint}: holds more than weights, or is damaged; only safetensors and PyTorch files of "
            "plain tensors are loaded; convert it to safetensors"
        ) from None
    except Exception as error:  # the many ways in which a file can be no checkpoint
        raise InputError(
            f"{source.checkpoint}: is no complete checkpoint of {source.title} ({first_line(error)})"
        ) from None
    return model.eval().requires_grad_(False)


@contextlib.contextmanager
def _plain(checkpoint: Path) -> Iterator[Path]:
    """The file itself, or where it is a program of OpenAI's, a file of its weights alone."""
    if not is_torchscript(checkpoint):
        yield checkpoint
        return
    # A tensor that stands in two places is stored twice: safetensors knows no shared ones.
    state = {name: value.clone() for name, value in read_state(checkpoint).items() if not _CONSTANTS.search(name)}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "weights.safetensors")
        save_file(state, path)
        yield path


def _construct(source: ModelSource, precision: str, device: torch.device) -> torch.nn.Module:
    try:
        # The weights that a constructor makes up are replaced; its draws must not be felt by anyone else.
        with unattended(), torch.random.fork_rng(devices=[]):
            return _create(source, precision, device)
    except Exception as error:  # whatever the configuration makes its many constructors raise
        raise InputError(f"{source.title}: open_clip cannot build this model ({first_line(error)})") from None


def _create(source: ModelSource, precision: str, device: torch.device) -> torch.nn.Module:
    model: torch.nn.Module = open_clip.create_model(
        source.name,
        load_weights=False,
        precision=precision,
        device=device,
        force_quick_gelu=source.quick_gelu,
        force_preprocess_cfg=source.preprocess,
        pretrained_text=False,
    )
    return model


def tokenizer_for(source: ModelSource) -> Any:
    """The function from texts to token ids, checked against the model's vocabulary."""
    text = published.settings(source.name)["text_cfg"]
    # Refused in so many words, since open_clip hands on what the configuration says here.
    options: dict[str, Any] = {"trust_remote_code": False} if text.get("hf_tokenizer_name") else {}
    if source.tokenizer:
        configuration.check_merges(source.tokenizer)
        options["bpe_path"] = str(source.tokenizer)
    try:
        with unattended():
            tokenizer = open_clip.get_tokenizer(source.name, **options)
    except Exception as error:  # a damaged file, or a download that failed
        where = source.tokenizer or source.title
        raise InputError(f"{where}: the tokenizer could not be loaded ({first_line(error)})") from None
    wanted, size = text.get("vocab_size"), getattr(tokenizer, "vocab_size", None)
    if source.tokenizer and wanted and size != wanted:
        raise InputError(f"{source.tokenizer}: has {size} tokens, {source.title} has {wanted}; they do not match")
    return tokenizer
