"""The contract of each kind of component, and what their checks are for."""

from __future__ import annotations

from collections.abc import Mapping

from artgen.testing.augmentations import AugmentationContract
from artgen.testing.filters import FilterContract
from artgen.testing.finishes import FinishContract
from artgen.testing.generators import GeneratorContract
from artgen.testing.losses import LossContract
from artgen.testing.perceptors import PerceptorContract
from artgen.testing.reporters import ReporterContract
from artgen.testing.specs import SpecContract

CONTRACTS: Mapping[str, type[SpecContract]] = {
    "generator": GeneratorContract,
    "loss": LossContract,
    "perceptor": PerceptorContract,
    "view": AugmentationContract,
    "filter": FilterContract,
    "finish": FinishContract,
    "reporter": ReporterContract,
}
"""The contract of each kind of component, as a preset calls the kinds."""
