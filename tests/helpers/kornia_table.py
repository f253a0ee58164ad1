"""The classes of the installed kornia that the view `kornia` offers, with their arguments.

`plugins/artgen_kornia/arguments.json` is that list, so that a preset is checked without importing kornia;
``python -m tests.helpers.kornia_table`` writes it anew.
"""

import enum
import inspect
import json
import types
import typing
from collections.abc import Sequence
from pathlib import Path

import kornia.augmentation
import torch
from kornia.augmentation import AugmentationBase2D, MixAugmentationBaseV2

import artgen_kornia
from artgen_kornia.catalogue import LEFT_OUT, TENSOR

TABLE = Path(artgen_kornia.__file__).with_name("arguments.json")

IGNORED = ("self", "keepdim", "data_keys")
"""What has no meaning for a batch of views."""
CHOICES = {
    "border_type": "constant|reflect|replicate|circular",
    "cropping_mode": "slice|resample",
    "mode": "blackbody|cied",
    "pad_mode": "constant|reflect|replicate|circular",
    "sampling_method": "basic|area_preserving",
    "side": "short|long|vert|horz",
    "RandomCrop.padding_mode": "constant|reflect|replicate|circular",
    "RandomElasticTransform.padding_mode": "zeros|border|reflection",
}
"""What a text may be, where the signature does not say it."""
PARTS = {float: "number", int: "whole", bool: "flag", type(None): "none"}


def offered():
    """The names of the public classes that change pictures, but for those that are left out."""
    bases = (AugmentationBase2D, MixAugmentationBaseV2)
    found = [name for name in kornia.augmentation.__all__ if _is_concrete(getattr(kornia.augmentation, name), bases)]
    return sorted(name for name in found if name not in LEFT_OUT)


def _is_concrete(it, bases):
    return inspect.isclass(it) and issubclass(it, bases) and "Base" not in it.__name__


def arguments(name):
    """Each argument with what it may be and, if it has one, its default."""
    signature = inspect.signature(getattr(kornia.augmentation, name).__init__, eval_str=True)
    kept = [one for one in signature.parameters.values() if one.name not in IGNORED]
    return {one.name: _described(name, one) for one in kept}


def _described(name, parameter):
    kinds = _kinds(name, parameter)
    if parameter.default is inspect.Parameter.empty:
        return [kinds]
    default = parameter.default
    return [kinds, default.lower() if isinstance(default, str) else default]


def _kinds(name, parameter):
    chosen = CHOICES.get(f"{name}.{parameter.name}", CHOICES.get(parameter.name))
    parts = _flat(parameter.annotation)
    names = [part for part in parts if isinstance(part, type) and issubclass(part, enum.Enum)]
    if names:
        # Kornia's padding by a given colour belongs to RandomAffine's `fill_value`, which chooses it by itself.
        chosen = "|".join(member.name.lower() for member in names[0] if member.name != "FILL")
    if chosen:
        return [chosen]
    if parameter.name in ("p", "p_batch"):
        return ["share"]
    found = [kind for part in parts if (kind := _kind(part, parts))]
    assert found, f"{name}.{parameter.name}: {parameter.annotation}"
    return list(dict.fromkeys(found))


def _flat(annotation):
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [leaf for part in typing.get_args(annotation) for leaf in _flat(part)]
    return [annotation]


def _kind(part, parts):
    others = [one for one in parts if one not in (part, type(None))]
    if part is torch.Tensor:
        return "" if others else TENSOR
    origin, inner = typing.get_origin(part), typing.get_args(part)
    if origin is tuple:
        return f"{len(inner)} {PARTS[inner[0]]}s"
    if origin in (list, Sequence):
        # Where a pair may be given, the list is one, too.
        pairs = any(typing.get_origin(one) is tuple for one in others)
        return "" if pairs else f"{PARTS[inner[0]]}s"
    return PARTS[part]


def written():
    """The file's text: a line for each class."""
    lines = [f"{json.dumps(name)}: {json.dumps(arguments(name))}" for name in offered()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TABLE.write_text(written())
