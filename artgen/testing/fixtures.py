"""Pytest fixtures for the tests of a plugin; the only module here that imports pytest.

In ``conftest.py``::

    pytest_plugins = ["artgen.testing.fixtures"]

and then::

    def test_it_draws(draw):
        draw("my-preset", steps=5).assert_finished().assert_not_flat()
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from torch import Tensor

from artgen import api
from artgen.testing import parts, runner


@pytest.fixture
def perceptor() -> parts.ColourPerceptor:
    """A tiny real perceptor; see :class:`artgen.testing.ColourPerceptor`."""
    return parts.ColourPerceptor()


@pytest.fixture
def image() -> Tensor:
    """(2, 3, 24, 32) smooth random colours that require a gradient; see :func:`artgen.testing.make_image`."""
    return parts.make_image()


@pytest.fixture
def env() -> api.Env:
    """What a component is built with, on a canvas of the size of `image`; see :func:`artgen.testing.make_env`."""
    return parts.make_env()


@pytest.fixture
def draw() -> Callable[..., runner.Drawn]:
    """Runs a preset and gives the result with its assertions; see :func:`artgen.testing.draw`."""
    return runner.draw
