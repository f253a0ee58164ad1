"""What a drawing is called: icon file names matched to emoji, their plain names, keywords and groups."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# How often a concept is drawn, by emojibase group: everyday things first, people and abstract signs seldom.
GROUP_WEIGHT = {0: 0.4, 1: 0.15, 3: 3.0, 4: 3.0, 5: 2.2, 6: 1.5, 7: 1.6, 8: 0.15, 9: 0.02}
# Subgroups that differ from their group: hearts, body parts, fantasy people, places, transport, sky, time, signs.
SUBGROUP_WEIGHT = {
    14: 1.5,
    12: 0.6,
    13: 0.6,
    22: 0.8,
    26: 0.5,
    50: 3.0,
    51: 2.5,
    58: 0.25,
    59: 3.0,
    94: 0.05,
    95: 0.08,
    96: 0.5,
    98: 0.02,
    99: 0.02,
    93: 0.3,
    74: 0.8,
    76: 0.7,
}
OTHER_WEIGHT = 0.12  # icons that are no emoji: thousands of game and interface icons, many of them abstract
ANIMALS = range(34, 40)
SKIN = re.compile(r"-(light|medium-light|medium|medium-dark|dark)(-skin-tone)?(-|$)|-tone[1-5]|-skin-tone")
# Interface furniture that has no everyday name.
SKIP = re.compile(
    r"^(abstract|rank|uv-index|wind-beaufort|time-|barometer|pressure|flag-for|regional|keycap"
    r"|digit|letter|squared|input|family|kiss-|couple|clock\d|tarot|card-|.*-(alt|lunar))"
)


ALIASES: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))


@dataclass
class Concept:
    """One thing that can be drawn, whatever the style."""

    names: list[str]
    tags: list[str] = field(default_factory=list)
    weight: float = OTHER_WEIGHT
    group: int = -1


def key(name: str) -> str:
    """Letters and digits only, so that `red-heart`, `redheart` and `Red heart` are one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def everyday(label: str, subgroup: int) -> list[str]:
    """The label as people say it, then other ways to say it ("cat face" is also "cat")."""
    label = label.lower().replace("’", "").replace("“", "").replace("”", "").replace(":", "")
    names = list(ALIASES.get(label, [label]))
    if subgroup in ANIMALS and label.endswith(" face"):
        names = [label.removesuffix(" face"), label]
    if subgroup == 34 and label == "t-rex":
        names.append("dinosaur")
    return names


class Emoji:
    """Names of all emoji, found by icon name, by Unicode name or by code point."""

    def __init__(self, folder: Path) -> None:
        rows = json.loads((folder / "en" / "data.json").read_text(encoding="utf-8"))
        self.by_code: dict[str, str] = {}
        self.by_key: dict[str, str] = {}
        self.concepts: dict[str, Concept] = {}
        for row in rows:
            self._add(row)

    def _add(self, row: dict[str, Any]) -> None:
        group, sub = row.get("group", 8), row.get("subgroup", 93)
        name = key(row["label"])
        weight = SUBGROUP_WEIGHT.get(sub, GROUP_WEIGHT.get(group, 0.0))
        tags = [t.lower() for t in row.get("tags", []) if re.fullmatch(r"[A-Za-z][A-Za-z -]{2,20}", t)]
        self.concepts[name] = Concept(everyday(row["label"], sub), tags, weight, group)
        self.by_code[_code(row["hexcode"])] = name
        self.by_key[name] = name
        letters = row["emoji"].replace("\ufe0f", "")
        if len(letters) == 1:  # older sets use the Unicode name: "house building", "ear of maize"
            self.by_key.setdefault(key(unicodedata.name(letters, "-")), name)

    def find(self, icon: str) -> str | None:
        """The concept of an icon name or of a file named after its code points."""
        bare = re.sub(r"-\d+$", "", icon)
        candidates = [key(icon), key(bare), key(bare.removesuffix("-face")), key(bare + "-face")]
        return next((self.by_key[c] for c in candidates if c in self.by_key), self.by_code.get(_code(icon)))


def _code(text: str) -> str:
    return text.lower().replace("-fe0f", "").lstrip("0")


def wanted(icon: str) -> bool:
    """Leaves out skin-tone copies and icons without an everyday meaning."""
    return not SKIN.search(icon) and not SKIP.match(icon)


def other(icon: str) -> Concept:
    """The concept of an icon that is no emoji, read off its file name."""
    words = re.sub(r"-(fill|\d+)$", "", icon).replace("-", " ").replace("_", " ")
    return Concept([words])
