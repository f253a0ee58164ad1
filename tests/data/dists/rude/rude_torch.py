import torch
from rude import go_wrong
from strangers_torch import CornerViews, FlatGenerator, ToyPerceptor


class Stumbling(torch.autograd.Function):
    """The identity, whose gradient goes wrong."""

    @staticmethod
    def forward(ctx, values, how):
        ctx.how = how
        return values.clone()

    @staticmethod
    def backward(ctx, gradient):
        go_wrong(ctx.how)
        return gradient, None


def spoiled(values, how):
    """What a component hands on, in another way than it may."""
    if how == "float64":
        return values.double()
    if how == "narrow":
        return values[..., :-1]
    if how == "list":
        return values.tolist()
    if how == "elsewhere":
        return values.to("meta")
    return values.detach() if how == "detached" else values


def at(part, where, step):
    """Go wrong, if it is here and now."""
    if step == part.spec.at_step:
        part.spec.trip(where)


def handed_on(part, values, step):
    at(part, "call", step)
    if part.spec.where == "backward" and step == part.spec.at_step:
        values = Stumbling.apply(values, part.spec.how)
    return spoiled(values, part.spec.how) if part.spec.where == "returns" and step == part.spec.at_step else values


class RudeGenerator(FlatGenerator):
    def __init__(self, spec, env):
        super().__init__(spec, env)
        if spec.where == "steps":
            del self.steps

    def draw(self, step):
        return handed_on(self, super().draw(step), step)

    def judged(self, step, totals):
        at(self, "judged", step)

    def advance(self, step):
        at(self, "advance", step)
        if self.colour.grad is not None:
            super().advance(step)

    def state_dict(self):
        self.spec.trip("state_dict")
        extra = {"unpicklable": lambda: None, "unreadable": Stumbling, "fine": None}.get(self.spec.how)
        return {**super().state_dict(), "extra": extra}

    def load_state_dict(self, state):
        self.spec.trip("load_state_dict")
        super().load_state_dict(state)

    @property
    def weights(self):
        self.spec.trip("weights")
        return {}


class RudeLoss:
    def __init__(self, spec, env):
        self.spec = spec

    def __call__(self, look):
        return handed_on(self, 1 + look.image.mean(dim=(1, 2, 3)), look.step)


class RudePerceptor(ToyPerceptor):
    def __init__(self, spec, env):
        super().__init__(spec.room)
        self.spec, self.calls = spec, 0
        if spec.where == "size":
            self.size = "large"

    @property
    def weights(self):
        self.spec.trip("weights")
        return {}

    @property
    def interpolation(self):
        self.spec.trip("interpolation")
        return "bicubic"

    def embed_images(self, images):
        self.calls += 1
        return handed_on(self, super().embed_images(images), self.calls - 1)


class RudeView(CornerViews):
    def __init__(self, spec, env):
        super().__init__(spec.count, env)
        self.spec = spec

    def __call__(self, image, size, step):
        return handed_on(self, super().__call__(image, size, step), step)


class RudeFilter:
    def __init__(self, spec, env):
        self.spec = spec

    def __call__(self, image, step):
        return handed_on(self, image * 0.9, step)


class RudeStage:
    def __init__(self, spec, env):
        self.spec = spec

    def __call__(self, finished):
        self.spec.trip("call")
        return type(finished)(spoiled(finished.image, self.spec.how))


class RudeReporter:
    def __init__(self, spec, env):
        self.spec = spec

    def on_start(self, steps):
        self.spec.trip("on_start")

    def on_step(self, event):
        at(self, "on_step", event.step)
        if self.spec.where == "writes":
            event.image.zero_()
            event.losses.clear()

    def on_end(self, result):
        self.spec.trip("on_end")
        if self.spec.where == "writes":
            result.images.zero_()
            result.losses.clear()
            result.recipe.clear()


class LazyGenerator:
    def __init__(self, env):
        self.env, self.steps = env, env.steps

    def draw(self, step):
        return torch.full((self.env.batch, 3, *self.env.size), 0.5)

    def advance(self, step):
        pass

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


PARTS = {
    part.__name__: part
    for part in (RudeGenerator, RudeLoss, RudePerceptor, RudeView, RudeFilter, RudeStage, RudeReporter)
}
