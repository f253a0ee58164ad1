"""What a preset says that is right and yet may not be what was meant: one line each, and the run goes on.

Colons that were read as weights, or were not; brackets that mean something in another program; everything that pulls at
weight 0; points of a schedule that the run never comes to; ways to see a picture that nothing sees it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel

from artgen import api
from artgen.api import GeneratorSpec, Need, PerceptorSpec
from artgen.errors import Problem
from artgen.fields.introspection import models_in
from artgen.fields.moments import At
from artgen.fields.schedules import Schedule
from artgen.preset import film_checking, judge_checking
from artgen.preset.model import Preset, Settings
from artgen.preset.nodes import Node
from artgen.prompts import Prompt, parsing
from artgen.prompts.wildcards import Wildcards
from artgen.registry.fence import SettingsError, asked
from artgen.registry.plugins import discover

Valid = Sequence[tuple[api.Spec, Node, str]]


def remarks(
    tree: Node, settings: Settings | None, sections: Mapping[str, Any], valid: Valid, steps: int
) -> Iterator[Problem]:
    """Of a preset without mistakes; `sections` are its specs, and `steps` how many it takes."""
    said = [(settings, tree, "")] if settings else []
    for model, node, path in [*said, *valid]:
        yield from _of_prompts(model, node, path)
        if sections["generator"] is None or Need.ALL_STEPS not in sections["generator"].needs():
            yield from (_at(node, path, *late) for late in beyond(model, steps))
    yield from film_checking.remarks(tree, settings, valid)
    yield from judge_checking.remarks(tree, sections)
    yield from _still(tree, sections)
    followed = judge_checking.follow_prompts(sections["judges"]) or any(map(_follows, sections["losses"] or ()))
    if "prompts" in tree.value and not followed:
        yield from _unseen(tree.value["prompts"], "prompts")


def _at(node: Node, path: str, place: tuple[str | int, ...], message: str) -> Problem:
    mark = node.mark
    for _, child in node.descend(place):
        mark = child.mark
    return Problem(mark, f"{path}.{_named(place)}".removeprefix("."), message)


def _named(place: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _of_prompts(model: BaseModel, node: Node, path: str) -> Iterator[Problem]:
    """How the texts of its prompts were read, and whether any of its prompts pulls."""
    for name, field in type(model).model_fields.items():
        if not any(issubclass(found, Prompt) for found in models_in(field)):
            continue
        given, prompts = node.value.get(name), getattr(model, name)
        place = f"{path}.{name}".removeprefix(".")
        if given is None or not prompts:
            continue
        yield from _of_texts(given, place)
        if not any(any(prompt.weight.values) for prompt in prompts):
            whose = f"the weight of '{prompts[0].title}' is 0" if len(prompts) == 1 else "all weights are 0"
            yield Problem(given.mark, place, f"{whose}, so that nothing pulls at the picture; give one more")


def _of_texts(node: Node, path: str) -> Iterator[Problem]:
    if isinstance(node.value, str):
        yield from (Problem(node.mark, path, line) for line in parsing.remarks(node.value))
    elif node.is_list:
        for place, child in enumerate(node.value):
            yield from _of_texts(child, f"{path}[{place}]")
    elif node.is_mapping and "scenes" in node.value:
        scenes = node.value["scenes"]
        pairs: Iterable[tuple[object, Node]] = scenes.value.items() if scenes.is_mapping else enumerate(scenes.value)
        for moment, child in pairs:
            yield from _of_texts(child, f"{path}.scenes[{moment}]")
    elif node.is_mapping:
        for inside, text in _single_texts(node):
            lines = parsing.text_remarks(text.value) if isinstance(text.value, str) else ()
            yield from (Problem(text.mark, f"{path}.{inside}", line) for line in lines)


def _single_texts(node: Node) -> Iterator[tuple[str, Node]]:
    """The texts of one prompt, which are read as they stand, and where they are."""
    if "text" in node.value:
        yield "text", node.value["text"]
    travel = node.value.get("travel")
    texts = travel.child("texts") if travel and travel.is_mapping else None
    if texts and texts.is_list:
        yield from ((f"travel.texts[{place}]", child) for place, child in enumerate(texts.value))


def _follows(loss: api.LossSpec) -> bool:
    """Whether a loss reads the preset's prompts."""
    return Need.PROMPTS in loss.needs() and not getattr(loss, "prompts", None) and any(loss.weight.values)


def _unseen(node: Node, path: str) -> Iterator[Problem]:
    """Each `seen` of prompts that only a generator is told, which reads words alone."""
    if node.is_mapping and "seen" in node.value:
        nothing = "no loss reads the prompts, so that nothing sees the picture so"
        yield Problem(node.value["seen"].mark, f"{path}.seen", f"{nothing}; add one that does, such as clip")
    elif node.is_mapping:
        for key, child in node.value.items():
            yield from _unseen(child, f"{path}.{key}")
    elif node.is_list:
        for place, child in enumerate(node.value):
            yield from _unseen(child, f"{path}[{place}]")


def _still(tree: Node, sections: Mapping[str, Any]) -> Iterator[Problem]:
    """What is switched off as a whole, so that the picture stays as it begins."""
    for name, consequence in (("losses", "nothing judges the picture"), ("perceptors", "nobody looks at the picture")):
        specs = sections[name] or ()
        specs = list(specs.values()) if isinstance(specs, Mapping) else specs
        if specs and not any(any(spec.weight.values) for spec in specs):
            yield Problem(tree.value[name].mark, name, f"all weights are 0, so that {consequence}; give one more")
    rate = getattr(sections["generator"], "learning_rate", None)
    if isinstance(rate, Schedule) and not any(rate.values):
        node = tree.value["generator"]
        yield _at(node, "generator", ("learning_rate",), "is 0, so that the picture stays as it begins; give more")


def beyond(model: BaseModel, steps: int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where a model's schedules and moments lie beyond a run of `steps` steps, and the line to tell."""
    for name, value in model:
        yield from _beyond(value, (name,), steps)


def _beyond(value: Any, place: tuple[str | int, ...], steps: int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    moments: list[At] = [value] if isinstance(value, At) else []
    if isinstance(value, Schedule):
        moments = [at for at, _ in value.points]
    late = [str(at) for at in moments if not (at.percent or at.unit) and at.number > steps]
    if late:
        points = f"the points at {', '.join(late)} lie" if len(late) > 1 else f"{late[0]} lies"
        yield place, f"{points} beyond the run of {steps} steps; shares such as 100% move with it"
    if isinstance(value, BaseModel):
        inner: Iterable[tuple[Any, Any]] = value
    elif isinstance(value, tuple):
        inner = enumerate(value)
    else:
        return
    for part, child in inner:
        yield from _beyond(child, (*place, part), steps)


def unread(preset: Preset) -> Iterator[str]:
    """A line for each text that a perceptor will not read to its end, as far as that is known before a run."""
    own = [prompt for loss in preset.losses for prompt in getattr(loss, "prompts", None) or ()]
    words = [text for prompt in (*preset.prompts, *own) for text in prompt.wordings]
    texts = [text for text in words if text and not isinstance(text, Wildcards)]  # those are drawn by the run
    judges = {f"judges.{name}": spec for name, spec in preset.judges.items() if isinstance(spec, PerceptorSpec)}
    for place, spec in {**{f"perceptors.{name}": spec for name, spec in preset.perceptors.items()}, **judges}.items():
        try:
            with asked(partial(discover().title_of, spec)):
                lines = [str(line) for line in spec.unread(list(dict.fromkeys(texts)))]
        except SettingsError as error:  # what only advises hinders nobody
            lines = [str(error)]
        yield from (f"{place}: {line}" for line in lines)


def untold(preset: Preset, generator: GeneratorSpec) -> Iterator[str]:
    """A line for each text that a generator is not told, because it is not about the picture as it is."""
    for prompt in preset.prompts if Need.PROMPTS in generator.needs() else ():
        if prompt.seen and prompt.wording and any(prompt.weight.values):
            yield f"is not told '{prompt.title}', which is seen {prompt.reading}; that is left to the losses"


def late_points(preset: BaseModel, steps: int) -> Iterator[str]:
    """What lies beyond the steps that a generator really takes, which only building it tells; a line each."""
    for place, message in beyond(preset, steps):
        yield f"{_named(place)}: {message}"
