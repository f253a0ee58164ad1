"""Songs that lead the numbers of a film: read, heard, and baked into a value for each frame."""
