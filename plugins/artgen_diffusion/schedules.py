"""Which noise levels a model was published with, and with which steps between them, by diffusers' own schedulers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import diffusers

from artgen.api import InputError
from artgen.weights import first_line, silenced


@dataclass(frozen=True)
class Published:
    """A scheduler of diffusers, as this package draws with it."""

    steps: str = "ddim"
    """The rule from one level to the next: `ddim`, `ddpm` or `dpm++`."""
    table: str = "DDIMScheduler"
    """The class of diffusers that gives the levels."""
    same: bool = True
    """Whether `steps` is its own rule, and not the nearest to it."""
    eta: float = 0.0
    """How much fresh noise it draws beyond what `steps` does."""


# In units where alpha is 1, an Euler step (Karras et al. 2022, arXiv:2206.00364) is DDIM's, and an ancestral one is
# DDPM's. Solvers of higher order go through the levels of Euler's, or of DPM-Solver's, family.
_EULER = "EulerDiscreteScheduler"
_KNOWN = {
    "DDIMScheduler": Published(),
    "DDIMParallelScheduler": Published(),
    "DDPMScheduler": Published("ddpm"),
    "DDPMParallelScheduler": Published("ddpm"),
    "EulerDiscreteScheduler": Published(table=_EULER),
    "EulerAncestralDiscreteScheduler": Published("ddpm", "EulerAncestralDiscreteScheduler"),
    "HeunDiscreteScheduler": Published(table=_EULER, same=False),
    "LMSDiscreteScheduler": Published(table=_EULER, same=False),
    "KDPM2DiscreteScheduler": Published(table=_EULER, same=False),
    "KDPM2AncestralDiscreteScheduler": Published("ddpm", _EULER, same=False),
    "DPMSolverSDEScheduler": Published("dpm++", _EULER, same=False, eta=1.0),
    "DPMSolverMultistepScheduler": Published("dpm++", "DPMSolverMultistepScheduler"),
    "DPMSolverSinglestepScheduler": Published("dpm++", "DPMSolverSinglestepScheduler", same=False),
    "DEISMultistepScheduler": Published("dpm++", "DEISMultistepScheduler", same=False),
    "UniPCMultistepScheduler": Published("dpm++", "UniPCMultistepScheduler", same=False),
}
# DPM-Solver++(2M), as `sampling.dpm` has it; where diffusers says nothing, it means these.
_SECOND_ORDER = {"solver_order": 2, "solver_type": "midpoint"}
_STOCHASTIC = "sde-"
_OF_STEPS = ("algorithm_type", "solver_order", "solver_type", "final_sigmas_type")
_SPACED = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")
"""Settings that put levels between those of the table."""


def published(config: Mapping[str, Any]) -> Published:
    """What the configuration of a scheduler asks for, or what is nearest to it."""
    found = _KNOWN.get(str(config.get("_class_name")), Published(same=False))
    if found.table.startswith("DPMSolver") and str(config.get("algorithm_type")).startswith(_STOCHASTIC):
        return Published(found.steps, found.table, found.same, eta=1.0)
    return found


def unlike(config: Mapping[str, Any]) -> str:
    """What the steps of a published model do not share with those of `published`, in a few words; empty if nothing."""
    kind = str(config.get("_class_name", "a scheduler without a name"))
    if not published(config).same:
        return kind
    return f"{kind} with {', '.join(odd)}" if (odd := list(_odd(config))) else ""


def _odd(config: Mapping[str, Any]) -> Iterator[str]:
    """Settings of the published rule that are not kept."""
    if published(config).steps == "dpm++":
        for name, usual in _SECOND_ORDER.items():
            if config.get(name, usual) != usual:
                yield f"{name} {config[name]}"
        if not str(config.get("algorithm_type", "dpmsolver++")).endswith("++"):
            yield f"algorithm_type {config['algorithm_type']}"
    if published(config).steps == "ddpm" and str(config.get("variance_type", "fixed_small")).startswith("fixed_large"):
        yield f"variance_type {config['variance_type']}"


def trained(config: Mapping[str, Any]) -> list[float]:
    """alpha^2 of every noise level that the model was trained with, clean to noisy."""
    known = {key: value for key, value in config.items() if not key.startswith("_") and value is not None}
    squares: list[float] = _made("DDIMScheduler", known).alphas_cumprod.double().tolist()
    return squares


def _made(kind: str, known: Mapping[str, Any], steps: int | None = None) -> Any:
    """A scheduler of diffusers, with its levels spread over `steps`."""
    try:
        with silenced():
            made = getattr(diffusers, kind).from_config(known)
            if steps is not None:
                made.set_timesteps(steps)
    except Exception as error:  # whatever a setting makes its constructor raise
        raise InputError(f"diffusers cannot read the model's scheduler ({first_line(error)})") from None
    return made


def spread(config: Mapping[str, Any], steps: int, spacing: str | None) -> Iterator[tuple[float, float]]:
    """The timestep and alpha^2 of each level that is visited, noisy to clean; the clean end is not among them.

    As the scheduler of `config` visits them itself, or DDIM's table at `spacing`.
    """
    known = {key: value for key, value in config.items() if not key.startswith("_") and value is not None}
    if known.get("use_flow_sigmas"):
        raise InputError(
            "the model's scheduler has 'use_flow_sigmas', for rectified flows; only DDPM's family is known"
        )
    kind = published(config).table if spacing is None else "DDIMScheduler"
    # The steps are taken here, and some of what is said of them fits no scheduler.
    known = {key: value for key, value in known.items() if key not in _OF_STEPS}
    if kind == "DDIMScheduler":
        known = {**known, "timestep_spacing": spacing or known.get("timestep_spacing", "leading")}
    table = _made(kind, known, steps)
    timesteps = table.timesteps.tolist()[:steps]
    # In float64: near the clean end sigma is the root of what is left of 1 - alpha^2.
    squares = table.alphas_cumprod.double()
    spaced = kind != "DDIMScheduler" and any(known.get(name) for name in _SPACED)
    if spaced or not all(float(t).is_integer() for t in timesteps):
        yield from ((t, 1 / (1 + sigma**2)) for t, sigma in zip(timesteps, table.sigmas.tolist(), strict=False))
        return
    # A `steps_offset` carries the noisiest of very many steps past the end of the table.
    visited = (min(int(timestep), len(squares) - 1) for timestep in timesteps)
    yield from ((timestep, float(squares[timestep])) for timestep in visited)
