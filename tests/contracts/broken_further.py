"""More ways to break a contract that some kinds have in common: by kind, the component, the check and the message."""

import pathlib
import socket

import numpy as np
import torch

from tests.contracts import broken_others as others
from tests.contracts.broken_parts import Flat, mean

PROCESS = "it_leaves_the_process_and_the_machine_alone"
SEED = "the same seed gives something else"
STREAM = "draws from or seeds the global stream of torch"
HALF = "is torch.float16; expected torch.float32"
NETWORK = "it asks the network for 192.0.2.1"


def write():
    """A file in a place of its own."""
    path = pathlib.Path(__file__).with_name("kept.txt")
    path.write_text("")
    path.unlink()


def first(change, value):
    """The value, after the change."""
    change()
    return value


def chance():
    """From a stream of its own that nobody has seeded."""
    return float(np.random.default_rng().random())


def torch_chance():
    stream = torch.Generator()
    stream.seed()
    return torch.rand((), generator=stream)


class Momentum(Flat):
    """Does not keep all that moves."""

    def __init__(self, env):
        super().__init__(env)
        self.speed = torch.zeros_like(self.colour)

    def advance(self, step):
        self.speed = 0.9 * self.speed + self.colour.grad
        self.colour.grad = self.speed.clone()
        super().advance(step)


class Normed(Flat):
    """Divides by the length of all gradients of the batch."""

    def advance(self, step):
        self.colour.grad /= self.colour.grad.norm() + 1e-9
        super().advance(step)


class Lucky(Flat):
    def __init__(self, env):
        super().__init__(env)
        self.colour.data += 0.1 * chance()


class Half(Flat):
    def draw(self, step):
        return super().draw(step).half()


class Level(others.Eye):
    """Sees what differs from all that it saw."""

    level = 0.0

    def embed_images(self, images):
        self.level = 0.9 * self.level + 0.1 * images.detach().mean()
        return super().embed_images(images - self.level)


class Dropping(others.Eye):
    def embed_images(self, images):
        return super().embed_images(torch.nn.functional.dropout(images, 0.5, training=True))


class Halved(others.Eye):
    def embed_images(self, images):
        return super().embed_images(images).half()


class Travelling(others.Eye):
    def embed_images(self, images):
        return super().embed_images(images.cpu())


def connect():
    socket.create_connection(("192.0.2.1", 9))


GENERATORS = [
    (Momentum, "its_state_can_be_taken_along", "put all that moves into state_dict"),
    (Normed, "a_picture_is_the_same_alone_and_in_a_batch", "reach across the batch"),
    (Lucky, "the_seed_is_honoured", SEED),
    (Half, "it_draws_pictures_of_the_canvas", f"the first drawing {HALF}"),
    (lambda env: first(lambda: torch.manual_seed(7), Flat(env)), "randomness_is_its_own", STREAM),
    (lambda env: first(lambda: list(env.perceptors), Flat(env)), "it_says_what_it_needs", "add Need.PERCEPTORS"),
    (lambda env: first(write, Flat(env)), PROCESS, r"it writes .*kept\.txt"),
    (lambda env: first(connect, Flat(env)), PROCESS, NETWORK),
    (lambda env: first(lambda: torch.set_default_dtype(torch.float64), Flat(env)), PROCESS, "it changes .*dtype"),
]
LOSSES = [
    (lambda look: mean(look.image) * chance(), "the_seed_is_honoured", SEED),
    (lambda look: mean(look.image) * torch_chance(), "the_seed_is_honoured", SEED),
    (lambda look: first(lambda: torch.manual_seed(7), mean(look.image)), "randomness_is_its_own", STREAM),
    (lambda look: mean(look.image).half(), "it_is_finite", f"the value {HALF}"),
    (lambda look: first(write, mean(look.image)), PROCESS, r"it writes .*kept\.txt"),
    (lambda look: first(connect, mean(look.image)), PROCESS, NETWORK),
    (
        lambda look: mean(look.image) + 0 * (look.embeddings("clip") if look.step else 0),
        "it_says_what_it_needs",
        "KeyError: 'clip'",
    ),
]
PERCEPTORS = [
    (Level, "asked_again_it_sees_the_same", "an image gets another row when it is seen again; keep nothing"),
    (Dropping, "randomness_is_its_own", STREAM),
    (Halved, "images_become_unit_rows", f"the embedding {HALF}"),
    (Travelling, "it_stays_on_its_device", "what it makes lies on the CPU"),
]
VIEWS = [
    (
        lambda env: lambda image, size, step: others.Corners(env)(image, size, step).half(),
        "it_makes_views",
        f"what it makes {HALF}",
    ),
    (
        lambda env: lambda image, size, step: others.Corners(env)(image, size, step) * 1.1,
        "it_makes_views",
        "keep it in",
    ),
    (
        lambda env: lambda image, size, step: others.Corners(env)(image, size, step) * torch.ones(size, size),
        "it_stays_on_its_device",
        "mul meets a tensor of the CPU",
    ),
]
FILTERS = [
    (lambda image, step: image * chance(), "the_seed_is_honoured", SEED),
    (lambda image, step: first(lambda: torch.manual_seed(7), image * 0.5), "randomness_is_its_own", STREAM),
    (lambda image, step: image.cpu(), "it_stays_on_its_device", "what it makes lies on the CPU"),
    (lambda image, step: image.detach(), "the_gradient_reaches_the_picture", "no gradient leads from"),
    (lambda image, step: image + (step == 30), "it_keeps_the_range_at_every_step", "the changed picture at step 30"),
]
REPORTERS = [
    (lambda: first(lambda: torch.set_num_threads(torch.get_num_threads() + 1), others.Silent()), PROCESS, "threads"),
]
