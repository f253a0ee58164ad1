"""Judges look at a run's drawing and guide nothing."""

import json

import pytest
import torch
from PIL import Image
from torch.nn.functional import normalize
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import center_crop, resize, to_tensor

import artgen as package
from artgen.engine.judging.judges import favourite
from artgen.preset import loading
from artgen.preset.settings.auto_stop import AutoStop
from artgen.registry.plugins import discover
from artgen.testing import make_env
from tests.helpers.stopped import resumed, stopped

EYE = {"type": "toy", "id": "another"}
BARE = {"losses": [{"type": "dark"}], "perceptors": {}, "views": []}
"""Of a preset whose guide looks through nothing."""
JUDGES = {"toy": EYE, "plain": {"type": "dark", "weight": 3}, "also": {"type": "match"}}


@pytest.fixture
def judged(flat):
    """The flat preset with judges of both kinds."""
    return {**flat, "judges": JUDGES, "judge_every": 2}


@pytest.fixture
def toy():
    """The judge's model, as it is by itself."""
    return discover().find("perceptor", "toy").spec().build(make_env(perceptors={}))


def view(eye, images):
    """The middle square of whole pictures in the perceptor's size."""
    return center_crop(resize(images, [eye.size], InterpolationMode.BICUBIC), [eye.size]).clamp(0, 1)


def by_hand(eye, images, weights):
    """The cosines of whole pictures with the texts of the flat preset, by their weights."""
    seen = eye.embed_images(view(eye, images))
    texts = normalize(eye.embed_texts(["a cat", "a dog"]), dim=-1)
    return (seen @ texts.T @ torch.tensor(weights, dtype=torch.float)) / sum(map(abs, weights))


@pytest.mark.parametrize("changes", [{}, {"deterministic": True}, {"batch": 1}])
def test_the_drawing_and_the_losses_are_as_without_judges(flat, judged, changes):
    plain, looked_at = package.run({**flat, **changes}), package.run({**judged, **changes})
    assert torch.equal(plain.images, looked_at.images)
    assert (plain.losses, plain.scores, plain.best) == (looked_at.losses, looked_at.scores, looked_at.best)
    assert plain.judges == plain.judge_scores == {}


def test_random_numbers_that_a_judge_draws_of_torch_are_put_back(judged, monkeypatch):
    def noisy(self, images):
        return embed(self, images + torch.rand(1) * 1e-3)

    eye = type(discover().find("perceptor", "toy").spec().build(make_env(perceptors={})))
    embed = eye.embed_images
    monkeypatch.setattr(eye, "embed_images", noisy)
    run = package.steps({**judged, **BARE})
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    list(run)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("prompts", "weights"), [("a cat:1 | a dog:0.5", [1, 0.5]), ("a cat | a dog:-0.25", [1, -0.25])]
)
def test_a_perceptor_says_how_like_the_whole_picture_is_to_the_prompts(judged, toy, prompts, weights):
    seen = []
    result = package.run({**judged, "prompts": prompts}, on_step=seen.append)
    assert [step for step, _ in result.judges["toy"]] == [0, 2, 4, 6]
    for event in seen[::2]:
        wanted = by_hand(toy, event.image, weights).mean().item()
        assert event.judges["toy"] == pytest.approx(wanted, abs=1e-6) == dict(result.judges["toy"])[event.step]
    assert seen[1].judges == {}
    assert result.judge_scores["toy"] == pytest.approx(by_hand(toy, result.images, weights).tolist(), abs=1e-6)
    assert dict(result.judges["toy"])[6] == pytest.approx(sum(result.judge_scores["toy"]) / 2)


def test_a_loss_says_minus_its_weighted_value(judged):
    result = package.run(judged)
    means = result.images.mean(dim=(1, 2, 3))
    dark = discover().find("loss", "dark").spec().build(make_env())
    look = type("Look", (), {"image": result.images, "step": 5, "steps": 6})()
    assert result.judge_scores["plain"] == pytest.approx((-3 * dark(look)).expand(len(means)).tolist(), abs=1e-6)
    assert set(result.judge_scores) == {"toy", "plain", "also"}


def test_a_loss_looks_through_the_preset_s_perceptors_where_no_judge_is_one(judged):
    also = package.run({**judged, "judges": {"also": {"type": "match"}}}).judge_scores["also"]
    assert also == pytest.approx(package.run(judged).judge_scores["also"], abs=1e-6)  # the same model


def test_pictures_and_prompts_that_apply_to_a_part_are_judged_too(judged, toy, tmp_path):
    picture = Image.fromarray((torch.rand(10, 12, 3).numpy() * 255).astype("uint8"))
    picture.save(tmp_path / "seen.png")
    alone = {**judged, **BARE, "judges": {"eye": EYE}}
    told = package.run({**alone, "prompts": [{"image": str(tmp_path / "seen.png")}]})
    shown, drawn = (toy.embed_images(view(toy, image)) for image in (to_tensor(picture)[None], told.images))
    assert told.judge_scores["eye"] == pytest.approx((drawn @ normalize(shown, dim=-1).T)[:, 0].tolist(), abs=1e-5)
    left = package.run({**alone, "generator": {"type": "pixel"}, "prompts": [{"text": "a cat", "where": "left"}]})
    wanted = by_hand(toy, left.images[..., :6], [1, 0])
    assert left.judge_scores["eye"] == pytest.approx(wanted.tolist(), abs=1e-4)
    assert wanted.tolist() != pytest.approx(by_hand(toy, left.images, [1, 0]).tolist(), abs=1e-3)


def test_a_prompt_bound_to_a_perceptor_of_the_guide_s_counts(judged, toy):
    prompts = [{"text": "a cat", "perceptor": "toy"}, {"text": "a dog", "weight": 0.5}]
    result = package.run({**judged, "losses": [{"type": "clip"}], "prompts": prompts, "judges": {"eye": EYE}})
    assert result.judge_scores["eye"] == pytest.approx(by_hand(toy, result.images, [1, 0.5]).tolist(), abs=1e-6)


@pytest.mark.parametrize("name", ["toy", "plain"])
def test_the_best_is_what_the_judges_like_most(judged, name):
    judges = {name: JUDGES[name]}
    for seed in range(3):
        result = package.run({**judged, "judges": judges, "best": "judges", "batch": 3, "seed": seed})
        assert result.best == max(range(3), key=result.judge_scores[name].__getitem__)
        assert result.recipe["picture"] == result.best


def test_judges_of_other_units_count_alike_and_the_loss_decides_between_equals():
    assert favourite({"a": [0.1, 0.2, 0.3], "b": [900, 100, 200]}, [3, 2, 1]) == 2
    assert favourite({"a": [1, 0], "b": [0, 10]}, [2, 1]) == 1
    assert favourite({"a": [5, 5]}, [1, 2]) == favourite({}, [1, 2]) == 0


def test_a_resumed_run_has_the_same_curve(tmp_path, judged):
    _, result = resumed(stopped(tmp_path, judged))
    straight = package.run(judged)
    assert result.judges == straight.judges
    assert result.judge_scores == straight.judge_scores
    assert result.recipe == straight.recipe


def test_the_folder_tells_of_them(tmp_path, judged):
    result = package.run(judged, out=tmp_path)
    told = json.loads((tmp_path / "losses.json").read_text())
    assert set(told) == {"match", "dark", "total", "judges.toy", "judges.plain", "judges.also"}
    assert told["judges.toy"] == [[step, pytest.approx(value, rel=1e-4)] for step, value in result.judges["toy"]]
    verdict = package.replay(tmp_path / "image.png")
    assert verdict.word == "identical"


@pytest.mark.parametrize(("how", "said"), [("nan", "at step 2; expected a finite number"), ("shape", "returned")])
def test_one_that_fails_is_named_once_and_the_run_goes_on(judged, how, said):
    notes = []
    broken = {"type": "misbehave", "at_step": 2, "how": how}
    result = package.run({**judged, "judges": {"odd": broken, **JUDGES}, "best": "judges"}, note=notes.append)
    told = [note for note in notes if "odd" in note]
    assert len(told) == 1 and told[0].startswith("judge 'odd' (artgen-strangers") and said in told[0], notes
    assert told[0].endswith("it judges no more")
    assert result.failure is None and result.steps_done == 6
    assert [step for step, _ in result.judges["odd"]] == [0] and "odd" not in result.judge_scores
    assert [step for step, _ in result.judges["toy"]] == [0, 2, 4, 6]


def test_a_run_that_diverges_is_told_once_and_ends_there_if_asked(flat, monkeypatch):
    monkeypatch.setattr(AutoStop, "diverging_since", lambda self, totals, judges, steps: 2 if len(totals) > 4 else None)
    preset, notes = {**flat, "steps": 12, "judges": {"toy": EYE}, "judge_every": 1}, []
    assert package.run(preset, note=notes.append).steps_done == 12
    (told,) = [note for note in notes if "judges" in note]
    assert told.startswith("the judges like the picture less since step 2, while the loss falls: toy ")
    notes.clear()
    assert package.run({**preset, "auto_stop": {"when": "diverging"}}, note=notes.append).steps_done == 5
    assert [note for note in notes if "judges" in note] == [
        "stopped after 5 of 12 steps: the judges like the picture less since step 2, while the loss falls (auto_stop)"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"best": "judges"}, "best: there are none; add 'judges', or leave it out"),
        ({"auto_stop": {"when": "diverging"}}, "auto_stop: nobody could tell that the run diverges; add 'judges'"),
        ({"judges": {"odd": {"type": "flat"}}}, "judges.odd: no judge is called 'flat'"),
        (
            {"judges": {"toy": {"type": "toy"}, "m": {"type": "match", "perceptor": "eye"}}},
            "there is no 'eye' in judges",
        ),
        ({"judges": ["toy"]}, "expected a mapping of names to judges"),
        ({"judge_every": "2s", "judges": {"toy": EYE}}, "judge_every"),
        ({**BARE, "judges": {"toy": EYE}, "prompts": []}, "judges.toy: it compares the picture with prompts"),
        ({**BARE, "judges": {"m": {"type": "match"}}}, "judges.m: it looks through a perceptor"),
    ],
)
def test_mistakes_are_a_line_each(flat, changes, said):
    with pytest.raises(package.InputError) as error:
        loading.load({**flat, **changes})
    assert said in str(error.value)


def test_judges_are_changed_like_other_parts(judged):
    changed = loading.load(judged, [("judges.plain.weight", 5), ("judges.also", None)])
    assert changed.judges["plain"].weight.at(0, 1) == 5 and set(changed.judges) == {"toy", "plain"}
    assert loading.parse(changed.resolved()).judges == changed.judges


def test_a_guide_that_judges_itself_is_remarked(flat):
    with pytest.warns(Warning, match=r"judges\.self: is the same model as the perceptor 'toy'"):
        loading.load({**flat, "judges": {"self": {"type": "toy"}}})
