"""The hooks that offer files: presets, and weights on the web."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from artgen.weights import Published

hookspec = pluggy.HookspecMarker("artgen")


@hookspec
def artgen_presets() -> list[Path]:  # type: ignore[empty-body]
    """Folders of ``*.yaml`` presets that the plugin ships; ``artgen presets`` lists them.

    A whole plugin::

        from pathlib import Path

        from artgen.api import hookimpl


        @hookimpl
        def artgen_presets():
            return [Path(__file__).parent / "presets"]
    """


@hookspec
def artgen_weights() -> list[Published]:  # type: ignore[empty-body]
    """Files of weights on the web that the plugin's components can fetch by name.

    ``artgen weights`` lists, fetches and verifies them. A spec says in ``downloads`` which of them, and which
    repositories of the model hub (`artgen.weights.Repository`), it needs as it is set: for ``artgen doctor``.

    A whole plugin::

        from typing import Literal

        from artgen.api import Env, LossSpec, hookimpl
        from artgen.weights import Published, read_state

        TASTE = Published(
            name="taste-v1.safetensors",
            mirrors=("https://example.org/taste-v1.safetensors", "https://mirror.example.org/taste-v1.safetensors"),
            sha256="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            size=12_000_000,
            licence="MIT",
            used_by=("taste",),
            about="What a thousand people liked.",
        )


        class Taste(LossSpec):
            '''Prefers what a thousand people liked.'''

            type: Literal["taste"] = "taste"

            def downloads(self):
                return [TASTE]

            def build(self, env: Env):
                weight = read_state(TASTE.fetch(env.note))["weight"].to(env.device)
                return lambda look: -(look.image.mean(dim=(2, 3)) @ weight)


        @hookimpl
        def artgen_losses():
            return [Taste]


        @hookimpl
        def artgen_weights():
            return [TASTE]
    """
