"""A preset whose cells take no time."""

import pytest


@pytest.fixture
def flat(flat, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return {**flat, "batch": 1, "steps": 3}
