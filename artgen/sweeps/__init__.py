"""Sweeps: a preset drawn again and again, each time with other settings, and a sheet that compares the pictures."""
