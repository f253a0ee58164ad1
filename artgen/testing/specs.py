"""What holds for the spec of a component of any kind, and the randomness of what it builds."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import re
import unittest
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self, get_args

import torch
from pydantic import PydanticUserError, ValidationError
from torch import Tensor

from artgen import api
from artgen.errors import InputError, one_line
from artgen.fields.dumping import as_data
from artgen.fields.introspection import parts_of
from artgen.fields.widgets import faults
from artgen.preset.cross_references import refs_in
from artgen.testing.checks import global_streams, heavy_import, require
from artgen.testing.parts import ColourPerceptor, make_env
from artgen.testing.probes.devices import DeviceMix, MovedPerceptor, elsewhere
from artgen.testing.probes.process import closed_network, kept_process, watched_files
from artgen.testing.probes.recording import READS, recording


def purpose(contract: type[SpecContract], check: str) -> str:
    """What a check is for: the first line of its docstring."""
    return (getattr(contract, check).__doc__ or "").strip().partition("\n")[0]


def checks_of(contract: type[SpecContract]) -> list[str]:
    """The names of the contract's checks, its methods ``test_...``, sorted."""
    return [name for name in sorted(dir(contract)) if name.startswith("test_")]


def read_again(spec: api.Spec, **changes: Any) -> api.Spec:
    """Of what it is written as, and so are those that it holds, as a preset's check does it; with other settings."""
    data = as_data(spec)
    held = {name: read_again(getattr(spec, name)) for name in parts_of(type(spec)) if data.get(name) is not None}
    return type(spec).model_validate({**data, **held, **changes})


class SpecContract:
    """What holds for the spec of any kind; the contracts of the kinds are subclasses.

    A subclass sets ``spec``; it may override `env` or `build` where its component needs more than they give.
    """

    spec: ClassVar[api.Spec]
    """What is tested, with the settings to test it with."""
    _may_connect: ClassVar[bool] = False
    """Whether using it may need the network."""

    def env(self, **changes: Any) -> api.Env:
        """What the component is built with: `make_env`, with a small perceptor under each name that the spec says."""
        names = sorted(set(_perceptor_fields(self.spec).values())) or ["clip"]
        return make_env(**{"perceptors": {name: ColourPerceptor() for name in names}, "note": _silent, **changes})

    def build(self, env: api.Env | None = None) -> Any:
        """The object under test."""
        return self.spec.build(env or self.env())

    def _build_for(self, size: tuple[int, int]) -> Any:
        """The object for a canvas; None where it refuses that with an `InputError`, as it may any but the usual one."""
        env = self.env()
        try:
            return self.build(self.env(size=size))
        except InputError:
            if size == env.size:
                raise
            return None

    def use(self, built: Any) -> Sequence[Tensor]:
        """Everything the object is for, done once; returns what it makes."""
        raise NotImplementedError

    def test_it_is_documented(self) -> None:
        """Editors and `artgen plugins` show the docstrings of the spec and of each of its fields."""
        name = type(self.spec).__name__
        require(bool((type(self.spec).__doc__ or "").strip()), f"{name} has no docstring; say in a line what it does")
        fields = type(self.spec).model_fields.items()
        missing = [field for field, info in fields if field != "type" and not info.description]
        require(not missing, f"{name}: no docstring below {', '.join(missing)}; say what each setting does")

    def test_its_type_is_a_literal(self) -> None:
        """A preset asks for the component by one fixed name, which can be written everywhere."""
        field = type(self.spec).model_fields["type"]
        names = get_args(field.annotation)
        advice = "write `type: Literal['my_name'] = 'my_name'`"
        require(len(names) == 1 and field.default == names[0], f"`type` is not fixed to one name; {advice}")
        plain = isinstance(names[0], str) and re.fullmatch(r"[\w-]+", names[0])
        require(bool(plain), f"the type {names[0]!r} cannot be written in every place; use letters, digits, _ and -")

    def test_it_is_frozen_and_strict(self) -> None:
        """Settings do not change under a run, and a misspelt one is told rather than dropped."""
        config = type(self.spec).model_config
        require(config.get("frozen") is True, "the spec can be changed; leave `frozen` as artgen.api.Spec sets it")
        strict = config.get("extra") == "forbid"
        require(strict, "settings that do not exist are let pass; leave `extra` as artgen.api.Spec sets it")

    def test_it_survives_a_round_trip(self) -> None:
        """A recipe can be replayed: settings written as JSON and read again are the same."""
        again = read_again(self.spec)
        advice = "a recipe could not be replayed; see that validators accept what the fields are written as"
        require(again == self.spec, f"written as JSON and read again it is another: {again!r}; {advice}")

    def test_it_has_a_json_schema(self) -> None:
        """`artgen schema` can tell editors what settings there are."""
        try:
            type(self.spec).model_json_schema()
        except PydanticUserError as error:
            reason = one_line(error)
            raise AssertionError(f"`artgen schema` cannot show its settings to editors: {reason}") from None

    def test_its_widgets_are_right(self) -> None:
        """Forms can show its sliders, dials and points as they are marked."""
        try:
            schema = type(self.spec).model_json_schema()
        except PydanticUserError:  # which is told by the check above
            return
        fault = next(faults(schema), "")
        require(not fault, f"{type(self.spec).__name__}: {fault}; artgen would not offer it")

    def test_its_example_is_right(self) -> None:
        """The settings under `example` are right, with which the kit builds it."""
        example = type(self.spec).example
        require(isinstance(example, Mapping), f"`example` is {example!r}; expected a dict of settings")
        if not example:
            return
        try:
            type(self.spec).model_validate(example)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "the whole"
            raise AssertionError(f"`example` is refused by the spec itself: {place}: {first['msg']}") from None

    def test_importing_it_needs_no_torch(self) -> None:
        """`artgen check` reads the spec without waiting for PyTorch."""
        module = type(self.spec).__module__
        reason = heavy_import(module)
        require(not reason, f"importing {module} needs something heavy: {reason}; import it inside build()")

    def test_randomness_is_its_own(self) -> None:
        """Neither building nor using it moves or seeds a global random stream."""
        with global_streams(1) as moved:
            built = self.build()
            require(not moved(), f"build() draws from or seeds the global stream of {_and(moved)}; use env.random")
            self.use(built)
            require(not moved(), f"it draws from or seeds the global stream of {_and(moved)}; use env.random")

    def test_it_leaves_the_process_and_the_machine_alone(self) -> None:
        """Settings of the process, files elsewhere and the network belong to everybody."""
        with kept_process() as changed, watched_files() as written, contextlib.ExitStack() as closed:
            # What a component says that it fetches, it may fetch.
            asked = [] if self.spec.downloads() else closed.enter_context(closed_network())
            try:
                built = self.build()
                if self._may_connect:
                    closed.close()
                self.use(built)
            except Exception:
                if not asked:
                    raise
            now = changed()
        advice = "a run does without; what build() fetches is said in downloads(), and fetched by artgen.weights"
        require(not asked, f"it asks the network for {', '.join(asked[:1])}; {advice}")
        require(not now, f"it changes {', '.join(now[:3])} for everybody; put it back, or do without")
        require(not written, f"it writes {', '.join(written[:1])}; a component has no files but temporary ones")

    def setup_method(self) -> None:
        """What pytest calls before each check: remembers the settings of the process."""
        self._process = contextlib.ExitStack()
        self._process.enter_context(kept_process())

    def teardown_method(self) -> None:
        """What pytest calls after each check: puts them back, so that one component's fault is not another's."""
        # A subclass may have a `setup_method` of its own.
        self.__dict__.pop("_process", contextlib.ExitStack()).close()


class SeededContract(SpecContract):
    """What also holds for all that compute pictures or numbers: the seed alone decides, on any device."""

    def test_the_seed_is_honoured(self) -> None:
        """The same seed gives the same numbers, wherever the global streams stand."""
        made = []
        for position in (1, 2):
            with global_streams(position):
                made.append(self.use(self.build()))
        same = all(one.equal(other) for one, other in zip(*made, strict=True))
        require(same, "the same seed gives something else the second time; draw every random number from env.random")

    def test_it_stays_on_its_device(self) -> None:
        """On a GPU it works too: tried with tensors that only say they lie elsewhere."""
        try:
            with elsewhere() as device:
                env = _moved(self.env(), device)
                places = [made.device for made in self._use_there(self.build(env), device, env)]
        except Exception as error:
            if mix := _mix_behind(error):
                raise AssertionError(str(mix)) from error
            raise unittest.SkipTest(f"cannot be tried without a GPU ({one_line(error, kind=True)})") from None
        right = all(place.type == device.type for place in places)
        require(right, "what it makes lies on the CPU, whatever env.device is; keep it there without .cpu()")

    def _use_there(self, built: Any, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        """As `use`, with what it is handed on `device`."""
        raise NotImplementedError


class NeedingContract(SeededContract):
    """What also holds for those who read the preset that they stand in: generators and losses."""

    def test_it_says_what_it_needs(self) -> None:
        """What it reads of the preset is in `needs()`, and perceptors may have any name."""
        read: set[str] = set()
        case, env = self._with_odd_names()
        odd = ", ".join(map(repr, env.perceptors))
        try:
            case._use_watched(case.build(recording(env, read)), env, read)
        except (KeyError, InputError) as error:
            advice = "take a perceptor's name from a setting of the type PerceptorRef, or from look.perceptors"
            raise AssertionError(f"with perceptors called {odd}: {one_line(error, kind=True)}; {advice}") from None
        needs = self.spec.needs()
        for what in sorted(read):
            names = " or ".join(f"Need.{need.name}" for need in READS[what])
            known = any(need in needs for need in READS[what])
            require(known, f"it reads {what}, and `needs()` does not say so; add {names}")

    def _with_odd_names(self) -> tuple[Self, api.Env]:
        """The same with perceptors of names that no preset has, in its settings and in what it is built with."""
        env, case = self.env(), copy.copy(self)
        names = {name: f"odd-{number}-{name}" for number, name in enumerate(env.perceptors)}
        fields = {field: names[name] for field, name in _perceptor_fields(self.spec).items() if name in names}
        case.spec = self.spec.model_copy(update=fields)  # type: ignore[misc]  # of this object alone
        return case, dataclasses.replace(env, perceptors={names[name]: one for name, one in env.perceptors.items()})

    def _use_watched(self, built: Any, env: api.Env, read: set[str]) -> None:
        """As `use`, with the perceptors of `env`; what is read of a look is added to `read`."""
        self.use(built)


def _moved(env: api.Env, device: torch.device) -> api.Env:
    perceptors = {name: MovedPerceptor(perceptor, device) for name, perceptor in env.perceptors.items()}
    start = None if env.start is None else env.start.to(device)
    random = dataclasses.replace(env.random, device=device)
    return dataclasses.replace(env, device=device, random=random, perceptors=perceptors, start=start)


def _mix_behind(error: BaseException | None) -> DeviceMix | None:
    """The reason, where another one was made of it."""
    while error is not None:
        if isinstance(error, DeviceMix):
            return error
        error = error.__cause__ or error.__context__
    return None


def _perceptor_fields(spec: api.Spec) -> dict[str, str]:
    """The settings of `spec` that name a perceptor, and which."""
    found = {}
    for name, field in type(spec).model_fields.items():
        marks = refs_in([field.annotation, *field.metadata])
        if any(mark.section == "perceptors" for mark in marks) and isinstance(value := getattr(spec, name), str):
            found[name] = value
    return found


def _silent(line: str) -> None:
    """What a component has to say is no matter of its contract."""


def _and(moved: Callable[[], list[str]]) -> str:
    return " and ".join(moved())
