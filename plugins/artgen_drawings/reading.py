"""What a sentence is read as, in words for whoever asks before a run. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping

from artgen_drawings.caption import Caption, Reader, Thing
from artgen_drawings.catalogue import names


def reading(text: str) -> Mapping[str, str]:
    """The parts of a sentence that are drawn, by what they say; and what is left to the guidance."""
    caption = Reader(names()).read(text)
    found = {
        "things": ", ".join(map(_thing, caption.things)),
        "standing": caption.relation if len(caption.things) > 1 else "",
        "place": _place(caption),
        "time": caption.time if caption.place else "",
        "ground": caption.ground or "",
        "not drawn": ", ".join(caption.unread),
    }
    return {part: said for part, said in found.items() if said}


def _thing(thing: Thing) -> str:
    is_coloured = thing.colour is not None and not thing.words.startswith(thing.colour)
    said = f"{thing.colour} {thing.words}" if is_coloured else thing.words
    return said if thing.words in names() else f"{said} (no drawing of it was learnt)"


def _place(caption: Caption) -> str:
    pot = "a pot" if caption.potted else ""
    return ", ".join(part for part in (pot, caption.place) if part)
