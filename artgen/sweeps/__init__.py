"""Sweeps: one preset drawn again and again, each time with other settings, and a sheet that compares what came of it."""
