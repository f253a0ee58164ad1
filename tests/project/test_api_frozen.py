"""What plugins are written against is frozen: it grows, and goes only by way of a deprecation."""

import pytest

from tests.helpers import public_api
from tests.helpers.public_api import compare, describe


def test_the_public_api_is_the_frozen_one():
    change = compare(public_api.FROZEN.read_text().splitlines(), describe(), public_api.is_deprecated)
    assert not change.advice(), "\n" + change.advice()


def test_the_list_names_signatures_fields_and_hooks():
    lines = describe()
    for line in (
        "artgen.api.Generator.draw: def (self, step: int) -> Tensor",
        "artgen.api.Env.start: field Tensor | None = ...",
        "artgen.api.Env.size: field tuple[int, int]",
        "artgen.api.LossSpec.weight: field Schedule = ...",
        "artgen.api.Look.image: property def (self) -> Tensor",
        "artgen.hookspecs.artgen_losses: def () -> list[type[api.LossSpec]]",
    ):
        assert line in lines


FROZEN = [
    "artgen.api.Loss: class",
    "artgen.api.Loss.__call__: def (self, look: Look) -> Tensor",
    "artgen.api.Env: class",
    "artgen.api.Env.steps: field int",
    "artgen.api.hint: def (wrong: str, right: Iterable[str]) -> str",
    "artgen.hookspecs.artgen_losses: def () -> list",
]


def without(part):
    return [line for line in FROZEN if part not in line]


def changed(old, new):
    return [line.replace(old, new) for line in FROZEN]


@pytest.mark.parametrize(
    "now",
    [
        [*FROZEN, "artgen.api.nearest: def (wrong: str) -> str"],
        [*FROZEN, "artgen.api.Env.start: field Tensor = ..."],
        [*FROZEN, "artgen.api.Env.more: def (self) -> int"],
        [*FROZEN, "artgen.api.New: class", "artgen.api.New.steps: field int"],
        [*FROZEN, "artgen.hookspecs.artgen_brushes: def () -> list"],
        changed("right: Iterable[str]", "right: Iterable[str], many: int = 3, *, how: str = 'x, (y'"),
        changed("artgen_losses: def ()", "artgen_losses: def (registry: object)"),
    ],
)
def test_growth_is_named_and_frozen_by_one_command(now):
    change = compare(FROZEN, now, lambda name: False)
    assert not change.breaking
    assert change.advice().startswith(
        "NEW: name it in CHANGELOG.md and freeze it with `python -m tests.helpers.public_api`:\n"
    )


@pytest.mark.parametrize(
    "now",
    [
        without("hint"),
        without("Env"),
        without("Env.steps"),
        without("artgen_losses"),
        [*FROZEN, "artgen.api.Loss.name: field str"],
        [*FROZEN, "artgen.api.Loss.reset: def (self) -> None"],
        [*FROZEN, "artgen.api.Env.start: field Tensor"],
        changed("steps: field int", "steps: field float"),
        changed("-> str", "-> str | None"),
        changed("right: Iterable[str]", "right: list[str]"),
        changed("right: Iterable[str]", "right: Iterable[str], many: int"),
        changed("wrong: str, right", "many: int, wrong: str, right"),
        changed("right: Iterable[str]", "right: Iterable[str], *, how: str"),
        changed("right: Iterable[str]", "*, right: Iterable[str]"),
        changed("hint: def (wrong: str, right: Iterable[str]) -> str", "hint: class"),
    ],
)
def test_what_breaks_plugins_is_refused(now):
    change = compare(FROZEN, now, lambda name: False)
    assert not change.additions
    assert change.advice().startswith("BREAKING: plugins that work today would fail.")


@pytest.mark.parametrize("gone", ["hint", "artgen.api.Env"])
def test_a_deprecated_name_may_leave_the_list(gone):
    change = compare(FROZEN, without(gone), lambda name: name in ("artgen.api.hint", "artgen.api.Env"))
    assert not change.advice()


def test_a_name_that_warns_is_deprecated_and_no_other(monkeypatch):
    from artgen import api
    from artgen.deprecation import Moved, moved

    old = {"Before": Moved("artgen.api.Formerly", since="0.2", until="0.4")}
    monkeypatch.setattr(api, "__getattr__", moved("artgen.api", old), raising=False)
    assert public_api.is_deprecated("artgen.api.Before")
    assert not public_api.is_deprecated("artgen.api.Formerly")
    assert not public_api.is_deprecated("artgen.api.Nothing")


def test_freezing_refuses_what_breaks_plugins(tmp_path):
    golden = tmp_path / "api.txt"
    assert public_api.freeze(golden, FROZEN, breaking=False) is None
    refused = public_api.freeze(golden, without("hint"), breaking=False)
    assert refused.startswith("BREAKING")
    assert golden.read_text().splitlines() == FROZEN
    assert public_api.freeze(golden, without("hint"), breaking=True) is None
    assert golden.read_text().splitlines() == without("hint")
