"""What artists get wrong in the augmentations of the views `kornia`: each input, and the one line that it gets."""

import pytest

BASE = "extends: quickstart\nviews:\n  - type: kornia\n    apply:\n"
EXAMPLE = "expected an augmentation, such as RandomHue or {RandomHue: {hue: [-0.1, 0.1]}}"

# What follows `apply:`, and the line that it gets from its line 5 on, without the name of the file.
IN_APPLY = [
    # Names
    (
        "      - RandomPlankianJitter: {p: 0.5}\n",
        "5:9: views[0].apply[0]: kornia has no augmentation 'RandomPlankianJitter'; "
        "did you mean 'RandomPlanckianJitter'?",
    ),
    (
        "      - RandomHue\n      - HorizontalFlip\n",
        "6:9: views[0].apply[1]: kornia has no augmentation 'HorizontalFlip'; did you mean 'RandomHorizontalFlip'?",
    ),
    (
        "      - RandomMixUpV2\n",
        "5:9: views[0].apply[0]: there is no RandomMixUpV2 here: it mixes the pictures of a batch, which artgen keeps "
        "apart",
    ),
    ("      - 3\n", f"5:9: views[0].apply[0]: {EXAMPLE}"),
    ("      - {}\n", f"5:9: views[0].apply[0]: {EXAMPLE}"),
    # Arguments
    (
        "      - RandomHue: {hu: [0, 0.1]}\n",
        "5:25: views[0].apply[0].RandomHue.hu: there is no argument 'hu'; did you mean 'hue'?",
    ),
    ("      - RandomAffine\n", "5:9: views[0].apply[0]: needs 'degrees': a number or a list of 2 numbers"),
    (
        "      - RandomAffine: {p: 1}\n",
        "5:23: views[0].apply[0].RandomAffine: needs 'degrees': a number or a list of 2 numbers",
    ),
    (
        "      - RandomHue:\n        p: 0.5\n",
        "5:9: views[0].apply[0]: 'p' is an argument of RandomHue; begin its line four columns right of the '-'",
    ),
    (
        "      - RandomHue: 0.5\n",
        "5:20: views[0].apply[0].RandomHue: expected the arguments of RandomHue by name, such as {hue: 0.5}",
    ),
    (
        "      - {RandomHue: {}, RandomGamma: {}}\n",
        "5:9: views[0].apply[0]: expected one augmentation, got RandomHue, RandomGamma; begin each with '-'",
    ),
    # Values
    (
        "      - RandomHue: {hue: [0.1]}\n",
        "5:26: views[0].apply[0].RandomHue.hue: expected a list of 2 numbers, got [0.1]",
    ),
    (
        "      - RandomHue: {hue: [0, .inf]}\n",
        "5:26: views[0].apply[0].RandomHue.hue: expected a list of 2 numbers, got [0, inf]",
    ),
    (
        "      - RandomHue: {p: 2}\n",
        "5:24: views[0].apply[0].RandomHue.p: expected a number from 0 to 1, got 2",
    ),
    (
        "      - RandomHue: {same_on_batch: 1}\n",
        "5:36: views[0].apply[0].RandomHue.same_on_batch: expected true or false, got 1",
    ),
    (
        "      - RandomRotation: {degrees: a lot}\n",
        "5:35: views[0].apply[0].RandomRotation.degrees: expected a number or a list of 2 numbers, got 'a lot'",
    ),
    (
        "      - RandomRotation: {degrees: {to: 3}}\n",
        "5:35: views[0].apply[0].RandomRotation.degrees: expected a number or a list of 2 numbers, got a mapping",
    ),
    (
        "      - RandomRotation: {degrees: 9, resample: linear}\n",
        "5:48: views[0].apply[0].RandomRotation.resample: expected one of nearest, bilinear, bicubic, got 'linear'; "
        "did you mean 'bilinear'?",
    ),
    (
        "      - RandomCrop: {size: [5000, 3]}\n",
        "5:28: views[0].apply[0].RandomCrop.size: expected a list of 2 whole numbers up to 4096, got [5000, 3]",
    ),
]


@pytest.mark.parametrize(("text", "line"), IN_APPLY)
def test_a_slip_is_one_line(artgen, tmp_path, text, line):
    (tmp_path / "p.yaml").write_text(BASE + text)
    done = artgen("check", "p.yaml", code=2)
    assert done.stderr.strip() == f"p.yaml:{line}"


def test_every_slip_of_a_list_is_told(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(BASE + "      - RandomHue: {p: 2, hu: 1}\n      - Nothing\n")
    lines = artgen("check", "p.yaml", code=2).stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["p.yaml:5:24", "p.yaml:5:31", "p.yaml:6:9"]


def test_no_augmentation_is_none(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text("extends: quickstart\nviews: [{type: kornia, apply: []}]\n")
    line = "p.yaml:2:31: views[0].apply: expected 1 to 32 augmentations, got 0"
    assert artgen("check", "p.yaml", code=2).stderr.strip() == line


def test_checking_needs_neither_torch_nor_kornia(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(
        BASE + "      - RandomRotation: {degrees: 9, resample: bicubic}\n      - RandomHue:\n"
    )
    artgen("check", "p.yaml", prelude="sys.modules.update(dict.fromkeys(['torch', 'kornia']))", code=0)
