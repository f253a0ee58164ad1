"""Prompts with all their settings, and the line of every mistake."""

import pytest

from artgen.errors import PresetError
from artgen.preset import loading
from artgen.prompts import Prompt

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
p.yaml:18:14: prompts[10].vector: 'm.json' is not one of the choices; choose from textoff; \
there is no file 'm.json' in the current folder
p.yaml:19:13: prompts[11].noise: expected a whole number, got true
p.yaml:20:5: prompts[12]: the scene at 40% is shorter than 'blend'; shorten that
p.yaml:21:5: prompts[13]: the moments of scenes and 'blend' are all of one unit: steps, shares, seconds or beats
p.yaml:22:5: prompts[14]: scenes go from early to late, the first from 0
p.yaml:23:14: prompts[15].scenes: expected 2 values, got 1
p.yaml:24:5: prompts[16]: the weight of 'b' is its scene's affair; give one number
p.yaml:25:5: prompts[17]: a prompt has exactly one of text, label, image, vector, noise, direction, travel
p.yaml:26:5: prompts[18]: 'views' belongs to 'image'
p.yaml:27:5: prompts[19]: 'templates' belongs to 'text' and 'travel'
p.yaml:28:22: prompts[20].where: a box is [left, top, right, bottom], with left < right and top < bottom
p.yaml:29:22: prompts[21].where: a part of the picture is one of 'place', 'box' and 'mask'
p.yaml:30:22: prompts[22].where: there is no file 'mosk.png'; did you mean 'mask.png'?
p.yaml:31:26: prompts[23].templates: a template has a {} where the prompt goes
"""


def test_every_mistake_has_its_line(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(MISTAKES)
    (tmp_path / "colours.txt").touch()
    (tmp_path / "mask.png").touch()
    with pytest.raises(PresetError) as refusal:
        loading.load("p.yaml")
    assert "".join(f"{problem}\n" for problem in refusal.value.problems) == LINES
    assert str(refusal.value).splitlines()[20:] == ["and 7 more"]


def test_a_prompt_alone_needs_no_list(flat):
    assert loading.parse({**flat, "prompts": {"text": "a", "weight": 2}}).prompts == (Prompt(text="a", weight=2),)
    with pytest.raises(PresetError, match=r"^preset: prompts: there is no setting 'wait'; did you mean 'weight'\?$"):
        loading.parse({**flat, "prompts": {"text": "a", "wait": 2}})
