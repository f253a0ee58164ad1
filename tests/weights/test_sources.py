"""Folders and repositories that a preset can name."""

import pytest
from pydantic import BaseModel, ValidationError

from artgen import weights
from artgen.errors import InputError
from artgen.fields.paths import LocatedText


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARTGEN_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path / "cache"


def test_a_folder_is_itself(tmp_path):
    assert weights.folder(tmp_path, lambda _: None) == tmp_path
    assert weights.folder(str(tmp_path), lambda _: None) == tmp_path


@pytest.mark.parametrize("source", ["nothing", "./nothing", "a/b/c", "../x/y", ""])
def test_what_is_neither_folder_nor_repository(source, cache):
    with pytest.raises(InputError, match="is neither a folder nor a repository"):
        weights.folder(source, lambda _: None)


class Model(BaseModel):
    source: weights.Source


@pytest.mark.parametrize("text", ["owner/name", "owner/name@main", "embedded", "runwayml/stable-diffusion-v1-5"])
def test_names_and_repositories_are_left_alone(text, tmp_path):
    assert Model(source=LocatedText(text, tmp_path)).source == text


@pytest.mark.parametrize("text", ["./vq", "models/vq", "../{}/vq"])
def test_a_folder_is_looked_for_beside_the_preset(text, tmp_path):
    text = text.format(tmp_path.name)
    (tmp_path / text).mkdir(parents=True)
    model = Model(source=LocatedText(text, tmp_path))
    assert weights.folder(model.source, print).samefile(tmp_path / text)
    assert Model(**model.model_dump()) == model


def test_a_relative_folder_is_never_read_as_a_repository(tmp_path, monkeypatch):
    (tmp_path / "models" / "vq").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    model = Model(source="models/vq")
    assert model.source == "./models/vq"
    assert Model(**model.model_dump()) == model
    monkeypatch.chdir("/")
    with pytest.raises(ValidationError, match=r"there is no folder './models/vq'"):
        Model(**model.model_dump())


def test_a_missing_folder_is_named_with_its_neighbour(tmp_path):
    (tmp_path / "vqgan").mkdir()
    with pytest.raises(ValidationError, match=r"there is no folder './vqgn'; did you mean 'vqgan'"):
        Model(source=LocatedText("./vqgn", tmp_path))
