"""Prompts that are drawn, take turns, or apply to a part of the picture: what is written, and what it expands to."""

import json
import re

import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import artgen as package
from artgen.errors import PresetError
from artgen.fields.paths import LocatedText
from artgen.preset import loading
from artgen.prompts import Prompt, Prompts, parse_line, wildcards
from artgen.prompts.choices import drawn

READER = TypeAdapter(Prompts)


def read(data):
    return READER.validate_python(data)


def write(path, data, prompts):
    """A preset of `data` whose prompts are the YAML text `prompts`."""
    path.write_text(yaml.safe_dump({key: value for key, value in data.items() if key != "prompts"}) + prompts)


def first(n, count):
    return range(count)


def last(n, count):
    return range(n - count, n)


@pytest.mark.parametrize(
    ("source", "pick", "text"),
    [
        ("a {red|blue} bird", first, "a red bird"),
        ("a {red|blue} bird", last, "a blue bird"),
        ("a {red|dark {green|blue}} bird", last, "a dark blue bird"),
        ("a { red | dark  blue } bird", last, "a dark blue bird"),
        ("{2$$sun|moon|stars} at sea", last, "moon, stars at sea"),
        ("{|very }tall", first, "tall"),
        ("{|very }tall", last, "very tall"),
        (r"{a\|b|c} \{x\}", first, "a|b {x}"),
        (r"{1$$2$$a|b}", first, "2$$a"),
    ],
)
def test_choices_are_drawn(source, pick, text):
    assert wildcards.draw(source, pick) == text


def test_bars_and_colons_inside_braces_belong_to_the_text():
    prompts = parse_line("a {red|blue:dark} bird:2:0.3 | {x|y}")
    assert [prompt.text for prompt in prompts] == ["a {red|blue:dark} bird", "{x|y}"]
    assert (prompts[0].weight.at(0, 1), prompts[0].stop) == (2, 0.3)


def test_an_escaped_brace_is_a_brace():
    (prompt,) = read(r"a \{red\|blue\} \: \| bird")
    assert prompt.text == "a {red|blue} : | bird"
    assert not isinstance(prompt.text, wildcards.Wildcards)
    assert read(READER.dump_python((prompt,), mode="json", exclude_none=True)) == (prompt,)


@given(st.text(alphabet="ab {}|\\:$@12\n", max_size=40))
def test_any_line_gives_prompts_that_read_back_or_a_message(line):
    try:
        prompts = read(line)
    except ValidationError as error:
        assert all(details["msg"] for details in error.errors())
        return
    again = read(json.loads(READER.dump_json(prompts, exclude_none=True)))
    assert again == prompts
    for seed in range(3):
        done = tuple(drawn(prompt, seed) for prompt in prompts)
        assert all(type(prompt.text) is str and prompt.text.strip() for prompt in done)
        assert read(json.loads(READER.dump_json(done, exclude_none=True))) == done


words = st.text(alphabet="ab \\{}|:@$2", min_size=1, max_size=6).filter(lambda t: not t.endswith("\\"))
trees = st.recursive(
    words.map(lambda word: (word,)),
    lambda inner: st.tuples(
        words,
        st.lists(inner, min_size=2, max_size=3).map(lambda options: wildcards.Choice(tuple(options))),
    ),
    max_leaves=5,
)


@given(trees)
def test_what_is_written_is_read_back(parts):
    assert wildcards.parse(wildcards.write(parts)) == parts


def test_the_lines_of_a_file_are_options(tmp_path):
    (tmp_path / "colours.txt").write_text("# warm\nred\n\n dark {red}\n@home\nback\\\n", encoding="utf-8")
    (prompt,) = read(LocatedText("a {gold|@colours.txt} bird", tmp_path))
    drawings = {drawn(prompt, seed).text for seed in range(60)}
    assert drawings == {f"a {colour} bird" for colour in ("gold", "red", "dark {red}", "@home", "back\\")}
    assert read(READER.dump_python((prompt,), mode="json", exclude_none=True)) == (prompt,)


def test_a_choice_hangs_on_seed_and_text_alone():
    wild = "a {red|green|blue|white|black} bird"
    pairs = [(drawn(read(wild)[0], seed).text, drawn(read(["x {1|2}", wild])[1], seed).text) for seed in range(20)]
    assert all(a == b for a, b in pairs)
    assert len({a for a, _ in pairs}) > 2


def test_each_option_comes_as_often_as_the_others():
    (prompt,) = read("{a|b|c|d}")
    counts = [[drawn(prompt, seed).text for seed in range(800)].count(letter) for letter in "abcd"]
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
    (loss,) = drawn(preset, 3).losses
    assert loss.prompts[0].direction.source in ("a x", "a y")
    assert loss.prompts[1].text in "cd"
    assert drawn(drawn(preset, 3), 4) == drawn(preset, 3)


@pytest.mark.parametrize(
    ("scenes", "steps", "expected"),
    [
        # Two scenes that turn into each other from step 50 to 60 of 101.
        ({"scenes": {"0%": "a", "50%": "b"}, "blend": "10%"}, 101, lambda t: 1 - clamp((t - 50) / 10)),
        ({"scenes": {"0": "a", "40": "b"}, "blend": 20}, 101, lambda t: 1 - clamp((t - 40) / 20)),
        ({"scenes": {"0": "a", "40": "b"}, "blend": 0}, 101, lambda t: float(t < 40)),
        ({"scenes": ["a", "b"], "blend": "50%"}, 101, lambda t: 1 - clamp((t - 50) / 50)),
        ({"scenes": {"0": "a", "30": "b"}}, 101, lambda t: 1 - clamp((t - 30) / 10)),
    ],
)
def test_scenes_turn_into_each_other(scenes, steps, expected):
    a, b = read(scenes)
    for t in range(steps):
        assert a.weight.at(t, steps) == pytest.approx(expected(t), abs=1e-4)
        assert b.weight.at(t, steps) == pytest.approx(1 - expected(t), abs=1e-4)


def clamp(x):
    return min(1, max(0, x))


@given(st.integers(2, 7), st.floats(0, 1), st.sampled_from(["%", ""]), st.data())
def test_one_scene_takes_over_where_another_leaves(count, share, unit, data):
    gaps = data.draw(st.lists(st.integers(2, 13), min_size=count, max_size=count))
    moments = [sum(gaps[:i]) for i in range(count)]
    blend = f"{int(share * min(gaps))}{unit}"
    prompts = read(["x:0.5", {"scenes": {f"{at}{unit}": f"s{at}:-2" for at in moments}, "blend": blend}])
    assert read(json.loads(READER.dump_json(prompts, exclude_none=True))) == prompts
    for step in range(0, 140, 3):
        weights = [prompt.weight.at(step, 130) for prompt in prompts]
        assert sum(weights[1:]) == pytest.approx(-2, abs=1e-3) and weights[0] == 0.5
        assert all(-2 <= weight <= 0 for weight in weights[1:])


def test_check_resolved_shows_the_plain_prompts(artgen, tmp_path, flat):
    text = "prompts:\n  - scenes: {0%: a tree, 50%: 'a bare tree | snow:0.5'}\n    blend: 20%\n"
    write(tmp_path / "p.yaml", flat, text)
    shown = artgen("check", "--resolved", "p.yaml", code=0).stdout
    assert "- text: snow\n  weight:\n    50%: 0\n    70%: 0.5\n" in shown
    assert "scenes" not in shown


MISTAKES = """\
generator: {type: flat}
perceptors: {toy: {type: toy}}
views: [{type: corners}]
losses:
  - {type: match}
  - {type: clip, prompts: [{text: own, perceptor: tay}]}
prompts:
  - a cat | a dog
  - {text: x, perceptor: tiy}
  - {text: y, where: {place: lef, sft: 2}}
  - scenes: [a, {text: b, perceptor: nope}, {text: c, wait: 3}]
  - {direction: {from: a, too: b}}
  - a {@colors.txt} bird
  - "{red"
  - a {} bird
  - a {3$$red|blue} bird
  - "{|}"
  - {vector: m.json}
  - {noise: true}
  - {scenes: {0%: a, 40%: b}, blend: 70%}
  - {scenes: {0: a, 20%: b, 40: c}}
  - {scenes: {10%: a, 40%: b}}
  - {scenes: [a]}
  - {scenes: [a, {text: b, weight: {0: 1, 50%: 2}}]}
  - {text: x, noise: 3}
  - {text: x, views: true}
  - {label: cat, templates: true}
  - {text: x, where: {box: [0.5, 0, 0.2, 1]}}
  - {text: x, where: {invert: true}}
  - {text: x, where: mosk.png}
  - {text: x, templates: [a photo]}
"""
LINES = """\
p.yaml:6:51: losses[1].prompts[0].perceptor: there is no 'tay' in perceptors; did you mean 'toy'?
p.yaml:9:26: prompts[1].perceptor: there is no 'tiy' in perceptors; did you mean 'toy'?
p.yaml:10:30: prompts[2].where.place: 'lef' is not one of the choices; did you mean 'left'?
p.yaml:10:35: prompts[2].where: there is no setting 'sft'; did you mean 'soft'?
p.yaml:11:38: prompts[3].scenes[1].perceptor: there is no 'nope' in perceptors; choose from toy
p.yaml:11:55: prompts[3].scenes[2]: there is no setting 'wait'; did you mean 'weight'?
p.yaml:12:17: prompts[4].direction: needs 'to'
p.yaml:12:27: prompts[4].direction: there is no setting 'too'; did you mean 'to'?
p.yaml:13:5: prompts[5]: there is no file 'colors.txt' to choose from; did you mean 'colours.txt'?
p.yaml:14:5: prompts[6]: a '{' without its '}'; write '\\{' for a brace
p.yaml:15:5: prompts[7]: an empty choice '{}'; put options between its braces, such as {red|blue}
p.yaml:16:5: prompts[8]: 3$$ asks for 3 of 2 options
p.yaml:17:5: prompts[9]: the choices can leave no text at all; put a word beside them
p.yaml:18:14: prompts[10].vector: 'm.json' is not one of the choices; choose from textoff; there is no file 'm.json'
p.yaml:19:13: prompts[11].noise: expected a whole number, got true
p.yaml:20:5: prompts[12]: the scene at 40% is shorter than 'blend'; shorten that
p.yaml:21:5: prompts[13]: the moments of scenes and 'blend' are all steps, or all shares of the run
p.yaml:22:5: prompts[14]: scenes go from early to late, the first from 0
p.yaml:23:14: prompts[15].scenes: expected 2 values, got 1
p.yaml:24:5: prompts[16]: the weight of 'b' is its scene's affair; give one number
p.yaml:25:5: prompts[17]: a prompt has exactly one of text, label, image, vector, noise, direction
p.yaml:26:5: prompts[18]: 'views' belongs to 'image'
p.yaml:27:5: prompts[19]: 'templates' belongs to 'text'
p.yaml:28:22: prompts[20].where: a box is [left, top, right, bottom], with left < right and top < bottom
p.yaml:29:22: prompts[21].where: a part of the picture is one of 'place', 'box' and 'mask'
p.yaml:30:22: prompts[22].where: there is no file 'mosk.png'; did you mean 'mask.png'?
p.yaml:31:26: prompts[23].templates: a template has a {} where the prompt goes
"""


def test_every_mistake_has_its_line(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(MISTAKES)
    (tmp_path / "colours.txt").touch()
    (tmp_path / "mask.png").touch()
    assert artgen("check", "p.yaml", code=2).stderr == LINES


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# only a remark\n\n", "'list.txt' holds no line to choose from"),
        (b"\xff\xfe\xff", "'list.txt' cannot be read as text"),
        (b"x" * (1 << 19), "'list.txt' is larger than 256 KiB"),
    ],
)
def test_a_strange_list_is_refused(content, message, tmp_path):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(ValidationError, match=re.escape(message)):
        read(LocatedText("a {@list.txt}", tmp_path))


def test_lists_that_are_large_together_are_refused(tmp_path):
    (tmp_path / "list.txt").write_bytes(b"x" * 200_000)
    with pytest.raises(ValidationError, match="longer than 262144 characters with its files"):
        read(LocatedText("a {@list.txt} {@list.txt}", tmp_path))


def test_choices_nested_without_end_are_refused():
    with pytest.raises(ValidationError, match="more than 16 deep"):
        read("{a|" * 5000 + "}" * 5000)


def test_a_prompt_alone_needs_no_list(flat):
    assert loading.parse({**flat, "prompts": {"text": "a", "weight": 2}}).prompts == (Prompt(text="a", weight=2),)
    with pytest.raises(PresetError, match=r"^preset: prompts: there is no setting 'wait'; did you mean 'weight'\?$"):
        loading.parse({**flat, "prompts": {"text": "a", "wait": 2}})
