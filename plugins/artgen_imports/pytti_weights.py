"""Weights of pytti's prompts: numbers, functions of the time, or of how loud a band of the song is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artgen.importing import Context, as_number, number, shown
from artgen_imports import expressions
from artgen_imports.pytti_motion import Animation, times

HIGHEST = 1e6
"""Hz."""


@dataclass(frozen=True)
class Weights:
    """Reads weights.

    Attributes:
        animation: the film; None of one picture.
        song: what is heard, as the preset names it; empty where it is not there.
        bands: Hz, by the names of the song's filters.
        steady: whether a weight is one number, as that of a scene is.
    """

    animation: Animation | None
    song: str
    bands: Mapping[str, tuple[float, float]]
    steady: bool

    def read(self, text: str) -> tuple[Any, str]:
        """The weight as a preset has it, None if it is none; and what is to be said of it."""
        try:
            alone = as_number(text)
            if alone is not None:
                return number(alone), ""
            if self.animation is None:
                return None, "is no number, and nothing is computed here, where there is no film"
            value = expressions.parse(text, frozenset({"t", *self.bands}))
            if self.song and not self.steady and (heard := self._heard(value)):
                return heard, ""
            values = [value(self._quiet(at)) for at in times(self.animation.motion)]
        except expressions.UnreadableError as error:
            return None, str(error)
        if self.steady:
            return number(sum(values) / len(values)), f"{text} is that of a scene, and one number: its mean"
        unheard = any(name in text for name in self.bands)
        return self.animation.motion.chosen(values), f"{text} is taken as in silence" if unheard else ""

    def _quiet(self, at: float, **loud: float) -> dict[str, float]:
        return {**dict.fromkeys(self.bands, 0.0), "t": at, **loud}

    def _heard(self, value: expressions.Function) -> dict[str, Any] | None:
        """Of a function that rises evenly with the loudness of one band, and stands still with the time."""
        quiet = value(self._quiet(0))
        moving = [name for name in self.bands if value(self._quiet(0, **{name: 1.0})) != quiet]
        if len(moving) != 1 or value(self._quiet(1)) != quiet:
            return None
        half, loud = (value(self._quiet(0, **{moving[0]: share})) for share in (0.5, 1.0))
        if abs(half - (quiet + loud) / 2) > 1e-6 * max(1, abs(loud)):
            return None
        band = [number(edge) for edge in self.bands[moving[0]]]
        return {"sound": self.song, "band": band, "low": number(quiet), "high": number(loud)}


def opened(context: Context, animation: Animation | None, scenes: int) -> Weights:
    """The weights of the prompts of so many scenes."""
    reader = context.read("film")
    song, filters = reader.text("input_audio"), reader.raw("input_audio_filters")
    found = []
    if song:
        found = context.songs(song)
        if not found:
            reader.note(context.absence("input_audio", song).replace("remove the # here", "name it as 'song'"))
        elif animation:
            animation.motion.film["song"] = found[0]
        if reader.number("input_audio_offset", 0, 0):
            reader.note("input_audio_offset: a song begins with the film here; cut it.")
    bands = {}
    for one in filters if isinstance(filters, list) else []:
        name, centre, width = (one.get(key) if isinstance(one, Mapping) else None for key in _FILTER)
        low, high = (as_number(value) for value in (centre, width))
        if isinstance(name, str) and name.isidentifier() and low is not None and high is not None:
            edges = max(0.0, low - high / 2), min(HIGHEST, low + high / 2)
            if edges[0] < edges[1]:
                bands[name[:40]] = edges
                continue
        reader.note(f"input_audio_filters: {shown(one)} - is no band of a name; left out.")
    return Weights(animation, found[0] if found else "", bands, scenes > 1)


_FILTER = ("variable_name", "f_center", "f_width")
