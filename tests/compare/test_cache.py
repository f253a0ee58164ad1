"""The cache of what a perceptor made of pictures."""

import hashlib
import itertools
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from artgen.compare import cache
from artgen.errors import InputError


def key(process, number):
    return hashlib.sha256(f"{process} {number}".encode()).digest()


def fill(path, process, rounds):
    for number in range(rounds):
        held = cache.Cache(path, 2)
        held.store(key(process, number), bytes([process, number]))
        held.save()
        held.close()


def known(path, *numbers, note=lambda line: None):
    """What is known of process 1."""
    held = cache.Cache(path, 2, note)
    found = [held.get(key(1, number)) for number in numbers]
    held.close()
    return found


def test_many_searches_fill_one_cache(tmp_path):
    path = tmp_path / "folder" / "kept.sqlite"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(partial(fill, path, rounds=25), range(4)))
    held = cache.Cache(path, 2, pytest.fail)
    for process, number in itertools.product(range(4), range(25)):
        assert held.get(key(process, number)) == bytes([process, number])
    assert held.get(key(5, 0)) is None
    held.close()
    assert [file.name for file in path.parent.iterdir()] == ["kept.sqlite"]


def test_what_is_stored_is_on_disk_once_it_is_saved(tmp_path):
    path = tmp_path / "kept.sqlite"
    held = cache.Cache(path, 2)
    held.store(key(1, 0), b"ab")
    assert (held.get(key(1, 0)), held.unsaved, known(path, 0)) == (b"ab", 1, [None])
    held.save()
    assert (held.get(key(1, 0)), held.unsaved, known(path, 0)) == (b"ab", 0, [b"ab"])
    held.close()


def test_a_full_disk_gets_all_or_nothing(tmp_path):
    path = tmp_path / "kept.sqlite"
    fill(path, 1, 2)
    held = cache.Cache(path, 2)
    held._open().execute("PRAGMA max_page_count = 5")
    for number in range(2, 500):
        held.store(key(1, number), b"ab")
    with pytest.raises(InputError, match=r"kept\.sqlite: cannot be used \(database or disk is full\)"):
        held.save()
    held.close()
    assert known(path, *range(500)) == [b"\1\0", b"\1\1"] + [None] * 498


def test_a_full_cache_forgets_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "MAX_ROWS", 6)
    path = tmp_path / "kept.sqlite"
    fill(path, 1, 9)
    assert known(path, *range(9)) == [None] * 3 + [bytes([1, number]) for number in range(3, 9)]
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (6,)
    database.close()


def test_what_is_not_as_it_was_written_is_thrown_away_with_a_line(tmp_path):
    path = tmp_path / "kept.sqlite"
    fill(path, 1, 3)
    whole, noticed = path.read_bytes(), 0
    # SQLite writes its pages from their ends.
    ends = range(16384, len(whole) + 1, 16384)
    for place in [*range(0, 100, 17), *(end - back for end in ends for back in range(1, 160, 23))]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 64]) + whole[place + 1 :])
        told = []
        found = known(path, 0, 1, 2, note=told.append)
        # Never another value; and after a line, a cache that works.
        assert all(value in (None, bytes([1, number])) for number, value in enumerate(found))
        assert len(told) <= 1 and all("is damaged" in line and "worked out again" in line for line in told)
        noticed += len(told)
        fill(path, 1, 1)
        assert known(path, 0) == [b"\1\0"]
    assert noticed > 10


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: b"x" * 5000, lambda raw: raw[:-40]])
def test_a_file_that_is_no_database_is_replaced_with_a_line(tmp_path, damage):
    path, told = tmp_path / "kept.sqlite", []
    fill(path, 1, 60)
    path.write_bytes(damage(path.read_bytes()))
    held = cache.Cache(path, 2, told.append)
    assert [value for number in range(60) if (value := held.get(key(1, number)))] == []
    held.store(key(1, 0), b"ab")
    held.save()
    held.close()
    assert len(told) == 1 and told[0].startswith(f"{path}: is damaged")
    assert known(path, 0) == [b"ab"]


def test_a_value_of_another_size_is_none(tmp_path):
    path, told = tmp_path / "kept.sqlite", []
    fill(path, 1, 1)
    held = cache.Cache(path, 3, told.append)
    assert held.get(key(1, 0)) is None and len(told) == 1
    held.close()


def test_a_cache_out_of_reach_knows_nothing_and_says_so_once_it_is_to_be_written(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.sqlite").mkdir()
    for path in (tmp_path / "file" / "kept.sqlite", tmp_path / "folder.sqlite"):
        held = cache.Cache(path, 2, pytest.fail)
        assert held.get(key(1, 0)) is None
        held.store(key(1, 0), b"ab")
        with pytest.raises(InputError, match=r"kept\.sqlite: cannot be used \(|folder\.sqlite: cannot be used \("):
            held.save()
        assert held.get(key(1, 0)) == b"ab"
        held.close()


def test_what_an_older_version_kept_is_removed_with_a_line(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "1.safetensors").write_bytes(b"x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "1.safetensors").write_bytes(b"x")
    told = []
    cache.Cache(tmp_path / "kept.sqlite", 2, told.append)
    cache.Cache(tmp_path / "kept.sqlite", 2, told.append)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
    assert len(told) == 1 and "by an older artgen" in told[0]
