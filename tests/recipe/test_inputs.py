"""A recipe reads only the files that it may, and knows them by their content."""

import pytest
from PIL import Image

import artgen as package
from artgen.compare import replay
from artgen.errors import InputError
from tests.helpers.paths import DOCS
from tests.helpers.pictures import again, rewritten


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "~/.ssh/id_rsa", "a\0b", "x" * 5000])
def test_a_recipe_follows_no_path_out_of_the_allowed_folders(made, name):
    for change in (
        lambda found: found["preset"]["generator"].update(picture=name),
        lambda found: found["preset"].update(start={"image": name}),
        lambda found: found["preset"].update(prompts=[{"image": name}]),
        lambda found: found["preset"].update(prompts=["{@" + name + "}"]),
    ):
        path = rewritten(made, change, made.with_name("evil.png"))
        for look in (replay.plan, package.load):
            with pytest.raises(InputError, match=r"outside of the fold|there is no file|cannot be read") as refusal:
                look(path)
            assert "\n" not in str(refusal.value).strip()


def test_the_list_of_inputs_leads_nowhere_else_either(made):
    rewritten(made, lambda found: found["inputs"].update({"/etc/passwd": "0" * 64}))
    with pytest.raises(InputError, match="/etc/passwd: the recipe needs this file; put it beside the picture"):
        replay.plan(made)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path, made, monkeypatch):
    monkeypatch.chdir(made.parent)
    (made.parent / "innocent.png").symlink_to("/etc/passwd")
    rewritten(made, lambda found: found["preset"]["generator"].update(picture="innocent.png"))
    with pytest.raises(InputError, match="outside of the folders"):
        replay.plan(made)


def test_a_picture_that_the_recipe_reads_is_found_by_its_content(tmp_path, flat, monkeypatch):
    source, home, other = (tmp_path / name for name in ("source", "home", "other"))
    for folder in (source, home, other):
        folder.mkdir()
    star = (DOCS / "examples" / "star.png").read_bytes()
    (source / "star.png").write_bytes(star)
    result = package.run({**flat, "start": str(source / "star.png"), "generator": {"type": "pixel"}})
    result.save(home / "made.png")
    (source / "star.png").unlink()
    with pytest.raises(InputError, match=r"star\.png: the recipe needs this file; put it beside the picture"):
        replay.plan(home / "made.png")
    (other / "star.png").write_bytes(star)
    assert again(home / "made.png", allowed=[other]).word == "identical"
    Image.new("RGB", (9, 9), "red").save(home / "star.png")
    assert again(home / "made.png", allowed=[other]).word == "identical"
    assert "another file" in str(again(home / "made.png"))
