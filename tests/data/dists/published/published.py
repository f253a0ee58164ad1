"""A plugin whose loss needs a file of weights from the web, at the addresses in PUBLISHED_AT."""

import os
from typing import Literal

from artgen.api import Env, LossSpec, hookimpl
from artgen.weights import Published

MIRRORS = tuple(os.environ.get("PUBLISHED_AT", "http://127.0.0.1:1").split())
TASTE = Published(
    "taste.bin",
    MIRRORS,
    sha256="27783e87963a4efb6829b531c9ba57b44f45797f6770bd637fbf0d807cbdbae0",
    size=102_400,
    licence="MIT",
    used_by=("taste",),
    about="What a thousand people liked.",
)
RUMOUR = Published("rumour.bin", MIRRORS)


class Taste(LossSpec):
    """Prefers what a thousand people liked."""

    type: Literal["taste"] = "taste"

    def downloads(self):
        return [TASTE]

    def build(self, env: Env):
        TASTE.fetch(env.note)
        return lambda look: -look.image.mean(dim=(1, 2, 3))


@hookimpl
def artgen_losses():
    return [Taste]


@hookimpl
def artgen_weights():
    return [TASTE, RUMOUR]
