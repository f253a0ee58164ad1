"""Runs are begun, paused, stepped, steered, branched and finished, and every window hears of it."""

import io

import pytest
from PIL import Image

import artgen
from tests.helpers import studio
from tests.helpers.studio import FLAT


def picture(browser, run, **query):
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    answer = browser.get(f"/api/runs/{run}/picture?{asked}")
    assert answer.status == 200, answer.content
    return Image.open(io.BytesIO(answer.content), formats=("WEBP", "PNG"))


def paused(browser, **changes):
    """A run that was paused after some of its many steps."""
    run = browser.begin(**{"steps": 100_000, **changes})
    browser.until(run, "running")
    browser.touch(run, "pause")
    return browser.until(run, "paused")


def painting(size=(24, 16), colour=(255, 0, 0, 255)):
    buffer = io.BytesIO()
    Image.new("RGBA", size, colour).save(buffer, format="PNG")
    return buffer.getvalue()


def test_a_run_is_drawn_to_its_end_and_its_folder_is_as_any_other(shared, events):
    run = shared.begin(steps=3)
    first = events.until(lambda number, kind, data: kind == "step" and data["id"] == run)[2]
    assert first["steps"] == 3
    assert set(first["losses"]) == {"clip", "dark"}
    done = shared.until(run, "finished")
    assert (done["step"], done["steps"], done["size"], done["title"]) == (3, 3, [24, 16], "a cat | a dog")
    assert [index for index, _ in done["losses"]["total"]] == [0, 1, 2]
    folder = shared.folder / run
    assert artgen.replay(folder).word == "identical"
    taken = shared.get(f"/api/runs/{run}/files/image.png")
    assert taken.content == (folder / "image.png").read_bytes()
    assert "attachment" in taken.headers["content-disposition"]
    assert picture(shared, run).size == (24, 16)
    assert {one["name"] for one in done["files"]} >= {"image.png", "recipe.json", "preset.yaml", "losses.png"}


def test_a_run_is_paused_stepped_and_gone_on_with(shared):
    run = paused(shared)
    assert run["step"] in run["checkpoints"]
    assert shared.touch(run["id"], "step", {"count": 2})["step"] == run["step"] + 2
    stepped = shared.until(run["id"], "paused")
    assert stepped["step"] == run["step"] + 2
    shared.touch(run["id"], "go")
    shared.until(run["id"], "running")
    shared.touch(run["id"], "finish")
    done = shared.until(run["id"], "finished")
    assert stepped["step"] <= done["step"] < done["steps"]


def test_what_is_begun_pauses_what_is_drawn_and_says_so(shared):
    first = shared.begin(steps=100_000)
    shared.until(first, "running")
    second = shared.begin(steps=100_000)
    shared.until(second, "running")
    assert second in shared.until(first, "paused")["reason"]
    shared.touch(first, "go")
    assert first in shared.until(second, "paused")["reason"]
    shared.touch(first, "stop")
    assert shared.until(first, "stopped")["checkpoints"]


def test_a_touch_that_cannot_be_changes_nothing(shared):
    run = paused(shared)
    for given, path in (({"size": [8, 8]}, "size"), ({"losses": [{"type": "clip", "weight": "much"}]}, "losses")):
        answer = shared.post(f"/api/runs/{run['id']}/steer", {"data": {**FLAT, "steps": 100_000, **given}})
        assert answer.status == 422
        assert any(path in f"{one['path']} {one['message']}" for one in answer.json["problems"])
    assert shared.run(run["id"])["touches"] == []
    answer = shared.post(f"/api/runs/{run['id']}/paint", painting((8, 8)))
    assert answer.status == 422
    assert "24x16" in answer.said


def test_what_is_wrong_with_a_preset_is_told_at_its_place(shared):
    yaml = "about: a cat\ngenerator: {type: flat}\nlosses:\n  - {type: dark, weigth: 2}\n"
    [problem] = shared.post("/api/check", {"yaml": yaml}).json["problems"]
    assert (problem["path"], problem["line"]) == ("losses[0]", 4)
    assert "did you mean 'weight'" in problem["message"]
    assert shared.post("/api/runs", {"yaml": yaml}).json["problems"] == [problem]


def test_what_may_not_be_meant_is_told_and_drawn(shared):
    answer = shared.post("/api/check", {"data": {**FLAT, "prompts": "a cat: 3"}}).json
    assert answer["problems"] == []
    assert any("a cat" in line for line in answer["remarks"])


def test_yaml_and_data_say_the_same(shared):
    sent = shared.get("/api/presets/quickstart").json
    assert sent["problems"] == []
    assert sent["data"]["size"] == 512
    again = shared.post("/api/check", {"data": sent["data"], "preset": "quickstart"}).json
    assert again["problems"] == []
    assert again["data"] == sent["data"]


def test_a_film_is_left_to_the_command(shared):
    problems = shared.post("/api/check", {"yaml": shared.get("/api/presets/zoom").json["yaml"]}).json["problems"]
    assert [problem["path"] for problem in problems] == ["film"]
    assert "artgen run" in problems[0]["message"]


def test_pictures_of_earlier_steps_are_kept(shared):
    run = shared.begin(steps=200)
    done = shared.until(run, "finished")
    assert done["moments"][:2] == [0, 1]
    assert done["moments"][-1] == 200
    assert len(done["moments"]) <= 70
    assert picture(shared, run, step=100).size == (24, 16)
    assert picture(shared, run, width=16).size == (16, 11)
    answer = shared.get(f"/api/runs/{run}/picture")
    assert shared.get(f"/api/runs/{run}/picture", headers={"If-None-Match": answer.headers["etag"]}).status == 304


def test_a_sheet_shows_what_the_perceptors_see(shared):
    run = paused(shared)
    answer = shared.get(f"/api/runs/{run['id']}/views")
    assert answer.headers["content-type"] == "image/webp"
    assert min(Image.open(io.BytesIO(answer.content), formats=("WEBP",)).size) > 24


@pytest.mark.parametrize("query", ["step=-1", "step=x", "width=0", "width=99999999999", "step=" + "9" * 5000])
def test_a_picture_that_cannot_be_is_refused(shared, query):
    run = shared.begin(steps=1)
    assert shared.get(f"/api/runs/{run}/picture?{query}").status == 422


def test_other_forms_are_chosen_while_it_is_drawn_and_taken_home(shared):
    run = shared.begin(generator={"type": "cells", "kind": "square", "across": 6}, losses=[{"type": "clip"}], steps=300)
    shared.until(run, "running")
    shared.touch(run, "pause")
    shared.until(run, "paused")
    names = [form["name"] for form in shared.run(run)["forms"]]
    assert {".sprite.png", ".svg", ".pdf"} <= set(names)
    refused = shared.post(f"/api/runs/{run}/export", {"forms": ["nothing"]})
    assert (refused.status, refused.said.split(";")[0]) == (422, "no plugin writes '.nothing'")
    assert shared.post(f"/api/runs/{run}/export", {"forms": "svg"}).status == 422
    shared.touch(run, "export", {"forms": ["sprite.png", "svg"]})
    assert shared.until(run, "paused")["exports"] == ["sprite.png", "svg"]
    shared.touch(run, "finish")
    done = shared.until(run, "finished")
    assert {"image.svg", "image.sprite.png"} <= {one["name"] for one in done["files"]}
    assert shared.get(f"/api/runs/{run}/files/image.svg").content.rstrip().endswith(b"</svg>")


def test_a_run_is_called_and_kept_and_taken_out(shared, events):
    run = shared.begin(steps=1)
    shared.until(run, "finished")
    assert shared.touch(run, "title", {"title": "  My cat "})["title"] == "My cat"
    assert shared.touch(run, "favourite", {"favourite": True})["favourite"] is True
    heard = events.until(lambda number, kind, data: kind == "run" and data["id"] == run and data["favourite"])
    assert heard[2]["title"] == "My cat"
    assert shared.post(f"/api/runs/{run}/favourite", {"favourite": "yes"}).status == 422
    shared.touch(run, "remove")
    events.until(lambda number, kind, data: kind == "gone" and data["id"] == run)
    assert (shared.folder / "removed" / run / "image.png").is_file()
    assert shared.get(f"/api/runs/{run}").status == 404


def test_two_windows_see_the_same_and_one_that_was_away_hears_what_it_missed(shared, events):
    other = studio.Events(shared)
    run = shared.begin(steps=2)
    fits = lambda number, kind, data: kind == "run" and data["id"] == run and data["state"] == "finished"  # noqa: E731
    one = events.until(fits)
    assert other.until(fits) == one
    other.close()
    shared.touch(run, "title", {"title": "later"})
    back = studio.Events(shared, last=one[0])
    assert back.until(lambda number, kind, data: kind == "run")[2]["title"] == "later"
    back.close()
    fresh = studio.Events(shared, last="elsewhere-3")
    assert fresh.until(lambda number, kind, data: kind == "run" and data["id"] == run)[2]["title"] == "later"
    fresh.close()
