"""Which choice is drawn."""

import re

import torch
import yaml
from pydantic import TypeAdapter

import artgen as package
from artgen.preset import loading
from artgen.prompts import Prompts
from artgen.prompts.choices import resolve_choices

READER = TypeAdapter(Prompts)


def read(data):
    return READER.validate_python(data)


def write(path, data, prompts):
    """A preset of `data` whose prompts are the YAML text `prompts`."""
    path.write_text(yaml.safe_dump({key: value for key, value in data.items() if key != "prompts"}) + prompts)


def test_a_choice_hangs_on_seed_and_text_alone():
    wild = "a {red|green|blue|white|black} bird"
    alone = [resolve_choices(read(wild)[0], seed).text for seed in range(20)]
    beside = [resolve_choices(read(["x {1|2}", wild])[1], seed).text for seed in range(20)]
    assert alone == beside
    assert len(set(alone)) > 2


def test_each_option_comes_as_often_as_the_others():
    (prompt,) = read("{a|b|c|d}")
    counts = [[resolve_choices(prompt, seed).text for seed in range(800)].count(letter) for letter in "abcd"]
    assert sum((count - 200) ** 2 / 200 for count in counts) < 16.3  # chi-squared, 3 degrees of freedom, p = 0.001


def test_the_recipe_holds_what_was_drawn(flat, tmp_path):
    (tmp_path / "animals.txt").write_text("heron\nfox\n", encoding="utf-8")
    write(tmp_path / "wild.yaml", flat, "prompts: 'a {red|blue} {@animals.txt} \\{1\\}'\n")
    loaded = loading.load(tmp_path / "wild.yaml")
    result = package.run(loaded)
    (tmp_path / "animals.txt").unlink()
    (made,) = result.recipe["preset"]["prompts"]
    assert re.fullmatch(r"a (red|blue) (heron|fox) \\\{1\\\}", made["text"])
    again = package.run(result.recipe["preset"])
    assert torch.equal(again.images, result.images)
    assert again.recipe["preset"]["prompts"] == [made]


def test_choices_in_a_losses_own_prompts_are_drawn_too():
    preset = loading.parse(
        {
            "generator": {"type": "flat"},
            "perceptors": {"toy": {"type": "toy"}},
            "views": [{"type": "corners"}],
            "losses": [{"type": "clip", "prompts": [{"direction": {"from": "a {x|y}", "to": "b"}}, "{c|d}"]}],
        }
    )
    (loss,) = resolve_choices(preset, 3).losses
    assert loss.prompts[0].direction.source in ("a x", "a y")
    assert loss.prompts[1].text in "cd"
    assert resolve_choices(resolve_choices(preset, 3), 4) == resolve_choices(preset, 3)


def test_the_draws_of_old_seeds_stay():
    """As artgen 0.1 drew them: presets name the seeds that their makers liked."""
    drawn = [resolve_choices(read("a {red|dark {green|blue}} bird")[0], seed).text for seed in (0, 1, 10)]
    assert drawn == ["a red bird", "a dark blue bird", "a dark green bird"]
    drawn = [resolve_choices(read("{2$$sun|moon|stars} at sea")[0], seed).text for seed in range(4)]
    assert drawn == ["stars, sun at sea", "sun, stars at sea", "sun, stars at sea", "stars, moon at sea"]
