"""Perceptors, views, reporters and specs that break their contracts, each in one way."""

import contextlib
import pathlib
import random
import socket
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import numpy as np
import strangers
import torch
from pydantic import AfterValidator, Field
from strangers_torch import ClumsyReporter, CornerViews, ToyPerceptor

from artgen.api import Schedule, Slider
from tests.contracts.broken_parts import darken, mean


class Eye(ToyPerceptor):
    """A perceptor as it should be; its subclasses are not."""

    def __init__(self):
        super().__init__(None)


class Long(Eye):
    def embed_images(self, images):
        return super().embed_images(images) * 2

    def embed_texts(self, texts):
        return super().embed_texts(texts) * 2


class Illiterate(Eye):
    def embed_texts(self, texts):
        return super().embed_texts(["the same"] * len(texts))


class Blind(Eye):
    def embed_images(self, images):
        return super().embed_images((images > 0.5).float())


class Student(Eye):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3 * 6 * 6, self.dim)

    def embed_images(self, images):
        return torch.nn.functional.normalize(self.layer(images.flatten(1)), dim=-1)


class Apprentice(Eye):
    """Its weights are in no module."""

    def __init__(self):
        super().__init__()
        self.matrix.requires_grad_()


class Scribe(Eye):
    def embed_texts(self, texts):
        return super().embed_texts(texts) * torch.ones((), requires_grad=True)


class Exact(Eye):
    def embed_images(self, images):
        return super().embed_images(images).double()


class Comparing(Eye):
    def embed_images(self, images):
        return super().embed_images(images - images.mean(dim=0) + 0.5)


class Vague(Eye):
    def features(self, images):
        return [images.flatten(1)]


class Painting(Eye):
    def embed_images(self, images):
        return super().embed_images(darken(images))


class Corners(CornerViews):
    def __init__(self, env):
        super().__init__(3, env)


class Mixed(Corners):
    def __call__(self, image, size, step):
        return super().__call__(image, size, step).roll(1, dims=0)


class Turning(Corners):
    """Its views go on from call to call."""

    def __init__(self, env):
        super().__init__(env)
        self.calls = 0

    def __call__(self, image, size, step):
        self.calls += 1
        return super().__call__(image, size, self.calls)


class Silent(ClumsyReporter):
    def on_step(self, event):
        pass


class Fragile(Silent):
    def on_end(self, result):
        if result.failure:
            raise ValueError("I only know runs that end well")


class Vandal(Silent):
    def on_step(self, event):
        event.image.zero_()


class Dicing(Silent):
    def on_end(self, result):
        random.random()


class Thirsty(Silent):
    def __init__(self):
        np.random.rand()


class Archivist(Silent):
    """Saves the picture in its folder, and where there is none in the current one."""

    def __init__(self, env):
        self.folder = env.folder or pathlib.Path()

    def on_end(self, result):
        result.save(self.folder / "end.png")


class Litterer(Silent):
    def on_end(self, result):
        result.save("end.png")


class Homely(Silent):
    """Expects that no run has a folder."""

    def __init__(self, env):
        if env.folder:
            raise ValueError("I never had a folder")


class Keeper(Silent):
    """Has a place of its own."""

    def on_end(self, result):
        path = pathlib.Path(__file__).with_name("kept.txt")
        path.write_text("")
        path.unlink()


class Listener(Silent):
    def __init__(self):
        socket.create_connection(("192.0.2.1", 9))


class Teller(Silent):
    """Tells a server, which is its affair."""

    def __init__(self, env):
        pass

    def on_end(self, result):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=0.1)


class Weighing(strangers.Dark):
    """Does the host's work."""

    def build(self, env):
        return lambda look: mean(look.image) * self.weight.at(look.step, look.steps)


class Foreseeing(strangers.Dark):
    """Measures by the largest value that is still to come."""

    share: Schedule = Schedule.constant(1)
    """How much."""

    def build(self, env):
        return lambda look: mean(look.image) * max(self.share.values)


class Undocumented(strangers.Dark):
    type: Literal["undocumented"] = "undocumented"


class Unnamed(strangers.Dark):
    """Without a name of its own."""

    type: str = "dark"


class Spaced(strangers.Dark):
    """With a name that no path of settings can hold."""

    type: Literal["very dark"] = "very dark"


class Soft(strangers.Dark):
    """Can be changed."""

    model_config: ClassVar = {"frozen": False}


class Lax(strangers.Dark):
    """Overlooks what is misspelt."""

    model_config: ClassVar = {"extra": "ignore"}


class Growing(strangers.Dark):
    """Counts on whenever it is read."""

    size: Annotated[int, AfterValidator(lambda size: size + 1)] = 1


class Opaque(strangers.Dark):
    """Nobody can write its setting down."""

    hook: Callable[[], None] | None = None


class Unreachable(strangers.Dark):
    """Its slider goes where it may not."""

    share: Annotated[float, Field(ge=0, le=1), Slider(high=2)] = 0.5


class Misled(strangers.Dark):
    """Its example is wrong."""

    example: ClassVar = {"darkness": 1}
