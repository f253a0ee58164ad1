"""Films: rows of pictures, each of which is an ordinary run that begins with the last one, moved."""
