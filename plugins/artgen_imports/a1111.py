"""Pictures of AUTOMATIC1111's web UI and its heirs (Forge, SD.Next): a text called `parameters`, or the same in Exif.

The prompt comes first, then ``Negative prompt:``, and in the last line the settings, ``Steps: 20, Sampler: Euler a``.
"""

from __future__ import annotations

import re
from functools import partial

from artgen.importing import Claim, Document
from artgen_imports import stable

_PAIR = re.compile(r'\s*([A-Za-z][\w ./+-]*):\s*("(?:\\.|[^"\\])*"|[^,"]*)(?:,|$)')
_LAST = re.compile(r"^Steps: \d+,? ", re.MULTILINE)
_NEGATIVE = "Negative prompt:"
LONGEST = 10_000
"""Characters of the settings that are looked at."""
_READ = {"Steps": "steps", "Seed": "seed", "CFG scale": "cfg", "Sampler": "sampler", "Model": "model"}

convert = partial(stable.convert, "A1111's web UI")


def recognise(source: Document) -> list[Claim]:
    """One run, where a picture or a text file has such a text."""
    for text in (source.tags.get("parameters"), source.tags.get("UserComment"), source.text):
        if text and (last := list(_LAST.finditer(text))):
            return [_claim(text[: last[-1].start()], text[last[-1].start() :], source.is_picture)]
    return []


def _claim(prompts: str, last: str, is_picture: bool) -> Claim:
    prompt, _, negative = prompts.partition(_NEGATIVE)
    pairs = {
        name.strip(): value.strip().strip('"') for name, value in _PAIR.findall(last.strip().split("\n")[0][:LONGEST])
    }
    settings: dict[str, object] = {"prompt": prompt.strip(), "negative": negative.strip()}
    settings |= {key: pairs.pop(name) for name, key in _READ.items() if name in pairs}
    match = re.fullmatch(r"(\d+)\s*x\s*(\d+)", pairs.pop("Size", ""))
    if match:
        settings |= {"width": int(match[1]), "height": int(match[2])}
    return Claim({**settings, "others": pairs}, "a picture" if is_picture else "a text", 50 + len(settings))
