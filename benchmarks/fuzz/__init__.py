"""Structure-aware fuzzing of whatever artgen reads from strangers; see `benchmarks.fuzz.__main__`."""
