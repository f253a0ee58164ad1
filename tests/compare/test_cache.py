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
