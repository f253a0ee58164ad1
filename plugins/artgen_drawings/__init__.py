"""Drawings of what a prompt asks for: the thing, its colour and place, and the ground behind it."""
