"""The gradient of the losses, taken in parts where memory is short."""

import pytest
import torch

import artgen as package
from artgen.errors import RunError


def test_chunks_change_nothing_but_rounding(flat):
    whole = package.run(flat)
    for chunk in (1, 3, 9):
        parts = package.run({**flat, "chunk": chunk})
        assert torch.allclose(whole.images, parts.images, atol=1e-5)


def test_out_of_memory_halves_the_chunk(flat):
    notes = []
    tight = package.run({**flat, "perceptors": {"toy": {"type": "toy", "room": 4}}}, note=notes.append)
    assert [note.rpartition("chunk: ")[2] for note in notes] == ["5)", "3)"]
    assert tight.recipe["preset"]["chunk"] == 3
    assert torch.allclose(package.run(flat).images, tight.images, atol=1e-5)


def test_no_memory_for_a_single_view_is_a_clear_end(flat):
    with pytest.raises(RunError, match="out of memory with one view at a time; use a smaller size"):
        package.run({**flat, "perceptors": {"toy": {"type": "toy", "room": 0}}}, note=lambda line: None)
