"""The page of published plugins, from wheels of `artgen new` in a folder that stands for a registry."""

import zipfile

import pytest
from build import ProjectBuilder

from artgen import cli
from docs import published
from tests.helpers.paths import DOCS


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for kind, name in (("loss", "soft-dots"), ("preset", "inks")):
        project = folder / name
        assert cli.main(["new", kind, name, "--out", str(project)]) == 0
        settings = project / "pyproject.toml"
        text = settings.read_text()
        if kind == "preset":
            text = text.replace("# [project.urls]\n# Source", "[project.urls]\nSource").replace("OWNER", "ada")
            text = text.replace("in five inks.", "in [five](x) inks | <b>")
        settings.write_text(text)
        ProjectBuilder(project).build("wheel", folder)
    return folder


@pytest.fixture
def registry(wheels, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


def test_a_row_says_what_the_wheel_does(registry):
    found = published.asked(["artgen-inks", "artgen-soft-dots"], {})
    assert published.rows_of(published.page(found.values())) == found
    assert found["artgen-soft-dots"] == (
        "| [artgen-soft-dots](https://pypi.org/project/artgen-soft-dots/) | 0.1.0 "
        "| A loss for artgen that likes pictures painted in one hue. | losses, presets | MIT |"
    )
    assert found["artgen-inks"] == (
        "| [artgen-inks](https://github.com/ada/artgen-inks) | 0.1.0 "
        r"| Presets for artgen that print in \[five\](x) inks \| \<b\> | presets | MIT |"
    )


def test_what_cannot_be_had_stays_as_it_was(registry, capsys):
    older = published.page(["| [artgen-gone](https://pypi.org/project/artgen-gone/) | 0.3 | Once. | losses | MIT |"])
    known = published.rows_of(older)
    assert published.asked(["artgen-gone", "artgen-never"], known) == known
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("artgen-gone: ERROR: No matching distribution") and said[0].endswith("; its row stays")
    assert said[1].startswith("artgen-never: ERROR: No matching") and "stays" not in said[1]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("entry_points.txt", b"[artgen]", b"[other]", "no entry point"),
        ("METADATA", b"Keywords: artgen", b"Keywords: art", "keyword artgen"),
    ],
)
def test_what_is_no_plugin_is_refused(wheels, tmp_path, file, old, new, says):
    other = tmp_path / "artgen_inks-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheels / other.name) as whole, zipfile.ZipFile(other, "w") as changed:
        for name in whole.namelist():
            text = whole.read(name)
            changed.writestr(name, text.replace(old, new) if name.endswith(file) else text)
    with pytest.raises(LookupError, match=says):
        published.row(other)


def test_the_list_is_read_with_its_remarks():
    assert published.listed("# all\nArtgen_B  # hers\n\nartgen-a\nartgen-b\n") == ["artgen-a", "artgen-b"]


def test_the_committed_page_has_what_the_list_has():
    """Whatever versions there are by now."""
    text = (DOCS / "plugins.md").read_text()
    rows = published.rows_of(text)
    assert list(rows) == published.listed((DOCS / "plugins.txt").read_text())
    assert text == published.page(rows.values())
    assert (published.NONE in text) is (not rows)
