"""The working half of score distillation."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from artgen.api import Env, InputError, Look, Need, Prompt
from artgen_diffusion import sampling, schedules
from artgen_diffusion.distill_spec import Distill
from artgen_diffusion.distilling import forms
from artgen_diffusion.distilling.teacher import Teacher, teacher_of
from artgen_diffusion.sampling import Level


class DistillLoss:
    """(B,): half the mean square of w(t) times the residual r of one of the `forms`, at each picture's noise level.

    Its gradient is w(t) r / d at the model's d numbers of a picture (the residual's own derivative is left out, as in
    DreamFusion), and passes on through the encoder alone. In pixels the residual is the picture's, minus the
    decoded clean estimate (Zhu & Zhuang 2023, HiFA, arXiv:2305.18766, equation 9), times w(t) alpha / sigma, which is
    the same weight there; the encoder then has no part in it.

    Noise and levels come from streams by step and picture, and pictures go through the model one at a time, so that
    neither resuming nor the rest of a batch changes a bit.
    """

    def __init__(self, spec: Distill, env: Env) -> None:
        self._spec, self._random = spec, env.random
        self._prompts = _texts(spec, env) if Need.PROMPTS in spec.needs() else []
        told = [*self._prompts, *([] if spec.source is None else [Prompt(text=spec.source)])]
        self._teacher = teacher_of(spec, env, told)
        self.weights, self.credits = self._teacher.weights, self._teacher.credits
        config = self._teacher.scheduler
        self._prediction = sampling.prediction_of(config)
        self._levels = [Level.of(number, square) for number, square in enumerate(schedules.trained(config))]
        self._start = _start(self._teacher, env) if spec.form == "dds" else None

    def __call__(self, look: Look) -> Tensor:
        noises = self._random.normal("noise", self._teacher.shape, look.step).split(1)
        levels = self._drawn_levels(look)
        values = [self._value(i, one, look, noises[i], levels[i]) for i, one in enumerate(look.image.split(1))]
        return torch.cat(values).to(look.image.device)

    def _value(self, picture: int, image: Tensor, look: Look, noise: Tensor, number: int) -> Tensor:
        """(1,) of one picture, (1, 3, H, W), and of its noise and the number of its level."""
        seen = self._teacher.seen(image)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self._spec.in_pixels):
            clean = self._teacher.encode(seen)
        level, weight = self._levels[number], forms.WEIGHTINGS[self._spec.weighting](self._levels[number])
        with torch.no_grad():
            residual = self._residual(picture, clean, noise.to(clean), number, look)
            if self._spec.in_pixels:
                estimate = self._teacher.decode(forms.clean_estimate(clean, residual, level))
                residual = level.alpha / level.sigma * (seen - estimate)
        return _half_square(seen if self._spec.in_pixels else clean, weight * residual)

    def _drawn_levels(self, look: Look) -> list[int]:
        """The number of each picture's noise level, drawn evenly from those that the step allows."""
        last = len(self._levels) - 1
        lowest = round(self._spec.least_noise.at(look.step, look.steps) * last)
        highest = max(lowest, round(self._spec.most_noise.at(look.step, look.steps) * last))
        drawn = self._random.uniform("level", (), look.step).cpu()
        return [min(highest, lowest + int(share * (highest - lowest + 1))) for share in drawn.tolist()]

    def _residual(self, picture: int, clean: Tensor, noise: Tensor, number: int, look: Look) -> Tensor:
        """(1, ...) the difference of two predictions of noise, without w(t)."""
        spec, level = self._spec, self._levels[number]
        cfg = self._teacher.cfg if spec.cfg is None else spec.cfg.at(look.step, look.steps)
        at = (look.step, look.steps)
        weights = {row: prompt.weight.at(*at) for row, prompt in enumerate(self._prompts)}
        predicts = partial(self._predict, picture, {row: weight for row, weight in weights.items() if weight}, at)
        if spec.form == "sds":
            return forms.sds(predicts, clean, level, noise, cfg)
        if spec.form == "dds":
            assert self._start is not None
            of_source = partial(self._predict, picture, {} if spec.source is None else {len(self._prompts): 1.0}, at)
            return forms.dds(predicts, of_source, clean, self._start[picture : picture + 1], level, noise, cfg)
        if spec.form == "sdi":
            return forms.sdi(predicts, clean, self._through(number), cfg)
        shift = max(1, round(spec.shift * (len(self._levels) - 1)))
        before = max(0, number - shift)
        return forms.ism(predicts, clean, self._through(before), self._levels[max(number, before + 1)], cfg)

    def _through(self, last: int) -> list[Level]:
        """The levels of an inversion that ends at the one of this number."""
        return [self._levels[number] for number in forms.visited(last, self._spec.inversion)]

    def _predict(
        self, picture: int, weights: dict[int, float], at: tuple[int, int], noisy: Tensor, level: Level, cfg: float
    ) -> Tensor:
        """What the model, told the prompts that weigh something, takes for the noise."""
        rows = list(weights) if cfg else []
        output = self._teacher.predict(noisy, level.timestep, picture, rows, at)
        noises = sampling.split(output, noisy, level, self._prediction)[1].split(1)
        return forms.composed(noises[0], noises[1:], [weights[row] for row in rows], cfg)


def _texts(spec: Distill, env: Env) -> list[Prompt]:
    """Of the prompts those that are texts; the number of the others is told."""
    prompts = spec.prompts or env.prompts
    texts = [prompt for prompt in prompts if prompt.words is not None]
    if unread := len(prompts) - len(texts):
        env.note(f"distill: reads texts alone, and leaves out {unread} of {len(prompts)} prompts")
    return texts


def _start(teacher: Teacher, env: Env) -> Tensor:
    """The clean samples of the preset's start."""
    if env.start is None:
        raise InputError("distill: 'form: dds' compares with the preset's 'start'; give it one")
    with torch.no_grad():
        return torch.cat([teacher.encode(teacher.seen(one)) for one in env.start.split(1)])


def _half_square(values: Tensor, residual: Tensor) -> Tensor:
    """(B,) half the mean square of the residual; its gradient at `values`, (B, ...), is residual / d."""
    through = ((values - values.detach()) * residual).flatten(1).mean(dim=1)
    return through + residual.square().flatten(1).mean(dim=1) / 2
