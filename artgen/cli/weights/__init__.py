"""List, fetch and verify the published weights that the installed plugins know by name.

    artgen weights list
    artgen weights fetch vqgan-coco.ckpt
    artgen weights fetch --preset vqgan-imagenet
    artgen weights verify
    artgen weights path vqgan-coco.ckpt

They are kept in ~/.cache/artgen, or in the folder that ARTGEN_CACHE names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from artgen.cli.base import LazyGroup
from artgen.errors import InputError

if TYPE_CHECKING:
    from artgen.weights import Download

NAME_HELP = "a name of the list, or a hub repository, owner/name"


def download(name: str) -> Download:
    from artgen.registry.known_weights import find
    from artgen.weights import Repository

    return Repository(name) if "/" in name else find([name])[0].published


def absent(name: str) -> InputError:
    return InputError(f"{name}: is not on this machine; run: artgen weights fetch {name}")


command = LazyGroup(
    help=__doc__,
    lazy={
        "list": ("artgen.cli.weights.list", "what plugins know, what is in the cache, and how much room it takes"),
        "fetch": ("artgen.cli.weights.fetch", "download files, from the first mirror that has them"),
        "verify": ("artgen.cli.weights.verify", "compare files in the cache with their published sha256"),
        "path": ("artgen.cli.weights.path", "print where a file is"),
    },
)
