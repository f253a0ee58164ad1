"""The parts of a run, and what they were loaded from."""

import hashlib
from typing import Any, Literal

import pytest
import strangers
import torch

import artgen as package
from artgen.api import LossSpec, Need
from artgen.engine import run as engine
from artgen.engine.assembly import build_parts
from artgen.engine.building import build_component
from artgen.errors import InputError, RunError
from artgen.preset import loading
from artgen.testing import make_env
from tests.helpers.paths import DOCS

WITHOUT_EYES = {"perceptors": {}, "views": [], "losses": [{"type": "dark"}]}


def test_what_generators_and_losses_were_loaded_from_is_in_the_recipe(flat):
    result = engine.run(loading.parse({**flat, "steps": 1}))
    assert result.recipe["weights"] == {"flat/start": "1" * 64, "match/targets": "2" * 64}


def test_a_generator_may_be_the_one_that_reads_the_prompts(flat, monkeypatch):
    data = {**flat, "losses": [{"type": "dark"}], "perceptors": {}, "views": []}
    with pytest.raises(InputError, match="no loss reads the prompts"):
        loading.parse(data)
    monkeypatch.setattr(strangers.Flat, "needs", lambda self: {Need.PROMPTS})
    assert loading.parse(data).prompts


def parts(data, notes=None):
    return build_parts(loading.parse(data), ([] if notes is None else notes).append)


def environments(built):
    """What the parts that keep it were told, by their place in the preset."""
    found = {"generator": built.generator.env}
    return found | {f"views[{i}]": view.env for i, (_, view) in enumerate(built.guidance.augmentations)}


def test_every_part_is_built_and_named(flat):
    losses = [{"type": "dark"}, {"type": "match"}, {"type": "dark"}, {"type": "dark", "id": "night"}]
    more = {"losses": losses, "filters": [{"type": "grey"}] * 2, "reporters": [{"type": "clumsy", "id": "mine"}]}
    built = parts({**flat, **more})
    guidance = built.guidance
    assert [loss.title for loss in guidance.losses] == [
        f"loss '{name}' (artgen-strangers 1.0)" for name in ("dark", "match", "dark#2", "night")
    ]
    assert [title for title, _ in built.filters] == [
        f"filter '{name}' (artgen-strangers 1.0)" for name in ("grey", "grey#2")
    ]
    assert [title for title, _ in built.reporters] == ["reporter 'mine' (artgen-strangers 1.0)"]
    assert [title for title, _ in guidance.augmentations] == ["view 'corners' (artgen-strangers 1.0)"]
    assert [seen.title for seen in guidance.perceptors.values()] == ["perceptor 'toy' (artgen-strangers 1.0)"]
    assert built.generator_title == "generator 'flat' (artgen-strangers 1.0)"


def test_a_part_s_random_numbers_are_keyed_by_its_section_and_name(flat):
    views = [{"type": "corners"}, {"type": "corners"}, {"type": "corners", "id": "wide"}]
    built = parts({**flat, "views": views, "generator": {"type": "flat", "id": "sky"}})
    streams = {place: env.random.component for place, env in environments(built).items()}
    assert streams == {
        "generator": "generator.sky",
        "views[0]": "views.corners",
        "views[1]": "views.corners#2",
        "views[2]": "views.wide",
    }
    assert {env.random.seeds for env in environments(built).values()} == {(5, 6)}


def test_a_part_is_told_what_the_preset_says(flat):
    told = []
    built = parts({**flat, "chunk": 4}, told)
    (env,) = {id(env): env for env in environments(built).values() if env is not built.generator.env}.values()
    assert (env.size, env.batch, env.steps, env.start) == ((10, 12), 2, 6, None)
    assert [prompt.text for prompt in env.prompts] == ["a cat", "a dog"]
    assert env.perceptors == {"toy": built.guidance.perceptors["toy"].perceptor}
    assert built.guidance.chunk == 4
    env.note("heard")
    assert told == ["heard"]


def test_a_start_is_read_once_for_all(flat):
    built = parts({**flat, "generator": {"type": "pixel"}, "start": "#204080"})
    (_, view), *_ = built.guidance.augmentations
    assert view.env.start.shape == (2, 3, 10, 12)
    assert view.env.start[0, :, 0, 0].mul(255).round().tolist() == [0x20, 0x40, 0x80]


def test_a_generator_says_how_many_steps_there_are(flat):
    """One that ends sooner than the preset asks; what follows it is told its number."""
    built = parts({**flat, "generator": {"type": "diffusion"}, "steps": 100, "prompts": [], **WITHOUT_EYES})
    assert built.generator.steps == built.guidance.steps


def test_what_takes_part_is_gathered(flat, tmp_path):
    (tmp_path / "look.png").write_bytes((DOCS / "examples" / "star.png").read_bytes())
    data = {**flat, "generator": {"type": "flat", "picture": str(tmp_path / "look.png")}}
    built = parts({**data, "losses": [*flat["losses"], {"type": "symmetry"}]})
    assert built.weights == {"flat/start": "1" * 64, "match/targets": "2" * 64}
    assert built.plugins == {"artgen": package.__version__, "artgen-strangers": "1.0"}
    digest = hashlib.sha256((tmp_path / "look.png").read_bytes()).hexdigest()
    assert built.inputs == {str(tmp_path / "look.png"): digest}


def test_a_seed_is_drawn_and_choices_are_made_by_it(flat):
    built = [parts({**flat, "seed": None, "prompts": "a {red|blue|green|white} cat"}).preset for _ in range(2)]
    assert built[0].seed != built[1].seed
    for preset in built:
        (prompt,) = preset.prompts
        again = parts({**flat, "seed": preset.seed, "prompts": "a {red|blue|green|white} cat"}).preset
        assert type(prompt.text) is str and again.prompts == preset.prompts


class Failing(LossSpec):
    """A loss that cannot be built."""

    type: Literal["failing"] = "failing"
    error: Any

    def build(self, env):
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (InputError("say more"), InputError, "say more"),
        (RunError("it broke"), RunError, "it broke"),
        (ValueError("at two"), RunError, "could not be built: ValueError: at two (tests/engine/test_assembly.py:127)"),
        (torch.OutOfMemoryError("x"), RunError, "not enough memory to build it; use a smaller size or model"),
    ],
)
def test_what_cannot_be_built_is_told_with_its_name(error, kind, message):
    with pytest.raises(kind) as caught:
        build_component(Failing(error=error), "loss 'mine' (test 1.0)", make_env())
    assert isinstance(caught.value, kind)
    assert str(caught.value) == f"loss 'mine' (test 1.0): {message}"


def test_torch_is_told_to_be_deterministic_only_while_parts_are_built(flat):
    built = parts({**flat, "deterministic": True})
    assert built.preset.deterministic and not torch.are_deterministic_algorithms_enabled()
