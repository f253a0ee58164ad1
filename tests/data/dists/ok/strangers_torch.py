import hashlib
import os
import signal
from typing import ClassVar

import torch
from torch.nn import functional as F

from artgen.api import Finished


class FlatGenerator:
    weights: ClassVar = {"flat/start": "1" * 64}

    def __init__(self, spec, env):
        self.spec, self.env, self.steps = spec, env, env.steps
        noise = env.random.normal("start", (3, 1, 1)) * 0.1
        self.colour = (torch.full_like(noise, spec.start) + noise).clamp(0.01, 0.99).requires_grad_()
        self.best, self.least = self.colour.detach().clone(), torch.full((env.batch,), torch.inf)

    def draw(self, step):
        if self.spec.keep_best and step == self.steps:
            return self.best.clamp(0, 1).expand(-1, -1, *self.env.size)
        colour = (
            self.colour.mean(dim=1, keepdim=True).expand_as(self.colour) if self.spec.colours == "grey" else self.colour
        )
        return colour.clamp(0, 1).expand(-1, -1, *self.env.size)

    def judged(self, step, totals):
        better = totals < self.least
        self.least = torch.where(better, totals, self.least)
        self.best = torch.where(better.view(-1, 1, 1, 1).to(self.colour.device), self.colour.detach(), self.best)

    def advance(self, step):
        rate = self.spec.learning_rate.at(step, self.steps)
        with torch.no_grad():
            self.colour -= rate * self.colour.grad
        self.colour.grad = None

    def state_dict(self):
        return {"colour": self.colour.detach().clone()}

    def load_state_dict(self, state):
        self.colour = state["colour"].clone().requires_grad_()


class Doubling:
    weights: ClassVar = {"doubled/dust": "2" * 64}

    def __init__(self, how, env):
        self.how, self.env = how, env

    def __call__(self, finished):
        env, how, image, alpha = self.env, self.how, finished.image, finished.alpha
        if how == "raises":
            raise ZeroDivisionError("by nothing")
        if how == "memory":
            raise torch.OutOfMemoryError("out of memory")
        if how == "kind":
            return image
        env.progress(0.5)
        dust = env.random.uniform("dust", (1, *env.size)).to(image.device)
        image = (image * 0.9 + dust * 0.1).clamp(0, 1)
        image, alpha = (None if rows is None else torch.cat([rows, rows], dim=-1) for rows in (image, alpha))
        if how == "nan":
            image[0, 0, 0, 0] = torch.nan
        if how == "range":
            image = image * 3
        if how == "count":
            image = image[:1, :2]
        if how == "alpha":
            alpha = image[:, :1, 1:]
        notes = [b"%d x %d" % (image.shape[3], image.shape[2])] * (5 if how == "files" else len(image))
        return Finished(image, alpha, {".txt": notes})


SIGNALS = {
    "interrupt": ["SIGINT"],
    "interrupt twice": ["SIGINT", "SIGINT"],
    "terminate": ["SIGTERM"],
    "hang up": ["SIGHUP"],
}


class Misbehaviour:
    def __init__(self, how, at_step):
        self.how, self.at_step = how, at_step

    def __call__(self, look):
        value = look.image.mean(dim=(1, 2, 3))
        if look.step != self.at_step:
            return value
        if self.how in SIGNALS:
            for name in SIGNALS[self.how]:
                os.kill(os.getpid(), getattr(signal, name))
            return value
        if self.how == "shape":
            return look.image
        return value * float("nan") if self.how == "nan" else (value - value.detach()).abs().sqrt()


class Matching:
    weights: ClassVar = {"match/targets": "2" * 64}

    def __init__(self, env, perceptor):
        self.perceptor = perceptor
        self.targets = env.perceptors[perceptor].embed_texts([prompt.text for prompt in env.prompts])

    def __call__(self, look):
        # Not a sum over views: the mean direction is a function of all of them together.
        mean = F.normalize(look.embeddings(self.perceptor).mean(dim=1), dim=-1)
        return ((mean[:, None] - self.targets) ** 2).sum(dim=(1, 2))


class ToyPerceptor:
    size, dim = 6, 5

    def __init__(self, room, device="cpu"):
        self.room = room
        self.matrix = torch.randn(3 * 6 * 6, self.dim, generator=torch.Generator().manual_seed(0)).to(device)

    def embed_images(self, images):
        if self.room is not None and len(images) > self.room:
            raise torch.OutOfMemoryError("the toy has no more room")
        return F.normalize(((images - 0.5).flatten(1) @ self.matrix).tanh(), dim=-1)

    def embed_texts(self, texts):
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") for text in texts]
        rows = [torch.randn(self.dim, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        return F.normalize(torch.stack(rows), dim=-1).to(self.matrix.device)


class CornerViews:
    def __init__(self, count, env):
        self.count, self.env = count, env

    def __call__(self, image, size, step):
        shifts = self.env.random.uniform("shift", (self.count,), step)
        views = []
        for picture, row in zip(image, shifts, strict=True):
            for i, shift in enumerate(row.tolist()):
                rolled = picture.roll(int(shift * picture.shape[-1]), dims=-1) if i else picture
                views.append(F.interpolate(rolled[None], (size, size), mode="bilinear")[0])
        return torch.stack(views)


class ClumsyReporter:
    def on_start(self, steps):
        pass

    def on_step(self, event):
        raise ValueError("I never work")

    def on_end(self, result):
        pass


class ImpatientReporter:
    def on_start(self, steps):
        pass

    def on_step(self, event):
        pass

    def on_end(self, result):
        signal.raise_signal(signal.SIGINT)
