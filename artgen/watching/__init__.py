"""``artgen watch``: what runs, films and sweeps there are in a folder, from their files alone, on one live page."""
