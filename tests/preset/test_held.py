"""Components within components, as `of` of the generator `evolve` holds another generator."""

import json

import pytest
import strangers
from jsonschema import Draft202012Validator

import artgen as package
from artgen.api import AnyGenerator, GeneratorSpec
from artgen.deprecation import DeprecatedName, Formerly
from artgen.errors import InputError
from artgen.fields.introspection import parts_of
from artgen.preset import loading, schema
from artgen.preset.needs import downloads
from artgen.preset.personal import personal_settings
from artgen.testing import small_preset
from artgen_evolve import Collage, Evolve
from artgen_pixel import Pixel
from artgen_vqgan import Vqgan


@pytest.fixture
def evolving(flat):
    """A preset whose generator evolves the one that is given."""

    def made(**of):
        return {**flat, "generator": {"type": "evolve", "of": of}}

    return made


def test_what_it_holds_is_read_as_anywhere_else(evolving):
    preset = loading.parse(evolving(type="pixel", grid=[4, 4], learning_rate={0: 1, "100%": 0}))
    assert preset.generator.of == Pixel(grid=(4, 4), learning_rate={0: 1, "100%": 0})
    assert loading.parse(evolving(type="evolve", of={"type": "fourier"})).generator.of.of.type == "fourier"
    assert parts_of(Evolve) == {"of": "generator"}


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ("{type: pixle}", "4:14: generator.of: no generator is called 'pixle'; did you mean 'pixel'?"),
        ("{type: pixel, gird: [4, 4]}", "4:21: generator.of: there is no setting 'gird'; did you mean 'grid'?"),
        ("{type: pixel, grid: [0, 4]}", "4:28: generator.of.grid[0]: must be at least 1, got 0"),
        ("{grid: [4, 4]}", "4:7: generator.of: expected a generator such as {type: ...}"),
        ("pixel", "4:7: generator.of: expected a generator such as {type: pixel}"),
        ("null", "4:7: generator.of: expected a generator such as {type: pixel}"),
        ("{type: vqgan, variety: 1.5}", "4:7: generator.of: 'variety' belongs to 'init: prompt'"),
    ],
)
def test_its_mistakes_are_named_at_their_place(tmp_path, of, message):
    file = tmp_path / "mine.yaml"
    file.write_text(f"losses: [{{type: smoothness}}]\ngenerator:\n  type: evolve\n  of: {of}\n")
    with pytest.raises(InputError) as caught:
        loading.load(file)
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


def test_a_mapping_is_refused_where_no_preset_was_read():
    with pytest.raises(ValueError, match="expected a generator such as"):
        Evolve(of={"type": "pixel"})


def test_it_is_written_down_with_its_owner_and_read_again(evolving):
    preset = loading.parse(evolving(type="flat", start=0.25))
    written = preset.resolved()
    assert written["generator"]["of"] == {
        "type": "artgen-strangers:flat", "learning_rate": 0.1, "start": 0.25, "colours": "rgb", "keep_best": False
    }  # fmt: skip
    assert loading.parse(written) == preset


def test_whoever_offers_it_takes_part(evolving):
    losses = {"losses": [{"type": "smoothness"}]}
    generator = evolving(type="pixel", grid=[2, 2])["generator"]
    recipe = package.run(small_preset(generator=generator, **losses)).recipe
    assert set(recipe["plugins"]) == {"artgen"}
    with pytest.raises(InputError, match=r"generator 'evolve'.*'flat' has no numbers"):
        package.run(evolving(type="flat"))


def test_layers_change_its_settings_one_by_one(tmp_path, evolving):
    loading.parse(evolving(type="pixel", grid=[4, 4], noise=0.5)).save(tmp_path / "base.yaml")
    over = tmp_path / "over.yaml"
    over.write_text("extends: base.yaml\ngenerator: {of: {grid: [2, 2], learning_rate: {0: 1, 50%: 2}}}\n")
    of = loading.load(over, ["generator.of.interpolation=bicubic"]).generator.of
    assert (of.grid, of.noise, of.interpolation) == ((2, 2), 0.5, "bicubic")
    assert len(of.learning_rate.points) == 2
    over.write_text("extends: base.yaml\ngenerator: {of: {type: collage}}\n")
    assert loading.load(over).generator.of == Collage()


def test_old_names_are_read_there_too(evolving, monkeypatch):
    monkeypatch.setattr(strangers.Flat, "formerly", (Formerly("plain", "1.0", "2.0"),))
    with pytest.warns(DeprecatedName, match=r"generator\.of: the generator 'plain' is called 'flat'"):
        assert loading.parse(evolving(type="plain")).generator.of.type == "flat"


def test_what_it_downloads_is_known(evolving):
    preset = loading.parse(evolving(type="vqgan", model="imagenet_f16_1024"))
    assert downloads(preset) == list(Vqgan(model="imagenet_f16_1024").downloads())


def test_its_texts_are_personal(evolving):
    data = evolving(type="pixel", id="my secret")
    assert list(personal_settings(data)) == [("generator", "of", "id")]


def test_its_pictures_are_read_when_the_preset_is_checked(evolving, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"generator\.of\.palette.*broken\.png"):
        loading.parse(evolving(type="collage", palette=str(tmp_path / "broken.png")))


def test_the_schema_knows_it(evolving):
    validator = Draft202012Validator(json.loads(json.dumps(schema.build())))
    validator.validate(evolving(type="pixel", grid=[4, 4]))
    validator.validate(evolving(type="evolve", of={"type": "collage"}))
    for wrong in ({"type": "pixle"}, {"type": "pixel", "gird": 1}, {"grid": [4, 4]}):
        assert list(validator.iter_errors(evolving(**wrong))), wrong


def test_a_spec_in_python_may_hold_one_too():
    class Framed(GeneratorSpec):
        type: str = "framed"
        of: AnyGenerator = Collage()

    assert Framed(of=Pixel()).of == Pixel()
