"""What is embedded here, and what embeds it."""

from tests.helpers.embedding import looks, toy  # noqa: F401  # fixtures
