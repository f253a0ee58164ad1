"""Cells that are chosen one after the other, by what those before have come to."""
