"""One folder for all tests, whose process takes seconds to begin."""

import pytest

from artgen.notebook import Studio
from tests.helpers.studio import FLAT

DRAWN = {
    **FLAT,
    "size": [16, 16],
    "steps": 12,
    "generator": {"type": "pixel"},
    "views": [{"type": "cutouts", "count": 3}],
    "losses": [{"type": "clip"}, {"type": "smoothness", "weight": 0.1}],
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("notebook") / "studio"
    yield place
    Studio(DRAWN, folder=place).close()


@pytest.fixture
def studio(folder):
    return Studio(DRAWN, folder=folder)
