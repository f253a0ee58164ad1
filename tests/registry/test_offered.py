"""What a plugin offers is checked when it is imported: a class that would break things later costs itself a line."""

from importlib.metadata import EntryPoint

import pytest

from artgen.registry.plugins import Registry

HEAD = """
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal
from artgen.api import FilterSpec, LossSpec, Point, Schedule, Within, hookimpl


class Good(LossSpec):
    '''As it should be.'''

    type: Literal["gut.größe-2"] = "gut.größe-2"
    weight: Annotated[Schedule, Within(ge=0)] = Schedule.constant(2)
"""
HOOK = """

@hookimpl
def artgen_losses():
    return [Good, Bad]
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads a plugin of this text; gives the names it offers and the reasons of its failures."""

    def loaded(text, *more):
        monkeypatch.syspath_prepend(str(tmp_path))
        registry = Registry()
        for number, written in enumerate((text, *more)):
            name = f"offering_{tmp_path.name}_{number}"
            (tmp_path / f"{name}.py").write_text(HEAD + written)
            registry.load(EntryPoint("mine", name, "artgen"))
        return [component.name for component in registry.components], [one.reason for one in registry.failures]

    return loaded


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("type: Literal[3] = 3", "Bad has the type 3; it may have letters"),
        ("type: Literal['a b'] = 'a b'", "Bad has the type 'a b'; it may have letters"),
        ("type: Literal['a:b'] = 'a:b'", "Bad has the type 'a:b'; it may have letters"),
        ("type: Literal[''] = ''", "Bad has the type ''; it may have letters"),
        ("type: str = 'bad'", "Bad needs `type: Literal"),
        ("type: Literal['bad'] = 'bad'; weight: float = 1", "Bad makes 'weight' another type of setting; it must"),
        ("type: Literal['bad'] = 'bad'; id: int = 1", "Bad makes 'id' another type of setting"),
        (
            "type: Literal['bad'] = 'bad'; hook: Callable | None = None",
            "Bad has a setting that no JSON Schema can desc",
        ),
        (
            "type: Literal['bad'] = 'bad'; x: Annotated[float, Point(y='why')] = 0",
            "Bad: the widget of 'x': its y is 'why', which is no setting",
        ),
        ("type: Literal['bad'] = 'bad'; api = 99", "Bad needs plugin API 99, this artgen has 1; update artgen"),
    ],
)
def test_what_would_break_later_is_refused_alone(load, body, says):
    body = body.replace("; ", "\n    ").replace("api =", "api: ClassVar =")
    offered, (reason,) = load(f"\n\nclass Bad(LossSpec):\n    {body}\n{HOOK}")
    assert offered == ["gut.größe-2"]
    assert says in reason
    assert "\n" not in reason and "http" not in reason


def test_a_name_that_two_classes_have_is_neithers(load):
    twin = "\n\nclass Bad(LossSpec):\n    type: Literal['gut.größe-2'] = 'gut.größe-2'\n"
    offered, (reason,) = load(twin + HOOK)
    assert offered == []
    assert "Good and " in reason and ".Bad are each a loss called 'gut.größe-2'" in reason


def test_neither_is_it_of_two_modules_of_one_distribution(load):
    offer = HOOK.replace(", Bad", "")
    offered, (reason,) = load(offer, offer)
    assert offered == []
    assert reason.count("Good") == 2


def test_one_name_may_be_of_two_kinds(load):
    text = "\n\nclass Bad(FilterSpec):\n    type: Literal['gut.größe-2'] = 'gut.größe-2'\n"
    hooks = HOOK.replace(", Bad", "") + "\n\n@hookimpl\ndef artgen_filters():\n    return [Bad]\n"
    assert load(text + hooks) == (["gut.größe-2"] * 2, [])


def test_an_argument_that_a_hook_does_not_give_is_named(load):
    offered, (reason,) = load("\n\n@hookimpl\ndef artgen_losses(colour):\n    return [Good]\n")
    assert offered == []
    assert "hook 'artgen_losses': Argument(s) {'colour'} are declared in the hookimpl" in reason


def test_a_hook_without_its_decorator_is_told(load):
    offered, (reason,) = load("\n\ndef artgen_losses():\n    return [Good]\n")
    assert offered == []
    assert reason == "PluginValidationError: artgen_losses is no hook; put @artgen.api.hookimpl before it"
