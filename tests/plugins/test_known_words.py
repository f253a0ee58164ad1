"""Words that the embedded models have not learnt are drawn as names that they have, and the run says so."""

import contextlib
import re

import pytest
import torch
import yaml

import artgen
from artgen.api import InputError, Prompt
from artgen.compare.replay import replay
from artgen.preset import loading
from artgen.recipe import metadata
from artgen.testing import make_env
from artgen_clip import OpenClip, catalogue, words
from artgen_clip.templates import _LETTERING
from artgen_drawings.caption import Caption, Thing
from artgen_drawings.catalogue import names
from artgen_drawings.prior import Prior
from tests.helpers.paths import ROOT

NOTE = "drawing 'cat' for 'kitten' (the embedded CLIP has not learnt it)"
SMALL = {"batch": 1, "steps": 1, "size": 64, "views": [{"type": "cutouts", "count": 2}]}


def texts_of(data):
    """Every prompt of a preset, a recipe or a list of such, with its weights."""
    if isinstance(data, dict):
        own = [data[key] for key in ("text", "prompt", "label") if isinstance(data.get(key), str)]
        said = data.get("prompts")
        own += [part.strip() for part in said.split("|")] if isinstance(said, str) else []
        return own + [text for value in data.values() for text in texts_of(value)]
    return [text for value in data for text in texts_of(value)] if isinstance(data, list) else []


def drawn(place):
    """What a file of prompts, or a folder of presets or pictures, has had drawn by the embedded models."""
    if place.is_file():
        return [yaml.safe_load(place.read_text())]
    presets = [] if place.name == "gallery" else [yaml.safe_load(path.read_text()) for path in place.glob("*.yaml")]
    for path in place.glob("*.png"):
        with contextlib.suppress(metadata.NoRecipe):
            presets.append(metadata.read(path)["preset"])
    models = ({spec.get("model", "embedded") for spec in one.get("perceptors", {}).values()} for one in presets)
    return [one for one, used in zip(presets, models, strict=True) if used <= {"embedded"}]


def test_the_table_is_in_order_and_leads_to_drawings():
    lines = words.TABLE.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines)) and len(lines) == len(words.table()) > 10_000
    assert {*words.table().values()} <= words.learnt()
    assert len({*words.table().values()} - names()) < 8  # lakes and the like, which are painted
    assert not {*words.table()} & (words.learnt() | {*words.table().values()})
    assert all(re.fullmatch("[a-z][a-z' -]+", word) for word in words.table())
    assert words.TABLE.stat().st_size < 300_000


def test_everyday_words_are_in_it():
    wanted = {"kitten": "cat", "puppy": "dog", "cathedral": "church", "flower": "blossom", "hatchback": "car"}
    assert {word: words.table().get(word) for word in wanted} == wanted
    assert not {"genius", "female", "drawing", "watercolor", "woods"} & {*words.table()}


@pytest.mark.parametrize("file", ["benchmarks/prompts.yaml", "benchmarks/further.yaml", "gallery", "presets"])
def test_what_has_been_drawn_is_told_as_before(file):
    texts = [text for data in drawn(ROOT / file) for text in texts_of(data)]
    assert len(texts) > 5
    assert [words.replaced(text)[0] for text in texts] == texts


def test_what_the_loss_says_by_itself_is_told_as_before():
    bank = [line.split("\t")[0] for line in catalogue.BANK.read_text().splitlines()]
    for text in (*bank, *(text for pair in _LETTERING for text in pair)):
        assert words.replaced(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a kitten", "a cat"),
        ("A Kitten.", "A cat."),
        ("two purple kittens, a dog", "two purple cats, a dog"),
        ("puppies in the snow", "dogs in the snow"),
        ("an aeroplane over a cathedral", "an aeroplane over a church"),
        ("an alsatian-blue puppy", "an alsatian-blue dog"),
        ("an orange kitten", "an orange cat"),
        ("a cottage", "a house"),
        ("the flowers", "the blossoms"),
        ("a grape", "grapes"),
        # A word right before another name describes that.
        ("a kitten cat", "a kitten cat"),
        ("an emerald green parrot", "an emerald green parrot"),
        ("a salmon pink kitten", "a salmon pink cat"),
        ("an emerald, red and round", "a gem, red and round"),
        ("a puppy kitten", "a puppy cat"),
        ("a rose in a plant pot", "a rose in a plant pot"),
        # Names that hold such a word, or are no words.
        ("a carp streamer", "a carp streamer"),
        ("a kitten-like cat", "a kitten-like cat"),
        ("", ""),
    ],
)
def test_names_stand_in_for_words(text, told):
    assert words.replaced(text)[0] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("two grizzly bears beside a fire engine", "two bears beside a fire engine"),
        ("a red fire engine", "a red fire engine"),
        ("a red fire truck", "a red fire engine"),
        ("three German shepherds and an Irish setter", "three dogs and a dog"),
        ("a grey American flying squirrel", "a grey chipmunk"),
        ("maple trees under a white oak", "trees under a tree"),
        ("the grizzly\n bear", "the bear"),
        # Colours are told, and what they stand before is known without them.
        ("a black bear and a golden star", "a black bear and a golden star"),
        ("a large white house", "a large white house"),
        ("a silver bell", "a silver bell"),
        ("an elephant ear", "an elephant ear"),
        # Plurals that no rule of letters makes.
        ("three mice and two geese", "three mouse and two goose"),
        ("firemen, policewomen and grandchildren", "firefighters, police officers and grandchildren"),
        ("a pack of wolves", "a pack of wolf"),
    ],
)
def test_several_words_are_one_name_and_the_longest_counts(text, told):
    assert words.replaced(text)[0] == told


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dog", "dachshund, siberian husky, border collie, whippet"),
        ("cat", "siamese cat, tabby cat, bobcat"),
        ("bird", "kingfisher, robin, blue tit, crane, song thrush"),
        ("eagle", "kestrel, peregrine falcon, sparrow hawk"),
        ("black bird", "raven, crow, jackdaw"),
        ("fish", "rainbow trout, sardine, manta ray, codfish"),
        ("shark", "great white shark, hammerhead shark"),
        ("fly", "dragonfly, horsefly"),
        ("butterfly", "hawk moth, red admiral"),
        ("spider", "black widow, tarantula"),
        ("cricket", "grasshopper, praying mantis"),
        ("leopard", "jaguar, cheetah, snow leopard"),
        ("chipmunk", "groundhog, prairie dog"),
        ("hamster", "guinea pig, capybara"),
        ("otter", "sea otter, mongoose, wolverine"),
        ("tree", "oak, sugar maple, weeping willow, apple tree"),
        ("fir tree", "larch, norway spruce, cypress"),
        ("blossom", "lilac, snowdrop, buttercup, african violet, honeysuckle"),
        ("mushroom", "fly agaric, chanterelle, toadstool"),
        ("cherries", "cherry, sour cherry"),
        ("blueberries", "cranberry, gooseberry"),
        ("glass of wine", "red wine"),
        ("tumbler glass", "whisky, vodka"),
        ("cocktail glass", "daiquiri, gin and tonic"),
        ("sailboat", "galleon, catamaran, sailing ship"),
        ("locomotive", "steam locomotive"),
        ("car", "sports car, estate car, hatchback"),
        ("castle", "citadel, watchtower, fortress"),
        ("church", "steeple, church tower, cathedral"),
        ("convenience store", "bakery, grocery store, bookshop"),
        ("coat", "hoodie, cardigan, fur coat"),
        ("womans hat", "sombrero, straw hat"),
        ("kitchen knife", "pocketknife, bread knife"),
        ("headstone", "tombstone"),
        ("guard", "bouncer, sentry"),
        ("person", "waitress, acrobat, tailor, goalkeeper, violinist"),
        ("health worker", "dentist, heart surgeon, midwife"),
        ("construction worker", "bricklayer, plumber, carpenter"),
        ("office worker", "secretary, accountant, lawyer"),
        ("farmer", "shepherd, milkmaid"),
        ("princess", "queen, duchess"),
        ("old woman", "grandmother"),
        ("ghost", "poltergeist"),
        ("1st place medal", "gold medal"),
        ("wastebasket", "dustbin, trash can"),
    ],
)
def test_words_that_people_say_lead_to_what_looks_like_it(name, said):
    assert {word: words.table().get(word) for word in said.split(", ")} == dict.fromkeys(said.split(", "), name)


def test_words_of_two_meanings_of_style_and_of_no_look_are_left():
    known = {"bat", "mouse", "seal", "kite", "duck", "fly", "rose", "turkey"}
    assert known <= words.learnt()
    left = known | {"giant", "portrait", "aerial", "model", "general", "scale", "masterpiece", "oil painting", "sketch"}
    left |= {"virus", "bacteria", "merlin", "seahorse", "submarine", "clock", "violin bow", "blonde", "slut", "gypsy"}
    assert not left & set(words.table())


def test_a_plural_stands_for_a_plural(monkeypatch):
    table = {
        "brew": "cup of tea",
        "boat-house": "house",
        "herring": "fish",
        "lady": "fairy",
        "elm": "bench",
        "bee fly": "fly",
    }
    monkeypatch.setattr(words, "table", lambda: table)
    for text, told in {
        "three brews": "three cups of tea",
        "herrings": "fish",
        "ladies": "fairies",
        "an elm": "a bench",
        "elms": "benches",
        "a brew": "a cup of tea",
        "bee flies": "flies",
    }.items():
        assert words.replaced(text)[0] == told


def test_what_is_known_is_told_in_order():
    found = list(words.understood("a purple kitten, a red heart and a frobnicator in the rain", True))
    assert [(word.text, word.state, word.name) for word in found] == [
        ("kitten", "replaced", "cat"),
        ("red heart", "known", "red heart"),
        ("frobnicator", "unknown", ""),
        ("rain", "met", ""),
    ]


def run(preset, **settings):
    """The result of a small run, and what it told."""
    told = []
    return artgen.run(loading.load(preset, **{**SMALL, **settings}), note=told.append), told


def test_a_run_draws_the_known_name_and_says_so_once(tmp_path):
    kitten, told = run("diffusion", prompts="a purple kitten")
    assert [line for line in told if "kitten" in line] == [NOTE]
    cat, told = run("diffusion", prompts="a purple cat")
    assert not [line for line in told if "drawing" in line]
    assert torch.equal(kitten.images, cat.images)
    assert kitten.recipe["read_as"] == {"kitten": "cat"}
    assert set(kitten.recipe["weights"]) - set(cat.recipe["weights"]) == {"embedded/words.tsv"}
    assert "read_as" not in cat.recipe
    assert replay(kitten.save(tmp_path / "kitten.png"), note=told.append).word == "identical"


def test_what_a_run_begins_with_is_the_known_name():
    told = []
    clip = OpenClip().build(make_env(note=told.append))
    asked = make_env(
        size=(16, 16), seeds=(3,), prompts=(Prompt(text="two purple kittens in the snow"),), perceptors={"clip": clip}
    )
    [scene] = Prior(lambda cells: torch.full((len(cells), 3, 32, 32), 0.5)).scenes(asked, clip, "flat", 1, 0)
    assert scene.caption == Caption((Thing("cat", "purple"),) * 2, place="snow")
    assert len(told) == 1


def test_as_written_leaves_the_words_alone_and_a_private_recipe_says_none(tmp_path):
    perceptors = {"clip": {"type": "open_clip", "words": "as-written"}}
    written, told = run("pixel", prompts="a puppy", perceptors=perceptors)
    assert not [line for line in told if "puppy" in line]
    assert "read_as" not in written.recipe
    known, _ = run("pixel", prompts="a puppy", recipe="private")
    assert not torch.equal(written.images, known.images)
    assert known.recipe["read_as"] == {"puppy": "dog"}
    assert b"puppy" not in known.save(tmp_path / "secret.png").read_bytes()


def test_a_recipe_from_before_the_table_is_drawn_as_it_is_written():
    preset = loading.load("pixel", prompts="a kitten", **SMALL).resolved()
    del preset["perceptors"]["clip"]["words"]
    assert loading.parse(preset, written_down=True).perceptors["clip"].words == "as-written"
    assert loading.parse(preset).perceptors["clip"].words == "known"


def test_the_embedded_judge_knows_the_same_words():
    judge = OpenClip(model="embedded-judge")
    assert judge.reworded("a kitten") == OpenClip().reworded("a kitten") == "a cat"
    assert OpenClip(model="embedded-judge", words="as-written").reworded("a kitten") == "a kitten"


def test_other_models_have_no_such_setting():
    with pytest.raises(ValueError, match="'words' belongs to the embedded models"):
        OpenClip(model="ViT-B-32", pretrained="openai", words="as-written")
    assert OpenClip(model="ViT-B-32", pretrained="openai").reworded("a kitten") == "a kitten"
    assert not list(OpenClip(model="ViT-B-32", pretrained="openai").understood("a kitten"))


def test_a_missing_table_is_named(monkeypatch, tmp_path):
    words.table.cache_clear()
    monkeypatch.setattr(words, "TABLE", tmp_path / "words.tsv")
    try:
        with pytest.raises(InputError, match="reinstall artgen"):
            words.replaced("a kitten")
    finally:
        words.table.cache_clear()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("🦊", "fox"),
        ("a ❤️ in the snow", "a red heart in the snow"),
        ("🐱🐶", "cat face and dog face"),
        ("🔥dragon", "fire dragon"),
        ("a 🦸🏽 at night", "a superhero at night"),
        ("👩‍🚀 on the moon", "astronaut on the moon"),
        ("an 🐘", "an elephant"),
        ("🈺", "🈺"),
    ],
)
def test_an_emoji_is_read_as_its_name(written, told):
    assert words.replaced(written)[0] == told


def test_every_emoji_has_a_name_that_is_known():
    names = words.emoji_names()
    assert len(names) > 1000
    assert {*names.values()} <= words.learnt()
    assert names["🍕"] == "slice of pizza" or names["🍕"] == "pizza"
    assert words.tables_of(["🍕"]) == [words.EMOJI]
    assert words.tables_of(["kitten"]) == [words.TABLE]
