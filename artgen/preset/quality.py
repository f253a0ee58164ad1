"""A preset at another quality."""

from __future__ import annotations

from functools import partial

from artgen.api import AugmentationSpec
from artgen.errors import Problem, hint
from artgen.preset.model import Preset
from artgen.preset.nodes import Node
from artgen.preset.settings.quality import QUALITIES
from artgen.registry.fence import asked
from artgen.registry.plugins import discover


def taken_out(tree: Node, problems: list[Problem]) -> str:
    """The name of the quality, taken out of the tree, where it becomes plain settings; `problems` get what is wrong."""
    tree.keys.pop("quality", None)
    node = tree.value.pop("quality", None)
    if node is None or node.value is None:
        return "normal"
    if not (isinstance(node.value, str) and node.value in QUALITIES):
        given = node.value if isinstance(node.value, str) else node.data()
        text = f"there is no '{given}'{hint(str(given), QUALITIES)}"
        problems.append(Problem(node.mark, "quality", text))
        return "normal"
    return str(node.value)


def with_quality(preset: Preset, name: str) -> Preset:
    """`preset` with the steps and views of that quality; moments given in steps stay where they are."""
    quality = QUALITIES[name]
    return preset.model_copy(
        update={
            "steps": max(1, round(preset.steps * quality.steps)),
            "views": tuple(_scaled(view, quality.views) for view in preset.views),
        }
    )


def _scaled(view: AugmentationSpec, share: float) -> AugmentationSpec:
    with asked(partial(discover().title_of, view)):
        scaled = view.scaled(share)
        if not isinstance(scaled, AugmentationSpec):
            raise TypeError(f"scaled() returned {type(scaled).__name__}")
    return scaled
