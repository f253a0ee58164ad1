"""A stranger's recipe reads what lies beside it, and nothing that hides there or that a link leads to."""

import pytest

from artgen.compare import replay
from artgen.errors import InputError
from artgen.fields import paths
from artgen.recipe import inputs
from tests.helpers.pictures import rewritten


@pytest.fixture
def outside(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    (folder / "ssl").mkdir()
    (folder / "ssl" / "key.txt").write_text("secret")
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch, made, outside):
    """The folder of a picture, with ways out of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "linkdir").symlink_to(outside)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "unet").symlink_to(outside / "ssl")
    (tmp_path / "link.txt").symlink_to(outside / "ssl" / "key.txt")
    for hidden in (".git", "sub/.ssh", "sub"):
        (tmp_path / hidden).mkdir(exist_ok=True, parents=True)
        (tmp_path / hidden / "config").write_text("secret")
    (tmp_path / ".env").write_text("secret")
    (tmp_path / "seen.txt").symlink_to(tmp_path / ".env")
    return tmp_path


def refused(made, **settings):
    rewritten(made, lambda found: found["preset"].update(settings))
    with pytest.raises(InputError) as refusal:
        replay.plan(made)
    return str(refusal.value)


HIDING = [".env", ".git/config", "sub/.ssh/config", "seen.txt", "link.txt", "linkdir/ssl/key.txt"]


@pytest.mark.parametrize("name", HIDING)
def test_what_hides_or_lies_elsewhere_is_not_read(here, made, name):
    assert "lies outside of the folders" in refused(made, prompts=f"{{@{name}}}")
    assert "lies outside of the folders" in refused(made, start={"image": name})
    with pytest.raises(InputError, match="needs this file"):
        inputs.find(name, "0" * 64, [here])


def test_what_lies_there_openly_is(here, made):
    rewritten(made, lambda found: found["preset"].update(prompts="{@sub/config}"))
    assert replay.plan(made).preset.prompts[0].text
    assert inputs.find("sub/config", "0" * 64, [here]) == here / "sub" / "config"


@pytest.mark.parametrize("model", ["linkdir/ssl", "./linkdir/ssl", "model/unet", "./model", "~/x", "..", ".git/x"])
def test_a_folder_that_looks_like_a_repository_is_a_folder(here, made, model):
    assert "outside" in refused(made, generator={"type": "diffusion", "model": model}) or model == "./model"
    assert "out of the folders" in refused(made, generator={"type": "diffusion", "model": "./model"})


def test_a_repository_is_one_where_no_folder_is(here, made):
    rewritten(made, lambda found: found["preset"].update(generator={"type": "diffusion", "model": "owner/name"}))
    assert replay.plan(made).preset.generator.model == "owner/name"


def test_a_folder_of_a_million_files_is_not_searched(here, made, monkeypatch):
    monkeypatch.setattr(paths, "MAX_ENTRIES", 3)
    (here / "many").mkdir()
    for i in range(5):
        (here / "many" / str(i)).touch()
    assert "too many files" in refused(made, generator={"type": "diffusion", "model": "./many"})


def test_a_user_s_own_preset_is_not_confined(here, flat):
    from artgen.preset import loading

    assert loading.parse({**flat, "prompts": "{@link.txt}"}).prompts[0].text == "{secret}"
