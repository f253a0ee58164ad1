"""The table of known names, made of a dictionary of ten nouns."""

from pathlib import Path

import pytest
import torch

from artgen_drawings.catalogue import names
from training import word_table
from training.names import Concept
from training.word_table import Lists, Maker, singular
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
            index.setdefault(word, []).append(place)
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


class TwoNames:
    def __init__(self) -> None:
        self.concepts = {"cat": Concept(["cat"], [], 1.0, 3), "castle": Concept(["castle"], [], 1.0, 5)}


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    write(tmp_path)
    common = frozenset(word for _, words, _, _ in NOUNS.values() for name in words for word in name.split("_"))
    lists = Lists({"tower": "castle"}, set(), {"beacon"}, {"cat": {"kitty"}}, {"tomcat": "cat"})
    return Maker(WordNet(tmp_path), TwoNames(), common, Letters(), lists)  # type: ignore[arg-type]


def test_words_lead_to_names_by_definition_kind_and_hand(maker: Maker) -> None:
    assert {"cat", "castle"} <= names()
    # 'tabby' is a verb mostly, 'moggy' unkind, and 'true cat' tells itself what it is.
    assert maker.table() == {"kitten": "cat", "lighthouse": "castle", "tomcat": "cat", "tower": "castle"}


def test_what_follows_from_the_rest_is_left_out() -> None:
    table = {"hound": "dog", "hounds": "dog", "basset hound": "dog", "sea hound": "fish"}
    assert dict(singular(table)) == {"hound": "dog", "sea hound": "fish"}


def test_the_lists_agree_with_the_table_that_is_shipped() -> None:
    lists, table = Lists.read(), word_table.shipped.table()
    assert not lists.words & set(table)
    assert {word: table[word] for word in lists.added} == lists.added
