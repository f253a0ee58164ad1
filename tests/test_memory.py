"""Work on ever fewer rows at once, while memory runs out."""

import pytest
import torch

from artgen.errors import RunError
from artgen.memory import Halving


class Room:
    """Doubles rows in parts, with room for so many of them; `parts` is how large those were that went through."""

    def __init__(self, most, size=None, error=None):
        self.most, self.parts, self.notes = most, [], []
        self.error = error or torch.OutOfMemoryError("full")
        self.halving = Halving(size, self.notes.append, "rows (chunk: {size})", "no room for one row")

    def double(self, rows):
        def attempt():
            doubled = []
            for part in rows.split(self.halving.size or len(rows)):
                if len(part) > self.most:
                    raise self.error
                self.parts.append(len(part))
                doubled.append(2 * part)
            return torch.cat(doubled)

        return self.halving(attempt, len(rows))


ROWS = torch.arange(13)


def test_where_there_is_room_nothing_is_halved():
    room = Room(most=13)
    assert torch.equal(room.double(ROWS), 2 * ROWS)
    assert (room.halving.size, room.notes, room.parts) == (None, [], [13])


@pytest.mark.parametrize(
    ("most", "size", "sizes"), [(6, None, [7, 4]), (1, None, [7, 4, 2, 1]), (6, 9, [5]), (6, 100, [7, 4]), (12, 6, [])]
)
def test_rows_are_halved_until_they_fit(most, size, sizes):
    room = Room(most, size)
    assert torch.equal(room.double(ROWS), 2 * ROWS)
    assert room.notes == [f"out of memory: going on with {n} rows (chunk: {n})" for n in sizes]
    assert room.halving.size == (sizes[-1] if sizes else size)


def test_what_was_learnt_is_kept():
    room = Room(most=6)
    room.double(ROWS)
    room.parts.clear()
    room.double(ROWS)
    assert room.parts == [4, 4, 4, 1]
    assert len(room.notes) == 2


def test_a_single_row_that_does_not_fit_is_the_end():
    with pytest.raises(RunError, match=r"^no room for one row$"):
        Room(most=0).double(ROWS)


def test_the_rows_are_counted_only_when_they_are_needed():
    asked = []
    halving = Halving(None, print, "rows", "the end")
    assert halving(lambda: 3, lambda: asked.append(True) or 1) == 3
    assert not asked


def test_a_full_main_memory_counts_too():
    """What torch's allocator for the CPU says."""
    full = RuntimeError(
        "[enforce fail at alloc_cpu.cpp:114] . DefaultCPUAllocator: can't allocate memory: you tried ..."
    )
    assert torch.equal(Room(most=6, error=full).double(ROWS), 2 * ROWS)


def test_other_errors_come_through():
    with pytest.raises(ValueError, match="another"):
        Room(most=6, error=ValueError("another")).double(ROWS)


def test_a_failed_attempt_s_tensors_are_free_before_the_next_one():
    import weakref

    held, seen = [], []

    def attempt():
        seen.append([reference() is not None for reference in held])
        large = torch.zeros(4)
        held.append(weakref.ref(large))
        if len(held) < 3:
            raise torch.OutOfMemoryError("full")
        return

    Halving(None, lambda line: None, "rows", "the end")(attempt, 8)
    assert seen == [[], [False], [False, False]]
