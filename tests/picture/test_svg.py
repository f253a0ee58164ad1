"""SVG drawings: bounded, and no way into other files."""

import pytest
from PIL import Image

from artgen.errors import InputError
from artgen.picture import decoding, svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 20">'


@pytest.fixture
def read(tmp_path):
    def reader(inner, head=HEAD):
        (tmp_path / "x.svg").write_text(f"{head}{inner}</svg>")
        return decoding.read(tmp_path / "x.svg")

    return reader


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (HEAD, (svg.SIDE // 2, svg.SIDE)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="1000">', (svg.SIDE, 20)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="3mm" height="3mm">', (svg.SIDE, svg.SIDE)),
    ],
)
def test_the_longer_side_is_the_same_whatever_the_drawing_says(head, size, read):
    assert all(abs(found - wanted) <= 1 for found, wanted in zip(read("", head).size, size, strict=True))


def test_what_is_not_drawn_is_clear(read):
    picture = read('<rect width="5" height="20" fill="#f80"/>')
    assert picture.getpixel((10, 10)) == (255, 136, 0, 255)
    assert picture.getpixel((picture.width - 10, 10))[3] == 0


@pytest.mark.parametrize("name", ["href", "xlink:href"])
@pytest.mark.parametrize("address", ["secret.png", "/etc/secret.png", "file:///secret.png", " ../secret.png"])
def test_other_files_are_not_brought_in(name, address, read, tmp_path):
    Image.new("RGB", (8, 8), "blue").save(tmp_path / "secret.png")
    with pytest.raises(InputError, match="other files are not read; embed it"):
        read(f'<image {name}="{address}" width="10" height="20"/>')


def test_an_entity_hides_no_address(read):
    head = f'<!DOCTYPE svg [<!ENTITY a "secret.png">]>{HEAD}'
    with pytest.raises(InputError, match="it refers to 'secret"):
        read('<image href="&a;" width="10" height="20"/>', head)


def test_links_and_parts_of_itself_are_fine(read):
    read('<a href="https://example.com"><g id="b"/></a><use href="#b"/>')


def test_depth_without_an_end_is_refused(read):
    with pytest.raises(InputError, match="its elements lie more than 256 deep in each other; export it as PNG"):
        read("<g opacity='.9'>" * 20_000 + "</g>" * 20_000)


def test_parts_of_parts_of_parts_are_refused(read):
    rows = "".join(f'<g id="p{n + 1}">{f"""<use href="#p{n}"/>""" * 10}</g>' for n in range(9))
    with pytest.raises(InputError, match=r"x.svg: no picture that can be read"):
        read(f'<g id="p0"><path d="M0 0h1"/></g>{rows}')


def test_what_takes_too_long_is_ended(read, monkeypatch):
    monkeypatch.setattr(svg, "SECONDS", 0.01)
    with pytest.raises(InputError, match="seconds to draw; export it as PNG"):
        read("")


def test_a_drawing_that_is_too_large_is_refused(read, monkeypatch):
    monkeypatch.setattr(svg, "MAX_BYTES", 1 << 20)
    with pytest.raises(InputError, match="larger than 1 MiB, which is no SVG drawing"):
        read(" " * (1 << 20))
