"""A number that follows a song over a film.

::

    film:
      seconds: 8
      camera: {zoom: {sound: song.wav, of: beats, low: 1, high: 1.5}}
    losses:
      - {type: clip, weight: {sound: song.wav, band: bass, low: 0.2, high: 1, smooth: 0.2s}}

Any number that may change over the run may follow a song: its loudness, its onsets or its beats, in a band of its
frequencies. When the preset is checked they become a value for each frame, so that a frame is drawn again without the
song.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PlainSerializer, Strict

from artgen.errors import hint, shown
from artgen.fields.block import Block, wrong_setting
from artgen.fields.paths import InputFile

Of = Literal["loudness", "onsets", "beats"]
Name = Literal["all", "bass", "mid", "treble"]
NAMES: tuple[str, ...] = get_args(Name)

BANDS: dict[str, tuple[float, float]] = {
    "all": (20, float("inf")),
    "bass": (20, 150),
    "mid": (150, 2000),
    "treble": (2000, float("inf")),
}
"""The least and the greatest frequency of each named band, in Hz; the greatest is not in it."""
MAX_SMOOTH = 60.0
_SECONDS = re.compile(r"\s*(\d{1,9}(?:\.\d{0,9})?)\s*(s|ms)\s*")


def _seconds(value: Any) -> Any:
    """``0.1s``, ``100ms`` or ``0.1``."""
    if not isinstance(value, str):
        return value
    match = _SECONDS.fullmatch(value)
    if match is None:
        raise wrong_setting(f"expected a time in seconds such as 0.1s, got '{shown(value, 40)}'")
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


def _band(value: Any) -> Any:
    if isinstance(value, str):
        if value not in NAMES:
            raise wrong_setting(
                f"no band is called '{shown(value, 40)}'{hint(value, NAMES)}; or write [40, 120], in Hz"
            )
        return str(value)
    numbers = list(value) if isinstance(value, (list, tuple)) else []
    fits = len(numbers) == 2 and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers)
    if not fits or not 0 <= numbers[0] < numbers[1] <= 1e6:
        raise wrong_setting(f"expected {', '.join(NAMES)}, or two frequencies in Hz such as [40, 120], low and high")
    return float(numbers[0]), float(numbers[1])


Number = Annotated[float, Strict()]
Seconds = Annotated[
    float,
    Strict(),
    Field(ge=0, le=MAX_SMOOTH),
    BeforeValidator(_seconds, json_schema_input_type=float | str),
    PlainSerializer(lambda seconds: f"{seconds:g}s", return_type=str),
]


class Sound(Block):
    """A number that follows a song over a film."""

    sound: InputFile
    """The song: WAV, or with `pip install "artgen[sound]"` FLAC, OGG, MP3, AIFF and others; its channels are mixed."""
    of: Of = "loudness"
    """What of the song is followed: its loudness, its onsets (where a note or a stroke begins), or its beats."""
    band: Annotated[
        Name | tuple[Number, Number], BeforeValidator(_band, json_schema_input_type=Name | tuple[float, float])
    ] = "all"
    """Which sounds are heard: all, bass (below 150 Hz), mid, treble (from 2000 Hz on), or [lowest, highest] in Hz."""
    low: Number = 0.0
    """The number where the song is quiet, or between onsets or beats."""
    high: Number = 1.0
    """The number where it is loud, or at an onset or a beat; it may be less than `low`."""
    smooth: Seconds = 0.1
    """How slowly the number falls back, such as 0.1s: after that time a third of a peak is left; it rises at once."""

    def misfits(self) -> Iterator[str]:
        if self.low == self.high:
            yield "'low' and 'high' are the same, so that the number would not follow the song"

    @property
    def hertz(self) -> tuple[float, float]:
        """The least and the greatest frequency of the band."""
        return BANDS[self.band] if isinstance(self.band, str) else self.band

    @property
    def band_title(self) -> str:
        """The band in a message, such as ``bass (20 to 150 Hz)``."""
        low, high = self.hertz
        span = f"{low:g} Hz and more" if high == float("inf") else f"{low:g} to {high:g} Hz"
        return f"{self.band} ({span})" if isinstance(self.band, str) else span
