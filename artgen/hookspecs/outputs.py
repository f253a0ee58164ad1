"""The hook that offers other forms of finished pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from artgen import api

hookspec = pluggy.HookspecMarker("artgen")


@hookspec
def artgen_exporters() -> list[api.Exporter]:  # type: ignore[empty-body]
    """Other forms that a finished picture can be written in, such as SVG or JSON.

    ``artgen run PRESET --export svg`` writes ``image.svg`` beside ``image.png``, and ``artgen export PICTURE out.svg``
    copies it from there, or draws the picture again to write it. `Exporter.export` is called once for each picture.

    A whole plugin::

        import json

        from artgen.api import Exporter, hookimpl


        def colours(source):
            picture = source.result.images[source.picture]
            mean = picture.mean(dim=(1, 2)).tolist()
            return json.dumps({"mean": mean, "recipe": source.recipe}).encode()


        @hookimpl
        def artgen_exporters():
            return [Exporter(".json", "the picture's mean colour", colours)]
    """
