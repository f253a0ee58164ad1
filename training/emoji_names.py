"""Make the table of the names that emoji are read by: ``python -m training.emoji_names``.

The names are Unicode's short ones (CLDR, as the package emoji has them). Kept are those that the embedded models have
learnt, or that their table of words leads to one; skin colours, flags and signs are left out.
"""

from __future__ import annotations

import re

import emoji

from artgen_clip import words

OTHERS = {
    "evergreen tree": "pine tree",
    "deciduous tree": "tree",
    "globe showing americas": "globe",
    "globe showing asia-australia": "globe",
    "globe showing europe-africa": "globe",
    "couch and lamp": "couch",
    "sun with face": "sun",
    "full moon face": "full moon",
    "first quarter moon": "half moon",
    "last quarter moon": "half moon",
    "waxing crescent moon": "crescent moon",
    "waning crescent moon": "crescent moon",
    "dashing away": "wind",
    "alarm clock": "clock",
    "growing heart": "heart",
    "beating heart": "heart",
    "sparkling heart": "heart",
}
"""Emoji whose names the models have not learnt, and what they show."""


def table() -> dict[str, str]:
    """The known name of each emoji, which is written without what chooses its look."""
    found = {}
    for character, data in sorted(emoji.EMOJI_DATA.items()):
        plain = character.replace(words.LOOK, "")
        if data["status"] == emoji.STATUS["fully_qualified"] and not words.SKINS & {*plain}:
            said = data["en"].strip(":").replace("_", " ").lower()
            if said not in words.learnt():
                said = re.sub("^(wo)?man ", "", said)
            name = said if said in words.learnt() else words.table().get(said) or OTHERS.get(said)
            if name in words.learnt():
                found[plain] = name
    return found


def main() -> None:
    lines = (f"{character}\t{name}\n" for character, name in table().items())
    words.EMOJI.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
