"""Checkpoints of taming-transformers (Esser, Rombach & Ommer 2021), in the names that diffusers gives their parts.

The shapes of the weights tell the geometry, so that no configuration is needed. One that is given is compared, and
says the one thing that weights cannot: whether the decoder ends in a tanh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from torch import Tensor

from artgen.api import InputError
from artgen.weights import brief, first_line

State = dict[str, Tensor]

_PREFIX = "first_stage_model."
_PARTS = ("encoder.", "decoder.", "quantize.", "quant_conv.", "post_quant_conv.")
_LAYERS = {
    "nin_shortcut": "conv_shortcut",
    "norm": "group_norm",
    "q": "to_q",
    "k": "to_k",
    "v": "to_v",
    "proj_out": "to_out.0",
}
_NORM_GROUPS = 32
_MAX_CONFIG = 1 << 16
"""Bytes of a model's YAML that are read; the published ones have three thousand."""


def first_stage(state: Mapping[str, Tensor], path: Path) -> State:
    """The autoencoder's own tensors: without a transformer around it, and without what only training needs."""
    if any(name.startswith(_PREFIX) for name in state):
        state = {name.removeprefix(_PREFIX): value for name, value in state.items() if name.startswith(_PREFIX)}
    kept = {name: value.float() for name, value in state.items() if name.startswith(_PARTS)}
    needed = ("encoder.conv_in.weight", "decoder.conv_in.weight", "quant_conv.weight", "post_quant_conv.weight")
    missing = [name for name in needed if name not in kept]
    if missing:
        raise InputError(f"{path}: is no VQGAN of taming-transformers; it has no '{missing[0]}'")
    if _codebook(kept) is None:
        raise InputError(f"{path}: has no codebook; it is another kind of autoencoder than a VQGAN")
    return kept


def _codebook(state: State) -> Tensor | None:
    return state.get("quantize.embedding.weight", state.get("quantize.embed.weight"))


def geometry(state: State, path: Path) -> dict[str, Any]:
    """The arguments of diffusers' `VQModel`, from the shapes of taming's tensors."""
    levels = _count(state, "encoder.down")
    if not levels or _count(state, "decoder.up") != levels:
        raise InputError(f"{path}: is no VQGAN of taming-transformers; its encoder and decoder do not match")
    try:
        channels = [state[f"encoder.down.{level}.block.0.conv2.weight"].shape[0] for level in range(levels)]
        attention = [f"encoder.down.{level}.attn.0.q.weight" in state for level in range(levels)]
        codebook = _codebook(state)
        assert codebook is not None
        return {
            "in_channels": state["encoder.conv_in.weight"].shape[1],
            "out_channels": state["decoder.conv_out.weight"].shape[0],
            "block_out_channels": channels,
            "layers_per_block": _count(state, "encoder.down.0.block"),
            "down_block_types": [f"{'Attn' * has}DownEncoderBlock2D" for has in attention],
            "up_block_types": [f"{'Attn' * has}UpDecoderBlock2D" for has in reversed(attention)],
            "mid_block_add_attention": "encoder.mid.attn_1.q.weight" in state,
            "latent_channels": state["quant_conv.weight"].shape[1],
            "vq_embed_dim": codebook.shape[1],
            "num_vq_embeddings": codebook.shape[0],
            "norm_num_groups": _NORM_GROUPS,
        }
    except KeyError as error:
        raise InputError(f"{path}: is no complete VQGAN of taming-transformers; it has no {error}") from None
    except IndexError:
        raise InputError(f"{path}: is no VQGAN of taming-transformers; a tensor has too few dimensions") from None


def _count(state: State, prefix: str) -> int:
    found = {int(match[1]) for name in state if (match := re.match(re.escape(prefix) + r"\.(\d{1,4})\.", name))}
    return len(found)


def convert(state: State, path: Path) -> tuple[State, State]:
    """The tensors by diffusers' names; and a Gumbel quantiser's projection, which diffusers has no place for."""
    levels = _count(state, "decoder.up")
    gumbel = {name: state[f"quantize.proj.{name}"] for name in ("weight", "bias") if f"quantize.proj.{name}" in state}
    try:
        return dict(_renamed(state, levels)), gumbel
    except (KeyError, ValueError) as error:
        raise InputError(
            f"{path}: names tensors as no VQGAN of taming-transformers does ({brief(str(error))})"
        ) from None


def _renamed(state: State, levels: int) -> Iterator[tuple[str, Tensor]]:
    for name, value in state.items():
        if name in ("quantize.embedding.weight", "quantize.embed.weight"):
            yield "quantize.embedding.weight", value
        elif not name.startswith("quantize."):
            yield _rename(name, levels), value


def _rename(name: str, levels: int) -> str:
    side, *parts = name.split(".")
    match parts:
        case ["down", level, kind, *rest]:
            return ".".join((side, "down_blocks", level, *_inner(kind, rest)))
        case ["up", level, kind, *rest]:
            # Counted from the finest level there, from the coarsest here.
            return ".".join((side, "up_blocks", str(levels - 1 - int(level)), *_inner(kind, rest)))
        case ["mid", "attn_1", layer, end]:
            return ".".join((side, "mid_block.attentions.0", _LAYERS.get(layer, layer), end))
        case ["mid", block, layer, end]:
            number = int(block.removeprefix("block_")) - 1
            return ".".join((side, "mid_block.resnets", str(number), _LAYERS.get(layer, layer), end))
        case ["norm_out", end]:
            return f"{side}.conv_norm_out.{end}"
    return name


def _inner(kind: str, rest: list[str]) -> list[str]:
    if kind in ("downsample", "upsample"):
        return [f"{kind}rs", "0", *rest]
    number, layer, end = rest
    return [{"block": "resnets", "attn": "attentions"}[kind], number, _LAYERS.get(layer, layer), end]


def read_config(path: Path, geometry: Mapping[str, Any]) -> bool:
    """Compare a model's YAML with its weights; whether its decoder ends in a tanh."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_CONFIG + 1)
        if len(text) > _MAX_CONFIG:
            raise ValueError(f"larger than {_MAX_CONFIG >> 10} KiB")
        parameters = yaml.safe_load(text)["model"]["params"]
        parameters = parameters.get("first_stage_config", {}).get("params", parameters)
        layers = parameters["ddconfig"]
        said = {
            "num_vq_embeddings": int(parameters["n_embed"]),
            "vq_embed_dim": int(parameters["embed_dim"]),
            "latent_channels": int(layers["z_channels"]),
            "layers_per_block": int(layers["num_res_blocks"]),
            "block_out_channels": [int(layers["ch"]) * int(factor) for factor in layers["ch_mult"]],
        }
    except Exception as error:  # the many ways in which a file can be no configuration
        raise InputError(f"{path}: is no configuration of a VQGAN ({first_line(error)})") from None
    for name, value in said.items():
        if geometry[name] != value:
            raise InputError(
                f"{path}: belongs to other weights; it says {brief(value)}, they have {geometry[name]} ({name})"
            )
    return bool(layers.get("tanh_out", False))
