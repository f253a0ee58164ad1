"""The colours of grounds: tables of hand-picked palettes, and the light of each time of day that falls on them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from artgen_drawings.ground.shapes import Array


class Sky(NamedTuple):
    """Colours from the top down to the horizon, of sun or moon, of clouds above and below, and of lit land.

    `ramp` goes from shadow to light: the land takes these colours by its lightness (day needs none).
    """

    top: str
    middle: str
    low: str
    disc: str
    cloud: str
    shade: str
    ramp: tuple[str, ...] = ()


class Light(NamedTuple):
    """How a colour given for day is seen: so much of its light, a share of it from the sky's ramp, the rest tinted."""

    bright: float
    share: float
    tint: tuple[float, float, float]


# Each seed takes one of a time's skies.
SKIES = {
    "day": (
        Sky("#5BB5F2", "#92D0F7", "#D5EFFB", "#FFE27A", "#FFFFFF", "#DCEFFA"),
        Sky("#6CC4E4", "#A9DFEA", "#FBF2D6", "#FFD56B", "#FFFDF6", "#E4F0EC"),
        Sky("#7AAEEB", "#A9CDF3", "#E6EFFA", "#FFEBA0", "#FFFFFF", "#DDE6F7"),
    ),
    "sunset": (
        Sky(
            "#6A5AA0",
            "#E88A8C",
            "#FFC887",
            "#FFF0C2",
            "#F9B7A0",
            "#D98A96",
            ("#3A2C60", "#84527F", "#DB8A7C", "#FFDDB4"),
        ),
        Sky(
            "#4C5FA8",
            "#C98BB5",
            "#FFBFA0",
            "#FFE6BE",
            "#F2B3B8",
            "#C68DB4",
            ("#2F3066", "#6C5A94", "#CC8AA4", "#FFDCCB"),
        ),
        Sky(
            "#EE7A5C",
            "#FBA663",
            "#FFDF9C",
            "#FFF6D0",
            "#FFC59A",
            "#F09A74",
            ("#56294F", "#A24E5C", "#EC8F63", "#FFE6B4"),
        ),
    ),
    "night": (
        Sky(
            "#0E1742",
            "#1C2C66",
            "#39508F",
            "#FFF3CF",
            "#3A4F88",
            "#2A3D74",
            ("#0A1138", "#1D2F6C", "#4464A6", "#B4C8EC"),
        ),
        Sky(
            "#0C1E3A",
            "#183A5E",
            "#356584",
            "#F4F3E4",
            "#31597A",
            "#244A66",
            ("#081A34", "#163E62", "#3F7896", "#B5D6DF"),
        ),
        Sky(
            "#1A1444",
            "#31296C",
            "#5B4C93",
            "#FDE9D2",
            "#50458A",
            "#3F3679",
            ("#140F3C", "#352B75", "#6E5CAE", "#CBBDEB"),
        ),
    ),
    "storm": (
        Sky(
            "#46536A",
            "#6C7C92",
            "#A3B0BE",
            "#FFF3B0",
            "#76849A",
            "#515F75",
            ("#2C3748", "#56687C", "#8FA0B0", "#DCE4EA"),
        ),
        Sky(
            "#3F5463",
            "#64808C",
            "#A4B9BC",
            "#FFF3B0",
            "#708A94",
            "#48606C",
            ("#263A44", "#4D6B74", "#8AA3A8", "#DAE5E5"),
        ),
        Sky(
            "#4D4A66",
            "#74718E",
            "#ABA8BC",
            "#FFF3B0",
            "#7E7B93",
            "#595672",
            ("#322F4A", "#615E7E", "#9A98AE", "#E2E0EA"),
        ),
    ),
}
LIGHTS = {
    "day": Light(1.0, 0.0, (1.0, 1.0, 1.0)),
    "sunset": Light(0.84, 0.86, (1.0, 0.84, 0.74)),
    "night": Light(0.7, 0.68, (0.5, 0.62, 0.8)),
    "storm": Light(0.84, 0.55, (0.84, 0.9, 0.92)),
}
# What the land is made of, by day, light to dark; each seed takes one row.
MATTER = {
    "grass": (
        ("#A4D66B", "#82C35A", "#5FA850", "#458C49"),
        ("#B9D96C", "#97C65D", "#6FAE57", "#4F934F"),
        ("#97D694", "#70C082", "#4BA573", "#378A66"),
    ),
    "leaves": (
        ("#7CC25E", "#5AA752", "#3F8A4A", "#2F6F45"),
        ("#8FBF55", "#6BA34C", "#4C8747", "#376B41"),
        ("#6CBF8A", "#489F74", "#33825F", "#276950"),
    ),
    "snow": (
        ("#FFFFFF", "#EDF5FC", "#D6E6F5", "#BCD3EA"),
        ("#FFFFFF", "#F0F2FC", "#DCDFF3", "#C5CAE8"),
        ("#FFFFFF", "#EDF7F8", "#D3E9EE", "#B7D6E0"),
    ),
    "water": (
        ("#8ADCEB", "#4DBBDD", "#2B97C9", "#1F79B2"),
        ("#8FE0DA", "#54C3C6", "#2FA0B4", "#24819F"),
        ("#93CFF3", "#5FADE6", "#3B8BD3", "#2D6FBB"),
    ),
    "sand": (
        ("#FBE8BE", "#F5D79B", "#E8BF7B", "#D3A15F"),
        ("#FBE3C6", "#F6CFA3", "#E7B184", "#CF9169"),
        ("#F8EBCB", "#EFDCA9", "#DFC486", "#C7A669"),
    ),
    "rock": (
        ("#C3C6CF", "#A3A8B6", "#828A9D", "#666F86"),
        ("#CFC3BC", "#B3A49E", "#93857F", "#776A67"),
        ("#B9C7CF", "#96A9B6", "#738A9B", "#586F83"),
    ),
    "ash": (
        ("#9A8792", "#77657A", "#574863", "#40344E"),
        ("#A08B80", "#7D685F", "#5C4A47", "#443638"),
        ("#8C8F9A", "#6B6D7C", "#4C4E60", "#38394B"),
    ),
    "wood": (
        ("#A9744F", "#8C5C3F", "#724A35", "#5A3A2C"),
        ("#B07F55", "#936443", "#785038", "#5E3F2E"),
        ("#9C7A62", "#80614F", "#684D41", "#523C34"),
    ),
    "walls": (
        ("#F6C9A8", "#9CC7D8", "#F3DFA2", "#D9A6A0"),
        ("#C9DDBB", "#F2B8A0", "#F6E3BE", "#A9BEDC"),
        ("#E7B9C4", "#F7DDB0", "#A8D0C6", "#C5B6DC"),
    ),
    "towers": (
        ("#C9D8E6", "#A7BDD3", "#86A0BD", "#6A86A8"),
        ("#E2D3C8", "#CBB3AA", "#AD938F", "#8D7779"),
        ("#C7D9D8", "#A2BFC1", "#7E9FA6", "#62848F"),
    ),
    "asphalt": (("#8E96A3", "#767E8C", "#676F7D", "#565E6C"), ("#979492", "#7F7C7C", "#6E6B6D", "#5C5A5E")),
    "pavement": (("#E9E3DA", "#D8D0C6", "#C3BAB1", "#A79F99"), ("#DFE3E8", "#CBD1D8", "#B4BBC5", "#98A0AC")),
    "blossoms": (
        ("#FF8FA3", "#FFD45E", "#FFFFFF", "#C79BEB"),
        ("#FFFFFF", "#FFB347", "#F2789F", "#7EA8F0"),
        ("#FFE066", "#FFFFFF", "#F58A6E", "#B58CE0"),
    ),
    "room": (
        ("#F7E4CF", "#EBD0B4", "#D9A679", "#B98458"),
        ("#CFE3DC", "#B5D0C7", "#DDB48A", "#BC9068"),
        ("#DCD6EE", "#C4BCDF", "#D8AE8C", "#B58A6A"),
    ),
    "cloth": (
        ("#D9525A", "#C03C4A", "#9E2C40", "#7A2036"),
        ("#C9566E", "#AE3F5D", "#8C2E4F", "#6A2342"),
        ("#6E5FC0", "#5649A4", "#423885", "#312A68"),
    ),
    "deep": (
        ("#A6EBE6", "#4EC3D6", "#2592BE", "#1B659C"),
        ("#B5F0DA", "#5BCDBF", "#2A9DA6", "#1B6F88"),
        ("#A9DDF5", "#5AB0E4", "#3280C8", "#2659A2"),
    ),
    "coral": (
        ("#F58C7E", "#F7B267", "#C77DBB", "#E8657F"),
        ("#F2789F", "#FFC46B", "#8F8AE0", "#F08A5D"),
        ("#FF9E80", "#F6CE6C", "#B892E0", "#E97C9C"),
    ),
    "space": (
        ("#8A6FE0", "#4A4AA8", "#25286E", "#14163F"),
        ("#5C9FE0", "#3A5CAE", "#1F3170", "#101A42"),
        ("#C978C9", "#6E489E", "#37276B", "#1B1440"),
    ),
    "planets": (
        ("#F7B27A", "#E0845F", "#8FD3D6", "#F5E1B0"),
        ("#8FC6F0", "#5E92D6", "#F6B0A0", "#E9DDF7"),
        ("#F6CF7B", "#DE9F55", "#C6A3EE", "#FBE5D0"),
    ),
}


def rgb(text: str) -> Array:
    """`#rrggbb` as three numbers in [0, 1]."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def mix(first: Array, second: Array, share: float) -> Array:
    """The first colour with a share (0 to 1) of the second."""
    return first + (second - first) * np.float32(share)


def lit(colour: Array, time: str, sky: Sky, keep: float = 0.0) -> Array:
    """A colour that is given for day, in the light of another time and sky; a share `keep` stays as it was."""
    light = LIGHTS[time]
    if not sky.ramp:
        return colour
    seen = colour * np.float32(light.bright)
    place = np.linspace(0, 1, len(sky.ramp))
    ramp = np.stack([rgb(text) for text in sky.ramp])
    lightness = float(seen @ np.array([0.3, 0.59, 0.11], np.float32))
    mapped = np.array([np.interp(lightness, place, channel) for channel in ramp.T], np.float32)
    return mix(mix(seen * np.array(light.tint, np.float32), mapped, light.share), colour, keep)


LAMPLIGHT = rgb("#FFDF8E")
