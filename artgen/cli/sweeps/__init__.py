"""Commands for many pictures of one preset."""
