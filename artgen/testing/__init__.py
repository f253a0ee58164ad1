"""What every component must keep, as pytest classes to subclass; and small real parts to test with.

A plugin's tests begin with its contract::

    from artgen.testing import LossContract
    from my_plugin import Dark

    class TestDark(LossContract):
        spec = Dark()

Pytest finds the contract's methods; each failure says what is wrong and what to do. ``artgen plugins test DIST``
makes the same checks on an installed plugin, without pytest. The fixtures `perceptor`, `image`, `env` and `draw` come
with ``pytest_plugins = ["artgen.testing.fixtures"]`` in ``conftest.py``; without them, the same parts are here::

    from artgen.testing import draw, small_preset

    def test_it_makes_the_picture_dark():
        drawn = draw(small_preset(generator={"type": "my_generator"}, losses=[{"type": "dark"}]))
        drawn.assert_finished().assert_loss_falls("dark")
"""

from __future__ import annotations

from artgen.testing.augmentations import AugmentationContract
from artgen.testing.contracts import CONTRACTS
from artgen.testing.filters import FilterContract
from artgen.testing.finishes import FinishContract
from artgen.testing.generators import GeneratorContract
from artgen.testing.losses import LossContract
from artgen.testing.parts import ColourPerceptor, PlainLook, make_env, make_image
from artgen.testing.perceptors import PerceptorContract
from artgen.testing.reporters import ReporterContract
from artgen.testing.runner import Drawn, draw, small_preset
from artgen.testing.specs import NeedingContract, SeededContract, SpecContract, checks_of, purpose

__all__ = [
    "CONTRACTS",
    "AugmentationContract",
    "ColourPerceptor",
    "Drawn",
    "FilterContract",
    "FinishContract",
    "GeneratorContract",
    "LossContract",
    "NeedingContract",
    "PerceptorContract",
    "PlainLook",
    "ReporterContract",
    "SeededContract",
    "SpecContract",
    "checks_of",
    "draw",
    "make_env",
    "make_image",
    "purpose",
    "small_preset",
]
