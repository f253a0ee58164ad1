"""How long a picture takes and how much memory it needs, said before it is drawn."""
