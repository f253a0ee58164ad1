"""What the readers of the single formats have in common."""

from __future__ import annotations


class Unreadable(Exception):
    """Why a file is no song that can be read."""
