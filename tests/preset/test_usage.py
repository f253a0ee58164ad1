"""Whether everything in a preset is used, and everything has what it needs: each complaint, and when there is none."""

from pathlib import Path

import pytest
import strangers

from artgen.api import Need
from artgen.errors import Mark, PresetError
from artgen.preset import loading
from artgen.preset.model import Settings
from artgen.preset.nodes import from_data
from artgen.preset.usage import problems
from artgen.registry.plugins import discover

FLAT, DARK, MATCH = strangers.Flat(), strangers.Dark(), strangers.Match()
EYES = {"perceptors": {"toy": strangers.Toy()}, "views": (strangers.Corners(),)}
WRONG = object()
"""A section that is there, and is wrong."""


def offered(kind, name, **settings):
    """A component of any plugin."""
    return discover().find(kind, name).spec(**settings)


def complaints(generator=FLAT, losses=(DARK,), perceptors=None, views=(), settings=None):
    """What is said of a preset of these components, as ``path: message``."""
    sections = {"generator": generator, "losses": losses, "perceptors": perceptors or {}, "views": views}
    parts = {name: None if section is WRONG else section for name, section in sections.items()}
    tree = from_data({name: written(section) for name, section in sections.items()}, Mark("mine"), Path())
    valid = [(spec, tree.value["losses"], f"losses[{i}]") for i, spec in enumerate(parts["losses"] or ())]
    checked = Settings(**(settings or {})) if settings is not WRONG else None
    found = problems(discover(), tree, checked, parts, valid)
    assert all(problem.mark == Mark("mine") for problem in found)
    return [f"{problem.path}: {problem.message}" for problem in found]


def written(section):
    """What a file would hold, as far as `problems` looks at it."""
    if section is WRONG:
        return [3]
    if isinstance(section, dict):
        return {name: spec.type for name, spec in section.items()}
    return [spec.type for spec in section] if isinstance(section, tuple) else {"type": section.type}


def test_what_is_used_and_has_what_it_needs_is_not_complained_of():
    assert complaints() == []
    assert complaints(losses=(DARK, MATCH), **EYES, settings={"prompts": "a cat"}) == []
    assert complaints(generator=offered("generator", "pixel"), settings={"start": "red", "auto_stop": True}) == []


def test_a_picture_needs_a_judge():
    (said,) = complaints(losses=())
    assert said.startswith("losses: nothing judges the picture; add a loss of ")
    assert ", dark," in said and ", match," in said


def test_prompts_need_a_loss_that_reads_them():
    (told,) = complaints(settings={"prompts": "a cat"})
    assert told == "prompts: no loss reads the prompts; add one of clip, distill, match"


def test_perceptors_and_views_need_a_loss_that_looks():
    looking = "aesthetic, agreement, clip, match"
    assert complaints(**EYES) == [
        f"{section}: no loss looks through the {section}; add one of {looking}" for section in ("perceptors", "views")
    ]


def test_a_perceptor_without_views_may_be_a_single_loss_s():
    style = offered("loss", "style", image=__file__, network="perceptor")
    assert style.needs() == {Need.PERCEPTORS}
    assert complaints(losses=(style,), perceptors=EYES["perceptors"]) == []
    assert complaints(losses=(style,)) == ["losses[0]: it looks through a perceptor; add 'perceptors'"]


@pytest.mark.parametrize("missing", ["perceptors", "views"])
def test_a_loss_that_looks_needs_perceptors_and_views(missing):
    rest = {name: section for name, section in EYES.items() if name != missing}
    said = complaints(losses=(DARK, MATCH), **rest, settings={"prompts": "a cat"})
    assert said == [f"losses[1]: it looks at views through perceptors; add '{missing}'"]


def test_a_loss_that_reads_prompts_needs_some():
    assert complaints(losses=(MATCH,), **EYES) == ["losses[0]: it has nothing to look for; add 'prompts'"]
    own = offered("loss", "clip", prompts="a cat")
    assert complaints(losses=(own,), **EYES) == []


def test_a_loss_that_compares_with_the_start_needs_one():
    still = ("stay", "stay_content")
    for name in still:
        loss, pixel = offered("loss", name), offered("generator", "pixel")
        rest = EYES if Need.PERCEPTORS in loss.needs() else {}
        said = complaints(generator=pixel, losses=(loss,), **rest)
        assert "losses[0]: it compares with the start; add 'start' to the preset" in said
        assert not any("start" in line for line in complaints(pixel, (loss,), **rest, settings={"start": "red"}))


@pytest.mark.parametrize(
    ("generator", "settings", "said"),
    [
        (FLAT, {"start": "red"}, "start: nothing reads it: the generator 'flat' begins in its own way"),
        (FLAT, {"overlay": {"image": __file__}}, "overlay: the generator 'flat' cannot take a picture over; "),
        ("diffusion", {"auto_stop": True}, "auto_stop: the generator 'diffusion' needs all of its steps; "),
    ],
)
def test_what_a_generator_cannot_do_is_left_out(generator, settings, said):
    spec = offered("generator", generator) if isinstance(generator, str) else generator
    rest = {"perceptors": EYES["perceptors"]} if Need.PERCEPTORS in spec.needs() else {}
    (only,) = complaints(generator=spec, **rest, settings=settings)
    assert only.startswith(said)


def test_nothing_is_guessed_from_what_is_wrong():
    everything = {"prompts": "a cat", "start": "red", "auto_stop": True}
    assert complaints(losses=WRONG, **EYES, settings=everything) == []
    assert complaints(generator=WRONG, settings=everything) == []
    assert complaints(losses=(MATCH,), **EYES, settings=WRONG) == []


def test_a_complaint_stands_at_its_section(tmp_path):
    lines = "generator: {type: flat}\nlosses:\n  - type: match\nprompts: a cat\nperceptors: {toy: {type: toy}}\n"
    (tmp_path / "mine.yaml").write_text(lines + "start: red\n")
    with pytest.raises(PresetError) as caught:
        loading.load(tmp_path / "mine.yaml")
    assert [line.partition("mine.yaml:")[2] for line in str(caught.value).splitlines()] == [
        "3:5: losses[0]: it looks at views through perceptors; add 'views'",
        "6:1: start: nothing reads it: the generator 'flat' begins in its own way",
    ]
