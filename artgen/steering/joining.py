"""Two presets in one: the first until a step, and the second from there on.

What changes while a picture is drawn is written down as numbers over the run: a schedule has a value for each step, a
prompt or a loss that comes later has a weight of 0 before, and one that goes has it afterwards. A weight of 0 is not
evaluated, so that the steps before are the first preset's to the last bit. The result is an ordinary preset, and
needs nobody to draw it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from artgen.errors import InputError
from artgen.fields.block import Block
from artgen.fields.schedules import Schedule, looks_ahead
from artgen.preset import diverging
from artgen.preset.model import Preset
from artgen.preset.settings.touches import Reseed

AFTERWARDS = frozenset({*diverging.AFTERWARDS, "frames"})
"""Settings that no step reads."""
_NONE = Schedule.constant(0)


def joined(before: Preset, after: Preset, step: int, steps: int | None = None) -> Preset:
    """The preset that draws as `before` until `step`, and as `after` from that step on.

    Args:
        before: what was drawn so far, with its seed and its choices settled.
        after: what is wanted from now on.
        step: the first step that is the second's, counted from 0.
        steps: how many steps the run takes, if its generator takes others than the preset says.

    Raises:
        InputError: with the path of each setting that cannot change while a picture is drawn.
    """
    if step == 0:
        return after if after.seed is not None else after.model_copy(update={"seed": before.seed})
    seam = _Seam(step, steps or before.steps)
    updates = {}
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if name == "seed":
            updates["reseed"] = seam.reseeded(before, after)
        elif name in AFTERWARDS:
            updates[name] = new
        elif name == "paint":
            updates[name] = seam.painted(before, after)
        elif name != "reseed":
            updates[name] = seam.value(old, new, name)
    if seam.fixed:
        raise InputError("\n".join(f"{path}: {FIXED}" for path in seam.fixed))
    return before.model_copy(update=updates)


FIXED = "cannot change while the picture is drawn; begin anew with it"


def changes(before: Preset, after: Preset) -> list[str]:
    """The paths of what two presets differ in, as ``--set`` has them; a prompt or component may be one as a whole."""
    return list(_different(before, after, ""))


def of_steps(paths: Sequence[str]) -> list[str]:
    """Those of the changed settings that only a further step brings into the picture."""
    return [path for path in paths if re.split(r"[.\[]", path)[0] not in AFTERWARDS]


class _Seam:
    """Where one preset goes over into another."""

    def __init__(self, step: int, steps: int) -> None:
        self.step, self.steps = step, steps
        self.fixed: list[str] = []
        """The paths of what cannot change."""

    def value(self, old: Any, new: Any, path: str) -> Any:
        """What is `old` until the step, and `new` from there on."""
        if old == new:
            return old
        if isinstance(old, Schedule) and isinstance(new, Schedule):
            return self.schedule(old, new)
        if isinstance(old, Block) and type(old) is type(new):
            return self._block(old, new, path)
        if _is_weighted(old) and _is_weighted(new) and (old or new):
            return self._weighted(old, new, path)
        if isinstance(old, Mapping) and isinstance(new, Mapping) and list(old) == list(new):
            return {key: self.value(old[key], new[key], f"{path}.{key}") for key in old}
        if _holds_blocks(old) and _holds_blocks(new) and len(old) == len(new):
            return tuple(self.value(*pair, f"{path}[{i}]") for i, pair in enumerate(zip(old, new, strict=True)))
        self.fixed.append(path)
        return old

    def schedule(self, old: Schedule, new: Schedule) -> Schedule:
        """A value for each step, as far as they differ."""
        values = [(old if step < self.step else new).at(step, self.steps) for step in range(self.steps + 1)]
        if values == [old.at(step, self.steps) for step in range(self.steps + 1)]:
            return old
        last = len(values)
        while last > 1 and values[last - 1] == values[last - 2]:
            last -= 1
        return Schedule((), each=tuple(values[:last]))

    def reseeded(self, before: Preset, after: Preset) -> tuple[Reseed, ...]:
        """The seeds from later steps on. What `after` says of its own later steps holds from the step on."""
        said = [one for one in before.reseed if one.step < self.step]
        wanted, now = _seed(after, self.step), _seed(before, self.step - 1)
        if wanted is not None and now is not None and wanted != now:
            said.append(Reseed(step=self.step, seed=wanted))
        return (*said, *(one for one in after.reseed if one.step > self.step))

    def painted(self, before: Preset, after: Preset) -> tuple[Any, ...]:
        """What is laid over: what is done is done, and only what lies ahead can change."""
        done = tuple(one for one in before.paint if one.step < self.step)
        return (*done, *(one for one in after.paint if one.step >= self.step))

    def _block(self, old: Block, new: Block, path: str) -> Block:
        updates = {}
        for name, field in type(old).model_fields.items():
            before, after = getattr(old, name), getattr(new, name)
            # One that is asked for later steps, too, has reached the drawing already.
            if before != after and looks_ahead(field):
                self.fixed.append(f"{path}.{name}")
            else:
                updates[name] = self.value(before, after, f"{path}.{name}")
        return old.model_copy(update=updates)

    def _weighted(self, old: Sequence[Any], new: Sequence[Any], path: str) -> tuple[Any, ...]:
        """Prompts or losses: those alike but for their numbers go over into each other, others come and go."""
        coming = list(new)
        result = []
        for i, one in enumerate(old):
            at = next((at for at, other in enumerate(coming) if _alike(one, other)), None)
            other = coming.pop(at) if at is not None else one.model_copy(update={"weight": _NONE})
            result.append(self.value(one, other, f"{path}[{i}]"))
        # Behind those that were there, whose names and random streams are counted from the first.
        return (*result, *(one.model_copy(update={"weight": self.schedule(_NONE, one.weight)}) for one in coming))


def _is_weighted(value: Any) -> TypeGuard[tuple[Any, ...]]:
    """Whether it is a list of what counts by a weight that may change over the run."""
    return isinstance(value, tuple) and all(isinstance(getattr(one, "weight", None), Schedule) for one in value)


def _holds_blocks(value: Any) -> TypeGuard[tuple[Block, ...]]:
    return isinstance(value, tuple) and all(isinstance(one, Block) for one in value)


def _seed(preset: Preset, step: int) -> int | None:
    """Whose random numbers count at a step."""
    return next((one.seed for one in reversed(preset.reseed) if one.step <= step), preset.seed)


def _alike(one: Any, other: Any) -> bool:
    """Whether two prompts or losses differ in nothing but schedules."""
    return type(one) is type(other) and _timeless(one) == _timeless(other)


def _timeless(value: Any) -> Any:
    """What a setting says, without the numbers that may change over the run."""
    if isinstance(value, Schedule):
        return Schedule
    if isinstance(value, Block):
        return {name: _timeless(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {key: _timeless(inner) for key, inner in value.items()}
    return [_timeless(inner) for inner in value] if isinstance(value, tuple) else value


def _different(old: Any, new: Any, path: str) -> Iterator[str]:
    if old == new:
        return
    # Of a prompt or a component that is another by now, not each of its settings is told.
    is_same = path == "" or not hasattr(old, "weight") or _alike(old, new)
    if isinstance(old, Block) and type(old) is type(new) and is_same:
        for name in type(old).model_fields:
            yield from _different(getattr(old, name), getattr(new, name), f"{path}.{name}".lstrip("."))
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for i in range(max(len(old), len(new))):
            one, other = (each[i] if i < len(each) else None for each in (old, new))
            yield from _different(one, other, f"{path}[{i}]")
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            yield from _different(old.get(key), new.get(key), f"{path}.{key}")
    else:
        yield path
