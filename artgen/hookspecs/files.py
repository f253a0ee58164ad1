"""The hooks that offer files and lists: presets, weights on the web, other programs' files, palettes and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pluggy

if TYPE_CHECKING:
    from artgen.weights import Published

hookspec = pluggy.HookspecMarker("artgen")


@runtime_checkable
class AnyImporter(Protocol):
    """An `artgen.importing.Importer`, which lies above the hooks and says what these are."""

    @property
    def name(self) -> str: ...
    @property
    def program(self) -> str: ...
    @property
    def recognise(self) -> Callable[[Any], Sequence[Any]]: ...
    @property
    def convert(self) -> Callable[[Mapping[str, Any], Path, Path, bool], str]: ...


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


@hookspec
def artgen_importers() -> list[AnyImporter]:  # type: ignore[empty-body]
    """Importers of what other programs saved: `artgen.importing.Importer`.

    ``artgen import FILE`` asks them all and takes the one that knows most of the file. The entry point group
    ``artgen.importers`` does the same; what stands there is not imported before it is asked.

    A whole plugin::

        from artgen.api import hookimpl
        from artgen.importing import Claim, Context, Importer, prompt_text


        def recognise(document):
            lines = (document.text or "").splitlines()
            if len(lines) != 2 or lines[0] != "doodle 1":
                return []
            return [Claim({"words": lines[1]}, "a doodle", known=1)]


        def convert(settings, source, home, embedded):
            context = Context(settings, source, home, embedded)
            words = context.read("prompts").text("words")
            context.put("prompts", [{"text": prompt_text(words)}])
            context.put("generator", {"type": "pixel"})
            context.put("perceptors", {"clip": {"type": "open_clip", "model": "embedded"}})
            context.put("views", [{"type": "cutouts"}])
            context.put("losses", [{"type": "clip", "distance": "contrast"}])
            return context.draft.text()


        @hookimpl
        def artgen_importers():
            return [Importer("Doodle", recognise, convert)]
    """


@hookspec
def artgen_palettes() -> Mapping[str, Sequence[str] | Path]:  # type: ignore[empty-body]
    """Palettes by name, for wherever a preset writes colours: ``palette: sunset-3``, or four of them ``sunset-3\\2``.

    Each is a list of colours, as `artgen.colours.Colour` reads them, or a palette file or picture that lies in the
    plugin. A name is letters, digits, ``_`` and ``-``; what names a colour stays that colour. Where several plugins
    offer a name, a preset writes ``distribution:name``. Recipes hold the colours.

    A whole plugin::

        from artgen.api import hookimpl


        @hookimpl
        def artgen_palettes():
            return {"sunset-3": ["#2b1b47", "crimson", "#ffd166"]}
    """


@hookspec
def artgen_words() -> Mapping[str, Sequence[str] | Path]:  # type: ignore[empty-body]
    """Lists of words by name, for choices in prompts: ``a __moods__ bird``, or ``a {@moods} bird``.

    Each is a list of texts, or a file with one in each line. With ``__moods__`` they may hold choices of their own;
    with ``{@moods}`` they are taken as they are. A file of that name beside the preset goes first. Where several
    plugins offer a name, a preset writes ``__distribution:name__``. Recipes hold what was drawn.

    A whole plugin::

        from artgen.api import hookimpl


        @hookimpl
        def artgen_words():
            return {"moods": ["calm", "wild", "{very|rather} shy"]}
    """
