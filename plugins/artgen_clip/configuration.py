"""What an open_clip configuration may say: an architecture, and nothing that would be fetched or run."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgen.api import InputError
from artgen.weights import brief, check_config, first_line
from artgen_clip import catalogue

_MAX_SIDE = 1024
_MAX_TEXT = 4096
_MAX_MERGES = 32 << 20
"""Bytes of a tokenizer's merges, unpacked; OpenAI's are 3 MB."""
_TOKENIZER_OPTIONS = ("clean", "strip_sep_token", "reduction_mask", "language")
_PREPROCESS_WORDS = {"interpolation": ("bicubic", "bilinear"), "resize_mode": ("shortest", "squash", "longest")}
_PREPROCESS_OPTIONS = ("size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color")


def check(model: Mapping[str, Any], preprocess: Any, path: Path) -> None:
    """InputError, in one line, for a configuration of a stranger's that asks for more than an architecture."""
    if missing := [key for key in ("embed_dim", "vision_cfg", "text_cfg") if key not in model]:
        raise InputError(f"{path}: is no open_clip configuration; it has no '{missing[0]}'")
    check_config(model, path)
    for part in ("vision_cfg", "text_cfg"):
        if not isinstance(model[part], dict):
            raise InputError(f"{path}: is no open_clip configuration; '{part}' is no JSON object")
    _check_names(model["vision_cfg"], model["text_cfg"], path)
    _check_sizes(model, path)
    _check_preprocess(preprocess, path)


def _check_names(vision: Mapping[str, Any], text: Mapping[str, Any], path: Path) -> None:
    for key in ("hf_tokenizer_name", "hf_model_name"):
        if text.get(key) and not (isinstance(text[key], str) and text[key] in catalogue.text_repositories()):
            raise InputError(
                f"{path}: '{key}' is {brief(text[key])}, which no model of open_clip uses; give its merges as "
                "'tokenizer', or leave it out"
            )
    _check_tower(vision.get("timm_model_name"), path)
    options = text.get("tokenizer_kwargs") or {}
    strange = [key for key in options if key not in _TOKENIZER_OPTIONS] if isinstance(options, dict) else [options]
    if strange:
        raise InputError(f"{path}: 'tokenizer_kwargs' may not say {brief(strange[0])}")


def _check_tower(name: Any, path: Path) -> None:
    if not name:
        return
    import timm

    if not (isinstance(name, str) and timm.is_model(name) and name.replace("_", "").isalnum()):
        raise InputError(f"{path}: 'timm_model_name' is {brief(name)}, which is no architecture that timm knows")


def _check_sizes(model: Mapping[str, Any], path: Path) -> None:
    vision, text = model["vision_cfg"], model["text_cfg"]
    sizes = vision.get("image_size", 1)
    sides = sizes if isinstance(sizes, list) else [sizes]
    named = [("image_size", side, _MAX_SIDE) for side in sides]
    named += [("context_length", text.get("context_length", 1), _MAX_TEXT), ("embed_dim", model["embed_dim"], 1 << 16)]
    named += [(key, part[key], 1 << 20) for part in (vision, text) for key in ("width", "patch_size") if key in part]
    for key, value, most in named:
        if isinstance(value, (int, float)) and not (isinstance(value, int) and 1 <= value <= most):
            raise InputError(f"{path}: '{key}' is {brief(value)}; expected 1 to {most}")


def _check_preprocess(options: Any, path: Path) -> None:
    if not isinstance(options, dict):
        raise InputError(f"{path}: is no open_clip configuration; 'preprocess_cfg' is no JSON object")
    if strange := [key for key in options if key not in _PREPROCESS_OPTIONS]:
        raise InputError(f"{path}: 'preprocess_cfg' may not say {brief(strange[0])}")
    for key, known in _PREPROCESS_WORDS.items():
        if options.get(key) is not None and options[key] not in known:
            raise InputError(f"{path}: '{key}' is {brief(options[key])}; expected {' or '.join(known)}")
    if options.get("resize_mode") == "longest" and options.get("fill_color"):
        raise InputError(f"{path}: 'fill_color' is {brief(options['fill_color'])}; only 0, black, is known")
    for key in ("mean", "std"):
        value = options.get(key, [0.5] * 3)
        numbers = value if isinstance(value, list) else []
        if len(numbers) != 3 or not all(isinstance(n, (int, float)) and math.isfinite(n) for n in numbers):
            raise InputError(f"{path}: '{key}' is {brief(value)}; expected three numbers")
        if key == "std" and not all(n > 0 for n in numbers):
            raise InputError(f"{path}: 'std' is {brief(value)}; expected three numbers above 0")


def check_merges(path: Path) -> None:
    """InputError for a tokenizer whose merges are no gzip, or far larger than any; keeps none of it."""
    total = 0
    try:
        with gzip.open(path) as file:
            while block := file.read(1 << 20):
                total += len(block)
                if total > _MAX_MERGES:
                    raise InputError(f"{path}: unpacks to more than {_MAX_MERGES >> 20} MiB, which is no tokenizer")
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: the tokenizer could not be loaded ({first_line(error)})") from None
