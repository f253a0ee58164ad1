"""What is embedded here, and what embeds it."""

from tests.films.conftest import ffmpeg  # noqa: F401
from tests.helpers.embedding import looks, toy  # noqa: F401  # fixtures
