"""Pixels: picture files in, tensors, files out, regions, noise. It knows no preset and no recipe."""
