"""The command that finds pictures by a text or a picture."""

import json
import os

import numpy as np
import pytest
import strangers_torch
import torch
from PIL import Image

from artgen.cli import main
from tests.helpers.embedding import draw


@pytest.fixture
def search(tmp_path, monkeypatch, capsys):
    """Runs `artgen search` in a folder of its own; gives what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))

    def run(*arguments, code=0):
        assert main(["search", *map(str, arguments)]) == code
        return capsys.readouterr()

    return run


def names(done):
    return [line.split()[1] for line in done.out.splitlines()]


def test_the_likest_picture_is_first(search, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name, colour in (("heart", (220, 20, 40)), ("sea", (20, 60, 200)), ("grass", (40, 180, 40))):
        Image.new("RGB", (60, 60), colour).save(pictures / f"{name}.png")
    for text, name in (("a red square", "heart"), ("a blue square", "sea"), ("a green square", "grass")):
        assert names(search(text, "pictures", "--top", 1)) == [f"pictures/{name}.png"]


def test_results_are_cosines_in_falling_order(search, toy, tmp_path):
    paths = draw(tmp_path / "pictures", 30)
    found = json.loads(search("a cat", "pictures", "--preset", toy(), "--top", 8, "--json").out)
    cat = strangers_torch.ToyPerceptor(None)
    [text] = cat.embed_texts(["a cat"])
    expected = {}
    for path in paths:
        small = Image.open(path).resize((6, 6), Image.Resampling.BICUBIC)
        pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1)[None].float() / 255
        expected[str(path.relative_to(tmp_path))] = float(cat.embed_images(pixels)[0] @ text)
    best = sorted(expected.items(), key=lambda item: -item[1])[:8]
    assert [row["image"] for row in found] == [name for name, _ in best]
    assert [row["similarity"] for row in found] == pytest.approx([value for _, value in best], abs=1e-5)


def test_a_picture_finds_its_copy_but_not_itself(search, toy, tmp_path):
    paths = draw(tmp_path / "pictures", 12)
    (tmp_path / "pictures" / "copy.png").write_bytes(paths[3].read_bytes())
    done = search(paths[3], tmp_path / "pictures", "--preset", toy(), "--top", 2)
    assert names(done)[0].endswith("copy.png")
    assert done.out.split()[0] == "1.000"
    assert str(paths[3]) not in done.out


def test_thousands_of_pictures_are_looked_at_once(search, toy, tmp_path, looks):
    draw(tmp_path / "pictures", 2000)
    first = search("a cat", "pictures", "--preset", toy())
    assert sum(looks) == 2000 and max(looks) == 32
    looks.clear()
    assert search("a cat", "pictures", "--preset", toy()).out == first.out
    assert looks == []


def test_known_pictures_are_not_even_opened(search, toy, tmp_path):
    paths = draw(tmp_path / "pictures", 5)
    first = search("a cat", "pictures", "--preset", toy())
    for path in paths:
        status = path.stat()
        path.write_bytes(bytes(status.st_size))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert search("a cat", "pictures", "--preset", toy()).out == first.out


def test_a_moved_picture_is_known_by_its_content(search, toy, tmp_path, looks):
    paths = draw(tmp_path / "pictures", 5)
    search("a cat", "pictures", "--preset", toy())
    paths[0].rename(tmp_path / "pictures" / "moved.png")
    looks.clear()
    assert "pictures/moved.png" in search("a cat", "pictures", "--preset", toy()).out
    assert looks == []


def test_a_picture_that_was_replaced_within_the_same_instant_is_seen_anew(search, toy, tmp_path):
    path = tmp_path / "pictures" / "a.bmp"
    path.parent.mkdir()
    Image.new("RGB", (8, 8), "red").save(path)
    time_of_both = path.stat().st_mtime_ns
    first = search("a cat", "pictures", "--preset", toy())
    Image.new("RGB", (8, 8), "blue").save(path)
    os.utime(path, ns=(time_of_both, time_of_both))
    assert search("a cat", "pictures", "--preset", toy()).out != first.out


def test_other_settings_of_a_perceptor_have_embeddings_of_their_own(search, toy, tmp_path, looks):
    draw(tmp_path / "pictures", 5)
    search("a cat", "pictures", "--preset", toy())
    search("a cat", "pictures", "--preset", toy(room=64))
    assert sum(looks) == 10


def test_a_perceptor_that_runs_out_of_memory_is_shown_fewer(search, toy, tmp_path, looks):
    draw(tmp_path / "pictures", 40)
    roomy = search("a cat", "pictures", "--preset", toy(), "--top", 40).out
    looks.clear()
    assert search("a cat", "pictures", "--preset", toy(room=5), "--top", 40).out == roomy
    assert sum(looks) == 40 and max(looks) == 4
    done = search("a cat", "pictures", "--preset", toy(room=0), code=1)
    assert done.err == "perceptor 'toy' (artgen-strangers 1.0): not enough memory for a single picture\n"


def test_the_cache_survives_damage(search, toy, tmp_path):
    draw(tmp_path / "pictures", 5)
    first = search("a cat", "pictures", "--preset", toy())
    kept = list((tmp_path / "cache").rglob("*.sqlite"))
    assert len(kept) == 2
    for path in kept:
        path.write_bytes(path.read_bytes()[:-4000])
    again = search("a cat", "pictures", "--preset", toy())
    assert again.out == first.out
    # A line for each of the two caches; what they held is worked out anew.
    lines = again.err.splitlines()
    assert len(lines) == 2 and all("is damaged" in line for line in lines)


def test_a_cache_that_cannot_be_written_costs_only_time(search, toy, tmp_path):
    draw(tmp_path / "pictures", 5)
    (tmp_path / "cache").write_text("a file where the folder should be")
    done = search("a cat", "pictures", "--preset", toy())
    assert len(names(done)) == 5
    assert done.err.startswith("the embeddings are not kept: ") and done.err.count("\n") == 1


def test_links_lead_to_pictures_but_not_in_circles(search, toy, tmp_path):
    [path] = draw(tmp_path / "elsewhere", 1)
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "again").symlink_to(folder)
    (folder / "linked.png").symlink_to(path)
    (folder / "broken.png").symlink_to(tmp_path / "gone.png")
    assert names(search("a cat", "pictures", "--preset", toy())) == ["pictures/linked.png"]


def test_what_is_no_picture_is_counted_in_a_line(search, toy, tmp_path):
    draw(tmp_path / "pictures", 3)
    for number in range(4):
        (tmp_path / "pictures" / f"x{number}.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0")
    done = search("a cat", "pictures", "--preset", toy())
    assert len(names(done)) == 3
    why = "no picture that can be read (PostScript and PDF are not read; save it as PNG)"
    assert done.err == f"4 files were skipped, such as pictures/x0.jpg: {why}\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such names")
def test_a_file_name_moves_no_cursor(search, toy, tmp_path):
    folder = os.fsencode(tmp_path / "pictures")
    draw(tmp_path / "pictures", 1)
    for number, name in enumerate((b"\x1b[2J.png", b"a\nb.png", b"\xff.png")):
        with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123 - a name that is no text
            Image.new("RGB", (8, 8 + number)).save(file, format="PNG")
    done = search("a cat", "pictures", "--preset", toy())
    done.out.encode()
    assert "\x1b" not in done.out and done.out.count("\n") == 4
    assert len(json.loads(search("a cat", "pictures", "--preset", toy(), "--json").out)) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a cat", "nowhere"], "nowhere: there is no such folder\n"),
        (
            ["a cat", "pictures", "--top", "0"],
            "artgen search: --top: expected how many pictures to list, such as ",
        ),
        (
            ["a cat", "pictures", "--top", "many"],
            "artgen search: --top: expected how many pictures to list, such as ",
        ),
        (["", "pictures"], "QUERY: is empty; say what to look for\n"),
        (["cat.png", "pictures"], "cat.png: there is no such file\n"),
        (["a cat", "empty"], "empty: holds no pictures (PNG, JPEG, "),
        (
            ["a cat", "broken"],
            "broken/a.png: no picture that can be read (the file is empty), and 1 more\n",
        ),
        (["a cat", "pictures", "--preset", "none.yaml"], "none.yaml: there is no such file or shipped preset"),
    ],
)
def test_mistakes_take_one_line(search, toy, tmp_path, arguments, message):
    draw(tmp_path / "pictures", 1)
    for name in ("empty", "broken"):
        (tmp_path / name).mkdir()
    for name in ("a", "b"):
        (tmp_path / "broken" / f"{name}.png").write_bytes(b"")
    arguments = arguments if "--preset" in arguments else [*arguments, "--preset", toy()]
    done = search(*arguments, code=2)
    assert done.out == "" and done.err.startswith(message) and done.err.count("\n") == 1
