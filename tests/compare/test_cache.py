"""The cache of what a perceptor made of pictures."""

import hashlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import torch

from artgen.compare import cache


def fill(folder, process, rounds):
    for number in range(rounds):
        place = cache.EmbeddingCache(folder, 3, torch.float32)
        key = hashlib.sha256(f"{process} {number}".encode()).digest()
        place.store(key, torch.tensor([process, number, 0.5]))
        place.save()


def test_many_searches_fill_one_shelf(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(partial(fill, tmp_path, rounds=25), range(4)))
    held = cache.EmbeddingCache(tmp_path, 3, torch.float32)
    assert len(held) == 100
    for process, number in itertools.product(range(4), range(25)):
        key = hashlib.sha256(f"{process} {number}".encode()).digest()
        assert held[key].tolist() == [process, number, 0.5]
    # Each of them may have left a few that it did not get to join.
    assert len(list(tmp_path.glob("*.safetensors"))) <= cache.MAX_FILES + 4


def test_a_full_shelf_forgets_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "MAX_ROWS", 6)
    fill(tmp_path, 1, cache.MAX_FILES + 1)
    held = cache.EmbeddingCache(tmp_path, 3, torch.float32)
    keys = [hashlib.sha256(f"1 {number}".encode()).digest() for number in range(cache.MAX_FILES + 1)]
    assert [key in held for key in keys] == [False] * 3 + [True] * 6


def test_what_is_not_as_it_was_written_is_thrown_away_with_a_line(tmp_path):
    fill(tmp_path, 1, 1)
    [file] = tmp_path.glob("*.safetensors")
    whole = file.read_bytes()
    for place in range(8, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 64]) + whole[place + 1 :])
        told = []
        held = cache.EmbeddingCache(tmp_path, 3, torch.float32, told.append)
        key = hashlib.sha256(b"1 0").digest()
        # A flipped name of the seal leaves numbers without one, which are believed where they can be embeddings.
        assert (len(held), len(told), file.exists()) == (0, 1, False) or held[key].tolist() == [1, 0, 0.5]
    assert "worked out again" in told[0]


def test_a_file_without_a_seal_is_believed_where_it_can_be(tmp_path):
    from safetensors.torch import save_file

    for number, row in enumerate(([1.0, 0, 0], [1.0, 5, 0])):
        save_file(
            {"keys": torch.full((1, 32), number, dtype=torch.uint8), "rows": torch.tensor([row])},
            tmp_path / f"{number}.safetensors",
        )
    told = []
    assert len(cache.EmbeddingCache(tmp_path, 3, torch.float32, told.append)) == 1
    assert len(told) == 1
