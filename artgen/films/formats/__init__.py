"""The files that show pictures moving: writing them, and reading what they say of how they were made."""
