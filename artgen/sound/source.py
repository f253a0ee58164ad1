"""What the readers of the single formats have in common."""

from __future__ import annotations


class UnreadableSong(Exception):
    """Why a file is no song that can be read."""
