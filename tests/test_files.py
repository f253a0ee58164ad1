"""Files are read within bounds, and written whole or not at all."""

import os
import re
import stat

import pytest

from artgen.errors import InputError
from artgen.files import TakenFile, atomic_path, read_bytes, read_text, write_text


def refusal(read, *arguments, **more):
    with pytest.raises(InputError) as caught:
        read(*arguments, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_may_be_as_large_as_the_limit(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"x" * 2048)
    assert read_bytes(path, 2048, "list") == b"x" * 2048
    assert refusal(read_bytes, path, 2047, "list") == f"{path}: larger than 1 KiB, which is no list"


@pytest.mark.parametrize(("most", "shown"), [(256 << 10, "256 KiB"), (1 << 20, "1 MiB"), (3 << 20, "3 MiB")])
def test_the_limit_is_told_in_the_unit_that_people_use(most, shown, tmp_path):
    with (tmp_path / "x").open("wb") as file:
        file.truncate(most + 1)
    assert f"larger than {shown}, which is no preset" in refusal(read_bytes, tmp_path / "x", most, "preset")


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere", "No such file or directory"), (".", "Is a directory"), ("a\0b", "embedded null")]
)
def test_what_cannot_be_read_is_one_line(name, reason, tmp_path):
    assert re.fullmatch(rf".*: cannot be read \({reason}.*\)", refusal(read_bytes, tmp_path / name, 9, "list"))
    assert refusal(read_text, tmp_path / name, 9, "list", name="'mine'").startswith("'mine': cannot be read (")


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/tty", "pipe"])
def test_what_may_never_end_or_answer_is_not_opened(name, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "(a pipe or a device, and no file)" in refusal(read_bytes, tmp_path / name, 1 << 20, "preset")


@pytest.mark.parametrize("raw", ["ä\n".encode(), "ä\n".encode("utf-8-sig")])
def test_text_is_utf_8_with_or_without_a_mark(raw, tmp_path):
    (tmp_path / "x").write_bytes(raw)
    assert read_text(tmp_path / "x", 9, "list") == "ä\n"


def test_what_is_no_text_is_told_with_its_place(tmp_path):
    (tmp_path / "x").write_bytes(b"ab" + "ä".encode("latin-1"))
    told = refusal(read_text, tmp_path / "x", 9, "list")
    assert told == f"{tmp_path / 'x'}: not UTF-8 text (line 1), which is no list; save it as UTF-8"
    assert refusal(read_text, tmp_path / "x", 9, "list", name="'y'").startswith("'y': not UTF-8 text")


def test_a_text_is_written_whole_with_its_folders(tmp_path):
    write_text(tmp_path / "a" / "b.txt", "ä")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "ä".encode()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_after_an_error_the_old_content_stands_and_nothing_else(tmp_path):
    write_text(tmp_path / "x.txt", "old")
    with pytest.raises(ZeroDivisionError), atomic_path(tmp_path / "x.txt") as temporary:
        temporary.write_text("half")
        assert (tmp_path / "x.txt").read_text() == "old"
        print(1 / 0)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_the_disk_has_the_content_before_it_has_the_name(tmp_path, monkeypatch):
    """Else a power cut may leave an empty file of the new name."""
    synced, target, sync = [], tmp_path / "x.txt", os.fsync

    def watched(handle):
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"file, named: {target.exists()}")
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    write_text(target, "new")
    assert synced == ["file, named: False", "folder"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_is_to_be_new_replaces_none(tmp_path, monkeypatch, links):
    """Some file systems have no links."""
    if not links:
        monkeypatch.setattr(os, "link", refuse_links)
    write_text(tmp_path / "x.txt", "first", new=True)
    with pytest.raises(TakenFile, match=r"x\.txt: is there already"):
        write_text(tmp_path / "x.txt", "second", new=True)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["first"]


def refuse_links(*_):
    raise PermissionError(1, "Operation not permitted")


def test_where_nothing_can_be_written_is_said_with_advice(tmp_path):
    (tmp_path / "file").touch()

    def write():
        with atomic_path(tmp_path / "file" / "x.txt", advice="move"):
            raise AssertionError("nothing to write to")

    assert re.fullmatch(r".*x\.txt: cannot write here \(.+\); move", refusal(write))
