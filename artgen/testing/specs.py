"""What holds for the spec of a component of any kind, and the randomness of what it builds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, get_args

from pydantic import PydanticUserError, ValidationError
from torch import Tensor

from artgen import api
from artgen.errors import one_line
from artgen.fields.introspection import parts_of
from artgen.preset.cross_references import refs_in
from artgen.testing.checks import global_streams, heavy_import, require
from artgen.testing.parts import ColourPerceptor, make_env


def checks_of(contract: type[SpecContract]) -> list[str]:
    """The names of the contract's checks, its methods ``test_...``, sorted."""
    return [name for name in sorted(dir(contract)) if name.startswith("test_")]


def _read_again(spec: api.Spec) -> api.Spec:
    """Of what it is written as, and so are those that it holds, as a preset's check does it."""
    data = spec.model_dump(mode="json", exclude_none=True)
    held = {name: _read_again(getattr(spec, name)) for name in parts_of(type(spec)) if name in data}
    return type(spec).model_validate({**data, **held})


class SpecContract:
    """What holds for the spec of any kind; the contracts of the kinds are subclasses.

    A subclass sets ``spec``; it may override `env` or `build` where its component needs more than they give.
    """

    spec: ClassVar[api.Spec]
    """What is tested, with the settings to test it with."""

    def env(self, **changes: Any) -> api.Env:
        """What the component is built with: `make_env`, with a small perceptor under each name that the spec says."""
        names = _perceptor_names(self.spec) or ["clip"]
        return make_env(**{"perceptors": {name: ColourPerceptor() for name in names}, "note": _silent, **changes})

    def build(self, env: api.Env | None = None) -> Any:
        """The object under test."""
        return self.spec.build(env or self.env())

    def use(self, built: Any) -> Sequence[Tensor]:
        """Everything the object is for, done once; returns what it makes."""
        raise NotImplementedError

    def test_it_is_documented(self) -> None:
        name = type(self.spec).__name__
        require(bool((type(self.spec).__doc__ or "").strip()), f"{name} has no docstring; say in a line what it does")
        fields = type(self.spec).model_fields.items()
        missing = [field for field, info in fields if field != "type" and not info.description]
        require(not missing, f"{name}: no docstring below {', '.join(missing)}; say what each setting does")

    def test_its_type_is_a_literal(self) -> None:
        field = type(self.spec).model_fields["type"]
        names = get_args(field.annotation)
        advice = "write `type: Literal['my_name'] = 'my_name'`"
        require(len(names) == 1 and field.default == names[0], f"`type` is not fixed to one name; {advice}")
        plain = isinstance(names[0], str) and re.fullmatch(r"[\w-]+", names[0])
        require(bool(plain), f"the type {names[0]!r} cannot be written in every place; use letters, digits, _ and -")

    def test_it_is_frozen_and_strict(self) -> None:
        config = type(self.spec).model_config
        require(config.get("frozen") is True, "the spec can be changed; leave `frozen` as artgen.api.Spec sets it")
        strict = config.get("extra") == "forbid"
        require(strict, "settings that do not exist are let pass; leave `extra` as artgen.api.Spec sets it")

    def test_it_survives_a_round_trip(self) -> None:
        again = _read_again(self.spec)
        advice = "a recipe could not be replayed; see that validators accept what the fields are written as"
        require(again == self.spec, f"written as JSON and read again it is another: {again!r}; {advice}")

    def test_it_has_a_json_schema(self) -> None:
        try:
            type(self.spec).model_json_schema()
        except PydanticUserError as error:
            reason = one_line(error)
            raise AssertionError(f"`artgen schema` cannot show its settings to editors: {reason}") from None

    def test_its_example_is_right(self) -> None:
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
        module = type(self.spec).__module__
        reason = heavy_import(module)
        require(not reason, f"importing {module} needs something heavy: {reason}; import it inside build()")

    def test_randomness_is_its_own(self) -> None:
        with global_streams(1) as moved:
            built = self.build()
            require(not moved(), f"build() draws from or seeds the global stream of {_and(moved)}; use env.random")
            self.use(built)
            require(not moved(), f"it draws from or seeds the global stream of {_and(moved)}; use env.random")


class SeededContract(SpecContract):
    """What also holds for all that compute pictures or numbers: the seed alone decides."""

    def test_the_seed_is_honoured(self) -> None:
        made = []
        for position in (1, 2):
            with global_streams(position):
                made.append(self.use(self.build()))
        same = all(one.equal(other) for one, other in zip(*made, strict=True))
        require(same, "the same seed gives something else the second time; draw every random number from env.random")


def _perceptor_names(spec: api.Spec) -> list[str]:
    """The perceptors that the settings of `spec` name."""
    named = set()
    for name, field in type(spec).model_fields.items():
        marks = refs_in([field.annotation, *field.metadata])
        if any(mark.section == "perceptors" for mark in marks) and isinstance(value := getattr(spec, name), str):
            named.add(value)
    return sorted(named)


def _silent(line: str) -> None:
    """What a component has to say is no matter of its contract."""


def _and(moved: Callable[[], list[str]]) -> str:
    return " and ".join(moved())
