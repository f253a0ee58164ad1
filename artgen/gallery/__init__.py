"""A folder of pictures that carry their recipe: adding to it, replaying all of it, and the page built from it."""
