"""Files of words, which `__name__` and `{2$$__name__}` name."""

import pytest
from pydantic import TypeAdapter, ValidationError

from artgen.fields.paths import LocatedText, confined
from artgen.preset import loading
from artgen.prompts import Prompts
from artgen.prompts.choices import resolve_choices
from artgen.prompts.wildcards import Wildcards, drawn_texts

READER = TypeAdapter(Prompts)
FILES = {
    "animals.txt": "# tame\ncat\n\ndog\n",
    "wildcards/colours-warm.txt": "red\nyellow\n",
    "wildcards/colours-cold.txt": "blue\n",
    "wildcards/places/north.txt": "tundra\n",
    "people.txt": "a __places/north__ dweller\na {young|old} friend | and more\n",
    "weighted.txt": "9::often\n1::seldom\n",
    "clothes.txt": "a ${season:summer} coat\n",
    "self.txt": "__other__\n",
    "other.txt": "__self__\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def drawings(text, folder, seeds=60):
    (prompt,) = READER.validate_python(LocatedText(text, folder))
    assert READER.validate_python(READER.dump_python((prompt,), mode="json", exclude_none=True)) == (prompt,)
    return {resolve_choices(prompt, seed).text for seed in range(seeds)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a __animals__", {"a cat", "a dog"}),
        ("a {__animals__|fox}", {"a cat", "a dog", "a fox"}),
        ("{2$$ and $$__animals__}", {"cat and dog", "dog and cat"}),
        ("a __colours*__ bird", {"a red bird", "a yellow bird", "a blue bird"}),
        ("__places/*__", {"tundra"}),
        ("__people__", {"a tundra dweller", "a young friend | and more", "a old friend | and more"}),
        ("__weighted__", {"often", "seldom"}),
        ("__clothes__", {"a summer coat"}),
        ("__clothes(season=winter)__", {"a winter coat"}),
        ("${season={winter|spring}}__clothes__ and __clothes__", None),
        ("${pet=!__animals__}a ${pet} and a ${pet}", {"a cat and a cat", "a dog and a dog"}),
        (r"\__animals\__", {"__animals__"}),
        ("snake_case and a __ line", {"snake_case and a __ line"}),
    ],
)
def test_lines_of_files_are_drawn(text, expected, folder):
    found = drawings(text, folder)
    if expected is None:
        seasons = ("winter", "spring")
        expected = {f"a {one} coat and a {two} coat" for one in seasons for two in seasons}
    assert found == expected


def test_weights_are_kept(folder):
    for text in ("{0.9::often|0.1::seldom}", "__weighted__", "{9::often|seldom}"):
        (prompt,) = READER.validate_python(LocatedText(text, folder))
        often = [resolve_choices(prompt, seed).text for seed in range(600)].count("often")
        assert 540 - 30 < often < 540 + 30


def test_several_are_different_ones_and_a_weight_of_0_is_never_drawn(folder):
    found = drawings("{2$$3::a|2::b|0::c|1::d}", folder, seeds=200)
    assert all(len(set(text.split(", "))) == 2 for text in found)
    assert not any("c" in text for text in found) and len(found) == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a __animal__", "'__animal__': there is no file 'animal.txt' to choose from; did you mean 'animals.txt'?"),
        ("a __nothing_like_it__", r"'__nothing_like_it__': there is no file 'nothing_like_it.txt' to choose from"),
        ("__self__", "names itself in the end; break the circle"),
        ("__*/animals__", "a '*' may stand in the last part of the name alone"),
        ("__**__", "a '*' may stand in the last part of the name alone"),
        ("__places/../animals__", "a '*' may stand in the last part"),
        ("__@animals__", "'__@animals__' goes through its options in turn; here they are drawn: leave out the '@'"),
        ("{!a|b}", "'{!...}' goes through its options in turn; here they are drawn: leave out the '!'"),
        ("{3$$__animals__}", "3$$ asks for 3 of 2 options"),
        ("{3-4$$a|b}", "3-4$$ asks for 3-4 of 2 options"),
        ("{0::a|0::b}", "the weights of a choice are all 0"),
        ("${coat} on a chair", "'${coat}' has no value; write '${coat=...}' before it, or a default"),
        ("${a=x", r"a '{' without its '}'; write '\{' for a brace"),
        ("__clothes(winter)__", "gives values as name=value"),
        ("${a=xxxxxxxx}" + "${a=${a}${a}}" * 40 + "${a}", "a text of more than 4096 characters"),
        ("{0-1$$a|b}", "the choices can leave no text at all"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(text, message, folder):
    with pytest.raises(ValidationError) as caught:
        READER.validate_python(LocatedText(text, folder))
    (error,) = caught.value.errors()
    assert message in error["msg"] and "\n" not in error["msg"]


def test_files_outside_are_refused_where_reading_is_confined(folder, tmp_path_factory):
    with confined([tmp_path_factory.mktemp("elsewhere")]), pytest.raises(ValidationError, match="animals"):
        READER.validate_python(LocatedText("__animals__", folder))


def test_what_a_run_drew_names_no_file(folder, monkeypatch, flat):
    """An old recipe may hold such a text, and a file of that name may be here."""
    monkeypatch.chdir(folder)
    data = {**flat, "prompts": [{"text": "a __animals__ and __nothing__"}]}
    preset = loading.parse(data, written_down=True)
    assert preset.prompts[0].text == "a __animals__ and __nothing__"
    assert not isinstance(preset.prompts[0].text, Wildcards)
    assert loading.parse(preset.resolved()) == preset
    with drawn_texts():
        assert READER.validate_python("__animals__")[0].text == "__animals__"
