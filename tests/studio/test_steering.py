"""A hand steers a run through the studio, and the picture is drawn again without it."""

import io

import pytest
from PIL import Image

import artgen
from tests.helpers.studio import FLAT

DRAWN = {
    **FLAT,
    "size": [16, 16],
    "steps": 12,
    "generator": {"type": "pixel"},
    "views": [{"type": "cutouts", "count": 3}],
    "losses": [{"type": "clip"}, {"type": "smoothness", "weight": 0.1}],
}


def painting(colour=(255, 0, 0, 255), size=(16, 16)):
    picture = Image.new("RGBA", size)
    picture.paste(colour, (2, 2, 9, 9))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def stepped(shared, run, count):
    shared.touch(run, "step", {"count": count})
    return shared.until(run, "paused", "finished")


@pytest.fixture
def run(shared):
    """The id of a run that waits after three steps."""
    answer = shared.post("/api/runs", {"data": DRAWN, "paused": True})
    run = answer.json["id"]
    shared.until(run, "paused")
    stepped(shared, run, 3)
    return run


def drawn_again(shared, run):
    """The word for how the picture of a finished run comes out without the studio."""
    shared.touch(run, "go")
    shared.until(run, "finished")
    return artgen.replay(shared.folder / run).word


def test_every_kind_of_touch_is_in_the_recipe(shared, run):
    steered = {**DRAWN, "prompts": "an owl:2 | a cat", "seed": 77, "losses": [*DRAWN["losses"], {"type": "saturation"}]}
    shared.touch(run, "steer", {"data": steered})
    stepped(shared, run, 2)
    shared.touch(run, "paint", painting())
    slower = {**steered, "generator": {"type": "pixel", "learning_rate": 0.01}}
    shared.touch(run, "steer", {"data": slower})
    found = shared.until(run, "paused")
    assert [touch["step"] for touch in found["touches"]] == [3, 5]
    assert {"prompts[0]", "seed"} <= set(found["touches"][0]["what"])
    assert {"paint[0]", "generator.learning_rate"} == set(found["touches"][1]["what"])
    assert "owl" in found["yaml"]
    assert drawn_again(shared, run) == "identical"
    recipe = artgen.load(shared.folder / run)
    assert [one.step for one in recipe.paint] == [5]
    assert [(one.step, one.seed) for one in recipe.reseed] == [(3, 77)]


def test_what_cannot_change_is_refused_at_its_path(shared, run):
    before = shared.run(run)
    for given, path in (
        ({"size": [8, 8]}, "size"),
        ({"steps": 99}, "steps"),
        ({"losses": [{"type": "clip", "weight": "much"}]}, "losses[0].weight"),
    ):
        answer = shared.post(f"/api/runs/{run}/steer", {"data": {**DRAWN, **given}})
        assert answer.status == 422
        assert any(path in f"{one['path']} {one['message']}" for one in answer.json["problems"])
    answer = shared.post(f"/api/runs/{run}/paint", painting(size=(8, 8)))
    assert answer.status == 422
    assert "16x16" in answer.said
    assert shared.run(run) == before


def test_a_branch_begins_as_the_run_was_and_leaves_it_alone(shared, run):
    shared.touch(run, "paint", painting())
    stepped(shared, run, 4)
    answer = shared.post(f"/api/runs/{run}/branch", {"step": 5})
    assert answer.status == 201
    branch = shared.until(answer.json["id"], "paused")
    assert branch["step"] == 5
    assert branch["parent"] == {"id": run, "step": 5}
    assert len(branch["losses"]["total"]) == 5
    assert branch["moments"][-1] <= 5
    assert shared.run(run)["step"] == 7
    shared.touch(branch["id"], "steer", {"data": {**DRAWN, "prompts": "a fish"}})
    assert drawn_again(shared, run) == "identical"
    assert [touch["what"] for touch in shared.run(run)["touches"]] == [["paint[0]"]]
    shared.touch(run, "remove")
    assert drawn_again(shared, branch["id"]) == "identical"


def test_a_branch_has_the_words_and_the_picture_of_its_step(shared, run):
    before = shared.run(run)
    stepped(shared, run, 2)
    step = shared.run(run)["step"]
    shown = shared.get(f"/api/runs/{run}/picture?step={step}").content
    shared.touch(run, "steer", {"data": {**DRAWN, "prompts": "a fish"}})
    stepped(shared, run, 2)
    branch = shared.until(shared.post(f"/api/runs/{run}/branch", {"step": step}).json["id"], "paused")
    assert branch["prompts"] == before["prompts"] != shared.run(run)["prompts"] == "a fish"
    assert branch["data"]["prompts"] == "a cat | a dog:0.5"
    assert shared.get(f"/api/runs/{branch['id']}/picture").content == shown


def test_one_branches_from_a_run_that_is_finished(shared, run):
    assert drawn_again(shared, run) == "identical"
    branch = shared.post(f"/api/runs/{run}/branch", {"step": 6}).json["id"]
    assert shared.until(branch, "paused")["step"] == 6
    refused = shared.post(f"/api/runs/{run}/go")
    assert refused.status == 422
    assert "branch" in refused.said


def test_a_mask_that_is_painted_says_where_a_prompt_is(shared, run):
    mask = shared.post("/api/masks", painting((255, 255, 255, 255))).json["path"]
    prompts = [{"text": "a cat"}, {"text": "an owl", "where": {"mask": mask}}]
    shared.touch(run, "steer", {"data": {**DRAWN, "prompts": prompts}})
    assert drawn_again(shared, run) == "identical"


def test_an_uploaded_picture_is_where_a_run_begins(shared):
    path = shared.post("/api/pictures", painting()).json["path"]
    run = shared.begin(DRAWN, steps=2, start=path)
    assert shared.until(run, "finished")["yaml"].count(path) == 1
    assert artgen.replay(shared.folder / run).word == "identical"
