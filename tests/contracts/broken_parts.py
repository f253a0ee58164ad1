"""Components that break their contracts, each in one way, and those that they are made of."""

import itertools
from typing import ClassVar, Literal

import strangers
import torch
from strangers_torch import FlatGenerator

from artgen import api

BASES = {
    "generator": api.GeneratorSpec,
    "loss": api.LossSpec,
    "perceptor": api.PerceptorSpec,
    "view": api.AugmentationSpec,
    "filter": api.FilterSpec,
    "finish": api.FinishSpec,
    "reporter": api.ReporterSpec,
}
count = itertools.count()


def spec(kind, make, paints=False, needs=(), gradient=True, forms=None):
    """A spec of `kind` that builds ``make(env)``."""

    class Broken(BASES[kind]):
        """Not as it should be."""

        type: Literal["broken"] = "broken"
        can_paint: ClassVar[bool] = paints
        if kind == "generator":
            uses_gradient: ClassVar[bool] = gradient
            exports: ClassVar[dict[str, str]] = forms or {}

        def needs(self):
            return set(needs)

        def build(self, env):
            return make(env)

    return Broken()


def mean(image):
    return image.mean(dim=(1, 2, 3))


class Flat(FlatGenerator):
    """One colour, as it should be; its subclasses are not."""

    def __init__(self, env):
        super().__init__(strangers.Flat(learning_rate=1.0), env)


class Late(Flat):
    cover = None

    def draw(self, step):
        image = super().draw(step)
        self.cover = torch.zeros_like(image[:, :1])
        return image


class Over(Flat):
    """Half of the ground shows, and the gradient does not reach it."""

    def draw_over(self, ground, step):
        return (self.draw(step) + ground.detach()) / 2


class Opaque(Over):
    @property
    def cover(self):
        return torch.ones(self.env.batch, 1, *self.env.size)

    def draw_over(self, ground, step):
        return (self.draw(step) + ground) / 2


class Blank(Flat):
    def exported(self, suffix, source):
        return b""


class Mixed(Flat):
    def exported(self, suffix, source):
        return str(source.result.images.tolist()).encode()


class Trying(Flat):
    """A darker and a lighter colour at each step, of which the better stays, as it should be."""

    candidates = 2

    def draw_candidate(self, step, candidate):
        colour = (self.colour.detach() + (0.05 if candidate else -0.05)).clamp(0, 1)
        return colour.expand(-1, -1, *self.env.size)

    def compared(self, step, totals):
        self.move(totals.argmin(dim=0))

    def move(self, chosen):
        self.colour = (self.colour.detach() + chosen.view(-1, 1, 1, 1) * 0.1 - 0.05).clamp(0, 1)

    def advance(self, step):
        pass


class Flickering(Trying):
    def draw_candidate(self, step, candidate):
        return (super().draw_candidate(step, candidate) - 1e-3 * (next(count) % 7)).clamp(0, 1)


class Perverse(Trying):
    def compared(self, step, totals):
        self.move(totals.argmax(dim=0))


class Small(Flat):
    def draw(self, step):
        return super().draw(step)[:, :, 1:]


class Bright(Flat):
    def draw(self, step):
        return super().draw(step) + 1


class Restless(Flat):
    def draw(self, step):
        return (super().draw(step) + 1e-3 * (next(count) % 7)).clamp(0, 1)


class Deaf(Flat):
    def draw(self, step):
        return super().draw(step).detach()

    def advance(self, step):
        pass


class Idle(Flat):
    def advance(self, step):
        self.colour.grad = None


class Contrary(Flat):
    def advance(self, step):
        self.colour.grad.neg_()
        super().advance(step)


class Crowded(Flat):
    def draw(self, step):
        drawn = super().draw(step)
        return drawn.lerp(drawn.mean(dim=0, keepdim=True).expand_as(drawn), 0.5)


class Gambling(Flat):
    def advance(self, step):
        super().advance(step)
        self.colour.data += 1e-3 * torch.rand(1)


class Bare(Flat):
    def draw(self, step):
        return self.colour.expand(-1, -1, *self.env.size)


class Later(Flat):
    def draw(self, step):
        return super().draw(step) + (step == 17)


class Last(Flat):
    def draw(self, step):
        return super().draw(step) * (torch.nan if step == self.steps else 1)


class Hoarding(Flat):
    def __init__(self, env):
        super().__init__(env)
        self.drawn = []

    def advance(self, step):
        self.drawn.append(self.draw(step))
        super().advance(step)


class Double(Flat):
    def draw(self, step):
        return super().draw(step).double()


class Homesick(Flat):
    def draw(self, step):
        return super().draw(step).cpu()


class Masked(Flat):
    def draw(self, step):
        return super().draw(step) * torch.ones(self.env.size)


class Unpainted(Flat):
    def paint(self, image, step):
        pass


class Scribbler(Flat):
    def paint(self, image, step):
        self.colour = image.mean(dim=(2, 3), keepdim=True).detach().requires_grad_()
        image.zero_()


class Whitewash(Flat):
    def paint(self, image, step):
        self.colour = image.mean(dim=(2, 3), keepdim=True).detach().requires_grad_()

    def paint_over(self, image, cover, step):
        self.paint(image, step)


class Lazy(Whitewash):
    def paint_over(self, image, cover, step):
        pass


class Forgetful(Flat):
    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


class Exotic(Flat):
    def state_dict(self):
        return {"kept": [{"colour": self.colour.detach().numpy()}]}


class Keyed(Flat):
    def state_dict(self):
        return {("colour",): self.colour.detach()}


class Remembering:
    def __init__(self):
        self.calls = 0

    def __call__(self, look):
        self.calls += 1
        return mean(look.image) * self.calls


class Hoard:
    """Keeps what it sees."""

    def __init__(self, answer):
        self.answer, self.seen = answer, []

    def __call__(self, *arguments):
        made = self.answer(*arguments)
        self.seen.append(made)
        return made


class Running:
    """A filter that levels the brightness of all that it saw."""

    def __init__(self):
        self.level = 0.5

    def __call__(self, image, step):
        self.level = 0.9 * self.level + 0.1 * float(image.detach().mean())
        return image * self.level


class Counting:
    """A filter that fades in with each call, whatever the step."""

    def __init__(self):
        self.calls = 0

    def __call__(self, image, step):
        self.calls += 1
        return image / self.calls


def darken(image):
    """In place."""
    image.data.mul_(0.5)
    return image


def changing(change):
    """A loss that makes a change when it is built."""

    def make(env):
        change()
        return lambda look: mean(look.image)

    return make
