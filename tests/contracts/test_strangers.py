"""The contracts hold for a stranger's components, and can fail."""

import pytest
import strangers
import torch

from artgen import testing


class TestFlat(testing.GeneratorContract):
    spec = strangers.Flat(learning_rate=1.0)


class TestDark(testing.LossContract):
    spec = strangers.Dark()


class TestToy(testing.PerceptorContract):
    spec = strangers.Toy()


class TestCorners(testing.AugmentationContract):
    spec = strangers.Corners()


class TestGrey(testing.FilterContract):
    spec = strangers.Grey()


class Drifting(strangers.Dark):
    """A loss that judges the batch instead of the picture."""

    def build(self, env):
        return lambda look: look.image.mean(dim=(1, 2, 3)) * look.image.mean()


class Global(strangers.Corners):
    """Views from the global random stream."""

    def build(self, env):
        return lambda image, size, step: torch.rand(len(image), 3, size, size) * image.mean()


@pytest.mark.parametrize(
    ("contract", "spec", "broken"),
    [
        (testing.LossContract, Drifting(), "test_each_picture_is_judged_on_its_own"),
        (testing.AugmentationContract, Global(), "test_randomness_is_its_own"),
        (testing.ReporterContract, strangers.Clumsy(), "test_it_watches"),
        (testing.LossContract, strangers.Misbehave(at_step=0), "test_it_is_finite"),
    ],
)
def test_a_broken_contract_is_noticed(contract, spec, broken):
    case = contract()
    case.spec = spec
    with pytest.raises((AssertionError, ValueError)):
        getattr(case, broken)()
