"""Faults of the machine around a run; see `benchmarks.faults.__main__`."""
