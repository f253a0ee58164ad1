"""Components that are right in unusual ways, which the contracts must let pass."""

import socket
import unittest

import pytest
import torch

from artgen import testing
from artgen.api import InputError, LossSpec, Need
from artgen.testing import checks_of
from tests.contracts import broken_others as others
from tests.contracts.broken_parts import mean, spec


def keeps(contract, tested, *checks):
    """Make these checks, or all but those on how the spec is written."""
    case = contract()
    case.spec = tested
    for check in [f"test_{check}" for check in checks] or checks_of(contract):
        if check != "test_importing_it_needs_no_torch":
            getattr(case, check)()


class Evolving:
    """Keeps a colour, tries another at each step, and goes on from the one that was judged better: no gradient."""

    def __init__(self, env):
        self.env, self.steps, self.random = env, env.steps, env.random
        self.kept, self.least = torch.full((env.batch, 3, 1, 1), 0.5, device=env.device), None
        self.tried = self.kept

    def draw(self, step):
        return self.tried.expand(-1, -1, *self.env.size).clone()

    def judged(self, step, totals):
        self.totals = totals.to(self.kept.device).view(-1, 1, 1, 1)

    def advance(self, step):
        better = self.totals < (torch.inf if self.least is None else self.least)
        self.kept = torch.where(better, self.tried, self.kept)
        self.least = self.totals if self.least is None else torch.minimum(self.least, self.totals)
        self.tried = (self.kept + 0.2 * self.random.normal("try", (3, 1, 1), step)).clamp(0, 1)
        del self.totals  # which fails where it was not judged first

    def state_dict(self):
        return {"kept": self.kept, "tried": self.tried, "least": self.least}

    def load_state_dict(self, state):
        self.kept, self.tried, self.least = state["kept"], state["tried"], state["least"]


def test_a_generator_without_a_gradient():
    keeps(testing.GeneratorContract, spec("generator", Evolving, gradient=False))


def test_one_that_says_that_it_uses_the_gradient_must():
    with pytest.raises(AssertionError, match="has no graph"):
        keeps(testing.GeneratorContract, spec("generator", Evolving), "the_gradient_reaches_its_state")


@pytest.mark.parametrize("reporter", [others.Archivist, others.Teller])
def test_a_reporter_that_saves_the_picture_or_tells_a_server(reporter):
    keeps(testing.ReporterContract, spec("reporter", reporter))


def test_a_loss_that_fades_in():
    fading = spec("loss", lambda env: lambda look: mean(look.image) * min(1, look.step / 5))
    keeps(testing.LossContract, fading)


def test_a_loss_that_says_what_it_reads():
    def make(env):
        texts = [prompt.text for prompt in env.prompts]
        (name, perceptor), *_ = env.perceptors.items()
        targets = perceptor.embed_texts(texts)
        return lambda look: (look.embeddings(name) @ targets.T).mean(dim=(1, 2)) + (look.image - env.start).mean()

    needs = Need.PROMPTS, Need.VIEWS, Need.START
    keeps(testing.LossContract, spec("loss", make, needs=needs), "it_says_what_it_needs", "it_stays_on_its_device")


def test_a_loss_that_keeps_a_few():
    class Few:
        """The last four values, by step."""

        def __init__(self):
            self.kept = {}

        def __call__(self, look):
            value = mean(look.image)
            self.kept[look.step % 4] = value.detach()
            return value

    keeps(testing.LossContract, spec("loss", lambda env: Few()), "it_is_finite_to_the_end")


def test_a_filter_that_refuses_a_canvas():
    def make(env):
        if min(env.size) < 5:
            raise InputError("the canvas is too small")
        return lambda image, step: image * 0.9

    keeps(testing.FilterContract, spec("filter", make))


def test_a_canvas_that_must_do():
    def make(env):
        raise InputError("no canvas will do")

    with pytest.raises(InputError):
        keeps(testing.FilterContract, spec("filter", make), "it_keeps_shape_and_range")


def test_what_is_said_in_downloads_may_be_fetched():
    class Fetching(LossSpec):
        def downloads(self):
            return ["something"]

        def build(self, env):
            with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
                socket.create_connection(("127.0.0.1", 9), timeout=0.1)
            return lambda look: mean(look.image)

    keeps(testing.LossContract, Fetching(type="fetching"), "it_leaves_the_process_and_the_machine_alone")


def test_weights_that_need_a_driver_are_passed_over_with_the_reason():
    def make(env):
        if env.device.type != "cpu":
            raise RuntimeError("no driver")
        return lambda look: mean(look.image)

    with pytest.raises(unittest.SkipTest, match=r"without a GPU .RuntimeError: no driver"):
        keeps(testing.LossContract, spec("loss", make), "it_stays_on_its_device")


def test_a_network_on_another_device():
    """With real weights, a backward pass, numbers that are read out, and tensors that are made there."""

    def make(env):
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).eval().to(env.device)
        network.requires_grad_(False)
        weights = torch.tensor([0.2, 0.3, 0.5], device=env.device).view(3, 1, 1)

        def judge(look):
            image = torch.nn.functional.pad(look.image * weights, (2, 2, 2, 2), mode="replicate")
            place = torch.arange(image.shape[3], device=image.device) / image.shape[3]
            ramp = image.new_tensor([1.0, 2.0]).sum().item()
            assert image.detach().mean().cpu().numpy() > 0
            return mean(network(image * place.flip(0))).abs() * ramp

        return judge

    keeps(testing.LossContract, spec("loss", make), "it_stays_on_its_device")
