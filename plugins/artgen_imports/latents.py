"""The generator `vqgan` as VQGAN-CLIP and pytti have it: their models by our names."""

from __future__ import annotations

from typing import Any

from artgen.importing import Context, Reader, shown

# Longer names before those that they begin with.
_MODELS = {
    "imagenet_f16_16384": "imagenet_f16_16384",
    "imagenet_f16_1024": "imagenet_f16_1024",
    "imagenet": "imagenet_f16_16384",
    "wikiart_16384": "wikiart_16384",
    "wikiart_1024": "wikiart_16384",
    "wikiart": "wikiart_16384",
    "coco": "coco",
    "faceshq": "faceshq",
    "sflckr": "sflckr",
    "openimages": "openimages_f8_8192",
    "gumbel": "openimages_f8_8192",
}
_NEAREST = ("wikiart_1024", "openimages")
USUAL = "imagenet_f16_16384"


def generator(context: Context, reader: Reader, wanted: str, checkpoint: str) -> dict[str, Any]:
    """The generator's model: by the name that a path says, or the file itself where it is there."""
    if context.embedded:
        reader.note(f"Instead of {shown(checkpoint or wanted or USUAL)} the small model that comes with artgen.")
        return {"type": "vqgan", "model": "embedded"}
    name = next((part for part in _MODELS if part in (wanted or checkpoint).lower()), None)
    found = context.pictures(checkpoint) if checkpoint else []
    if found:
        return {"type": "vqgan", "checkpoint": found[0]}
    if (wanted or checkpoint) and name is None:
        reader.note(f"{shown(wanted or checkpoint)} - no model of a known name; taken as {USUAL}.")
    elif name in _NEAREST:
        reader.note(f"{shown(wanted or checkpoint)} - {_MODELS[name]} is the nearest of the published ones.")
    return {"type": "vqgan", "model": _MODELS.get(name or USUAL, USUAL)}
