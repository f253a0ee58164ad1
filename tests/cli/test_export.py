"""The command that writes a picture in another format."""

import pytest

from artgen.errors import InputError
from artgen.recipe import metadata
from tests.helpers.pictures import again


@pytest.mark.parametrize("suffix", [".webp", ".jpg", ".png"])
def test_an_export_replays(artgen, tmp_path, made, suffix):
    target = tmp_path / f"copy{suffix}"
    assert artgen("export", made, target, code=0).stdout.strip() == str(target)
    assert metadata.read(target) == metadata.read(made)
    assert again(target).word == "identical"


def test_an_export_can_say_less(artgen, tmp_path, made):
    artgen("export", made, "less.webp", "--private", code=0)
    assert b"a cat" not in (tmp_path / "less.webp").read_bytes()
    assert again(tmp_path / "less.webp", prompts="a cat:1 | a dog:0.5").word == "identical"
    artgen("export", made, "nothing.png", "--no-recipe", code=0)
    with pytest.raises(InputError, match="carries no artgen recipe"):
        metadata.read(tmp_path / "nothing.png")


@pytest.mark.parametrize(
    ("target", "message"),
    [("picture.png", "is there already"), ("x.gif", "cannot be written as '.gif'"), ("/proc/x.png", "cannot write")],
)
def test_an_export_that_cannot_be_is_one_line(artgen, made, target, message):
    done = artgen("export", made, target, code=2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
