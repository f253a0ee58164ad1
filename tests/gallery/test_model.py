"""The list of a gallery."""

import pytest

from artgen.gallery import model
from tests.helpers import galleries


def test_the_mistakes_of_a_list_have_lines(gallery, filled):
    (filled / "gallery.yaml").write_text(
        "- {file: one.png, title: One}\n- {file: a/two.png, title: ''}\n- {file: one.png, titel: x}\n- 3\n"
        "- {file: one.png, title: Again}\n"
    )
    lines = gallery("verify", code=2).err.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"gallery/gallery.yaml:{n}" for n in ("2:10", "2:28", "3:3", "3:19", "4:3", "5:3")
    ]
    assert "did you mean 'title'?" in lines[3]
    assert "listed on line 1, too" in lines[5]


@pytest.mark.parametrize(
    ("text", "said"), [("a: 1", "expected a list"), ("- {file: *x}", "not valid YAML"), ("-", "mapping")]
)
def test_what_is_no_list_is_refused(gallery, filled, text, said):
    (filled / "gallery.yaml").write_text(text)
    assert said in gallery("verify", code=2).err


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "# nothing yet\n[]\n"])
def test_an_empty_list_is_an_empty_gallery(gallery, tmp_path, text):
    file = tmp_path / "gallery" / "gallery.yaml"
    file.parent.mkdir()
    file.write_text(text)
    assert not model.read(file.parent).entries
    gallery("add", galleries.draw(tmp_path / "x.png"), "--name", "x")
    assert [entry.name for entry in model.read(file.parent).entries] == ["x"]
    assert ("# nothing yet" in file.read_text()) == bool(text)
