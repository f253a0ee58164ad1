from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from artgen.api import Env
from artgen.rng import Random


@dataclass
class FakeLook:
    """A `Look` over given tensors."""

    image: Tensor
    step: int = 0
    steps: int = 10
    shown: dict[str, Tensor] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def perceptors(self):
        return tuple(self.shown)

    def weight(self, perceptor):
        return self.shares.get(perceptor, 1.0)

    def embeddings(self, perceptor):
        return self.shown[perceptor]


@pytest.fixture(scope="session")
def fake_look():
    return FakeLook


@pytest.fixture(scope="session")
def env():
    """Builds an Env: ``env(height, width, seeds=(0, 1), steps=10, ...)``."""

    def make(height, width, seeds=(0,), steps=10, **more):
        cpu = torch.device("cpu")
        random = Random(seeds=tuple(seeds), component="part", device=cpu)
        return Env(device=cpu, size=(height, width), batch=len(seeds), steps=steps, random=random, **more)

    return make


def descend(generator, target, steps, start=0):
    """Steps of gradient descent towards `target`; the last drawing."""
    for step in range(start, start + steps):
        image = generator.draw(step)
        (image - target).square().mean(dim=(1, 2, 3)).sum().backward()
        generator.advance(step)
    return generator.draw(start + steps - 1).detach()


@pytest.fixture(name="descend")
def descend_fixture():
    return descend
