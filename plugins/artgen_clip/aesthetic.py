"""The working half of the aesthetic loss."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from artgen.api import Env, HasModel, InputError, Look
from artgen.weights import hashes
from artgen_clip import heads
from artgen_clip.aesthetic_catalogue import HEAD, PUBLISHED, made_for, told_by
from artgen_clip.aesthetic_spec import Aesthetic

_QUICK = "-quickgelu"


class AestheticLoss:
    """(B,): ((target - score) / 10)^2 of each view, averaged over the views.

    Each view is a picture of its own to the head, as in Pixray; its factor of 0.02 is a `weight` of 2 here. The square
    brings a score that is above the target back to it.
    """

    def __init__(self, spec: Aesthetic, env: Env) -> None:
        try:
            self._name, perceptor = env.perceptor(spec.perceptor)
        except InputError as error:
            raise InputError(f"aesthetic: {error}") from None
        _check_model(spec, self._name, env)
        path = _file(spec, env)
        self._head, self._target = heads.read(path).to(env.device), spec.target
        self.weights = hashes(path, "aesthetic")
        if self._head.dim != perceptor.dim:
            raise InputError(
                f"aesthetic: '{_title(spec)}' scores embeddings of {self._head.dim} numbers; those of perceptor "
                f"'{self._name}' have {perceptor.dim}; name the perceptor that the head was made for"
            )

    def __call__(self, look: Look) -> Tensor:
        scores = self._head(look.embeddings(self._name))
        return ((self._target - scores) / 10).square().mean(dim=1)


def _file(spec: Aesthetic, env: Env) -> Path:
    if spec.checkpoint:
        return spec.checkpoint
    if spec.model in PUBLISHED:
        return PUBLISHED[spec.model].fetch(env.note)
    if not HEAD.is_file():
        raise InputError("the embedded head is not installed; reinstall artgen, or name a 'model' or 'checkpoint'")
    return HEAD


def _check_model(spec: Aesthetic, name: str, env: Env) -> None:
    """InputError unless the embeddings are those that the head was fitted to, as far as that can be known."""
    wanted = spec.made_for or told_by(spec.checkpoint.stem) if spec.checkpoint else made_for(spec.model)
    perceptor = env.perceptors[name]
    found = perceptor.model if isinstance(perceptor, HasModel) else None
    if wanted and not _same(wanted, found):
        seen = f"'{found}'" if found else "another model"
        raise InputError(f"aesthetic: '{_title(spec)}' was made for {wanted}; perceptor '{name}' is {seen}")
    if wanted and found and "/" in wanted and "/" not in found:
        env.note(
            f"aesthetic: '{_title(spec)}' was made for {wanted}; the checkpoint of perceptor '{name}' must hold it"
        )


def _title(spec: Aesthetic) -> str:
    return spec.checkpoint.name if spec.checkpoint else spec.model


def _same(wanted: str, found: str | None) -> bool:
    """Whether a perceptor is that model; one whose weights come from a file tells only the architecture."""
    names = (name.replace(_QUICK, "").partition("/") for name in (wanted, found or ""))
    (model, _, weights), (other, _, others) = names
    return model == other and (weights == others or not (weights and others))
