"""Whether the judges of a preset have what they need, and whether anything asks for judges that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from artgen import api
from artgen.api import Need
from artgen.errors import Problem
from artgen.preset.model import Settings
from artgen.preset.nodes import Node

SECTION = "judges"


def has_eyes(judges: Mapping[str, Any] | None) -> bool:
    """Whether a perceptor is among the judges, which then are all that the losses among them look through."""
    return any(isinstance(spec, api.PerceptorSpec) for spec in (judges or {}).values())


def follow_prompts(judges: Mapping[str, Any] | None) -> bool:
    """Whether any of the judges reads the preset's prompts."""
    return any(
        isinstance(spec, api.PerceptorSpec) or (Need.PROMPTS in spec.needs() and not getattr(spec, "prompts", None))
        for spec in (judges or {}).values()
    )


def problems(tree: Node, settings: Settings | None, sections: Mapping[str, Any]) -> Iterator[Problem]:
    """`sections`: the specs of each, None where absent or wrong; `settings`: None where they are wrong."""
    judges, eyes = sections[SECTION] or {}, has_eyes(sections[SECTION]) or sections["perceptors"]
    for name, spec in judges.items():
        node, path = tree.value[SECTION].value[name], f"{SECTION}.{name}"
        if isinstance(spec, api.PerceptorSpec) and settings and not settings.prompts:
            yield Problem(node.mark, path, "it compares the picture with prompts, and there are none; add 'prompts'")
        if isinstance(spec, api.LossSpec) and spec.needs() & {Need.PERCEPTORS, Need.VIEWS} and not eyes:
            yield Problem(node.mark, path, f"it looks through a perceptor; add one to '{SECTION}', or 'perceptors'")
    wrong = SECTION in tree.value and sections[SECTION] is None
    if settings is None or judges or wrong:
        return
    if settings.best == SECTION:
        yield Problem(tree.value["best"].mark, "best", f"there are none; add '{SECTION}', or leave it out")
    if settings.auto_stop and "diverging" in settings.auto_stop.when:
        said = f"nobody could tell that the run diverges; add '{SECTION}'"
        yield Problem(tree.value["auto_stop"].mark, "auto_stop", said)


def remarks(tree: Node, sections: Mapping[str, Any]) -> Iterator[Problem]:
    """Of a preset without mistakes: each judge that guides the picture as well."""
    guides = {name: _model(spec) for name, spec in (sections["perceptors"] or {}).items()}
    for name, spec in (sections[SECTION] or {}).items():
        same = next((guide for guide, model in guides.items() if model == _model(spec)), None)
        if same:
            said = f"is the same model as the perceptor '{same}', which so marks its own work; choose another"
            yield Problem(tree.value[SECTION].value[name].mark, f"{SECTION}.{name}", said)


def _model(spec: api.Spec) -> dict[str, Any]:
    """What tells two models apart."""
    return spec.model_dump(mode="json", exclude={"id", "weight"})
