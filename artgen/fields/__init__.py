"""The types that a preset's settings may have: numbers over the run, paths, names of other parts."""
