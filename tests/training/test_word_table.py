"""The table of known names, made of a dictionary of ten nouns."""

from pathlib import Path

import pytest
import torch

from artgen_drawings.catalogue import names
from training import word_table
from training.names import Concept
from training.word_lists import Lists
from training.word_table import Maker, without_rest
from training.wordnet import WordNet

NOUNS = {
    # place: file, words, above, gloss
    1: (5, ["animal"], [], "a living thing that moves"),
    2: (5, ["cat", "true_cat"], [1], "feline mammal with soft fur"),
    3: (5, ["kitten", "kitty"], [1], "young domestic cat"),
    4: (5, ["tabby"], [2], "a cat with stripes"),
    5: (6, ["tower"], [], "a structure taller than its diameter"),
    6: (6, ["beacon", "lighthouse"], [5], "a tower with a light"),
    7: (7, ["height"], [], "how tall a thing is"),
    8: (5, ["moggy"], [2], "an offensive word for a cat"),
    9: (6, ["castle"], [], "a building with walls"),
    10: (5, ["cat"], [1], "a whip"),
    11: (5, ["wildcat"], [2], "qqqq"),
    12: (5, ["lynx"], [11], "qqqq"),
    13: (5, ["bobcat"], [12], "qqqq"),
    14: (5, ["caracal"], [13], "qqqq"),
    15: (5, ["Persian_caracal"], [14], "qqqq"),
    16: (5, ["fetch_beast"], [2], "a beast that nobody sees"),
    17: (5, ["barguest"], [16], "one of them"),
    18: (14, ["Felis"], [], "the type genus of cats"),
    19: (5, ["Felis_lynx"], [12], "qqqq"),
    20: (20, ["herb"], [], "a small plant"),
    21: (20, ["aster"], [20], "a herb with showy flowers"),
    22: (20, ["bracken"], [20], "a plant with fronds"),
    23: (20, ["aster_castle"], [21], "a herb"),
    24: (13, ["pear"], [], "a sweet fruit"),
    25: (20, ["medlar"], [20], "a small bush"),
    26: (13, ["medlar"], [24], "a fruit like a pear"),
    27: (6, ["keep"], [28], "zzzzzzzzzzzzzzzzzzzz"),
    28: (6, ["stronghold"], [29], "zzzzzzzzzzzzzzzzzzzz"),
    29: (6, ["walls"], [9], "zzzzzzzzzzzzzzzzzzzz"),
}


def write(folder: Path) -> None:
    data, index = ["  1 a licence"], {}
    for place, (kind, words, above, gloss) in NOUNS.items():
        named = " ".join(f"{word} 0" for word in words)
        pointers = "".join(f" @ {target:08} n 0000" for target in above)
        data.append(
            f'{place:08} {kind:02} n {len(words):02x} {named} {len(above):03}{pointers} | {gloss}; "he said so"  '
        )
        for word in words:
            index.setdefault(word.lower(), []).append(place)
    rows = [f"{w} n {len(p)} 0 {len(p)} 0 " + " ".join(f"{x:08}" for x in p) + "  " for w, p in index.items()]
    (folder / "data.noun").write_text("\n".join(data) + "\n")
    (folder / "index.noun").write_text("\n".join(["  1 a licence", *rows]) + "\n")
    (folder / "index.adj").write_text("  1 a licence\n")
    (folder / "index.adv").write_text("  1 a licence\n")
    (folder / "cntlist.rev").write_text("tabby%1:05:00:: 1 2\ntabby%2:05:00:: 1 9\n")


class Letters:
    """Embeds a text by its letters."""

    def __call__(self, texts: list[str]) -> torch.Tensor:
        counts = torch.tensor([[text.count(chr(97 + i)) for i in range(26)] for text in texts], dtype=torch.float32)
        return torch.nn.functional.normalize(counts, dim=-1)


class FourNames:
    def __init__(self) -> None:
        groups = {"cat": 3, "castle": 5, "herb": 3, "pear": 4}
        self.concepts = {name: Concept([name], [], 1.0, group) for name, group in groups.items()}


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    write(tmp_path)
    common = frozenset(word for _, words, _, _ in NOUNS.values() for name in words for word in name.split("_"))
    kinds = {"tower": "castle"}
    lists = Lists(kinds, set(), {"fetch beast"}, set(), {"beacon"}, {"cat": {"kitty"}}, {"tomcat": "cat"})
    return Maker(WordNet(tmp_path), FourNames(), common, Letters(), lists)  # type: ignore[arg-type]


def test_words_lead_to_names_by_definition_kind_and_hand(maker: Maker) -> None:
    assert {"cat", "castle", "herb", "pear"} <= names()
    found = maker.table()
    wanted = {"kitten": "cat", "lighthouse": "castle", "tomcat": "cat", "tower": "castle", "true cat": "cat"}
    assert {word: found.get(word) for word in wanted} == wanted
    assert not {"tabby", "moggy", "kitty", "beacon"} & set(found)  # a verb mostly, unkind, and by the lists


def test_animals_look_like_their_kind_at_any_level_and_things_only_where_they_are_like_it(maker: Maker) -> None:
    found = maker.table()
    assert {found[word] for word in ("wildcat", "bobcat", "caracal", "persian caracal")} == {"cat"}
    assert not {"keep", "stronghold"} & set(found)
    maker.lists.alike.add("castle")
    assert maker.table()["keep"] == "castle"


def test_kinds_that_are_never_drawn_and_latin_names_are_left_out(maker: Maker) -> None:
    assert not {"fetch beast", "barguest", "felis lynx"} & set(maker.table())


def test_plants_are_fruits_first_and_flowers_where_they_are_known_for_them(maker: Maker) -> None:
    found = maker.table()
    assert (found["medlar"], found["aster"], found["bracken"]) == ("pear", "blossom", "herb")
    assert "aster castle" not in found  # what it is called after can be drawn, and is something else


def test_plurals_and_colours_before_what_is_known_are_left_out() -> None:
    table = {"hound": "dog", "hounds": "dog", "basset hound": "dog", "red hound": "dog", "oak": "tree"}
    table |= {"white oak": "tree", "golden star": "blossom", "black widow": "spider", "widow": "woman"}
    left = dict(without_rest(table, {"star"}, {"black widow"}))
    assert set(table) - set(left) == {"hounds", "red hound", "golden star"}


def test_the_lists_agree_with_the_table_that_is_shipped() -> None:
    lists, table = Lists.read(), word_table.shipped.table()
    assert not lists.words & set(table)
    assert {word: table[word] for word in lists.added} == lists.added
