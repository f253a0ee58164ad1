"""A plugin that offers what `circles` does, by the same names."""

from artgen.api import Exporter, hookimpl


@hookimpl
def artgen_exporters():
    return [
        Exporter(".svg", "nothing", lambda source: b"<svg/>"),
        Exporter(".json", "nothing", lambda source: b"{}"),
    ]


@hookimpl
def artgen_palettes():
    return {"sunset-8": ["white", "black"]}


@hookimpl
def artgen_words():
    return {"moods": ["rival"]}
