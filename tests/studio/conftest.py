"""One studio for all tests that begin runs of their own in it, because its process takes seconds to begin."""

import pytest

from tests.helpers import studio


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A browser at a studio that others use, too."""
    with studio.opened(tmp_path_factory.mktemp("studio") / "runs") as browser:
        yield browser


@pytest.fixture
def events(shared):
    listening = studio.Events(shared)
    yield listening
    listening.close()
