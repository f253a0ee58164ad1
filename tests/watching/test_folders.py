"""What appears, changes and goes in a folder is seen; runs, films, sweeps, and the pictures of `artgen dev`."""

import io
import json
import shutil

import pytest
from PIL import Image

import artgen as package
from tests.helpers import films, watched
from tests.helpers.watched import begun, finished, picture, sweep


def test_a_run_is_seen_as_it_grows(tmp_path, flat):
    """A real one, whose steps wait until it has been seen."""
    seen = []
    with watched.watching(tmp_path) as client:
        assert client.entries() == {}

        def look(event):
            if event.step in (0, 5):
                client.until(True, lambda found: "fish" in found and found["fish"]["picture"] is not None)
                seen.append(client.entries()["fish"])

        package.run(flat, out=tmp_path / "fish", on_step=look, note=lambda line: None)
        assert [entry["state"] for entry in seen] == ["running", "running"] or seen[1]["state"] == "finishing"
        client.until("finished", lambda found: found["fish"]["state"])
        entry = client.entries()["fish"]
        detail = client.json(f"/entries/{entry['id']}")
        assert [curve["name"] for curve in detail["curves"]] == ["dark", "match", "weighted sum"]
        assert [title for title, _ in detail["prompts"]] == ["a cat", "a dog"]
        assert {"image.png", "recipe.json", "preset.yaml", "losses.json"} <= set(detail["files"])
        assert detail["strip"] == "progress.png"
        assert detail["batch"] == "sheet.png"
        short = client.json(f"/entries/{entry['id']}/preset")["text"]
        assert "prompts: a cat | a dog:0.5" in short
        assert "learning_rate" not in short
        assert "deterministic" in detail["preset"]


def test_what_the_perceptors_see_is_shown_while_there_is_a_file_of_it(tmp_path):
    picture(begun(tmp_path / "fish") / "views.webp", size=(64, 32))
    begun(tmp_path / "owl")
    with watched.watching(tmp_path) as client:
        found = client.entries()
        details = {name: client.json(f"/entries/{found[name]['id']}") for name in ("fish", "owl")}
        assert [details[name]["views"] for name in ("fish", "owl")] == ["views.webp", None]
        status, headers, content = client.ask(f"/files/{found['fish']['id']}/views.webp")
        assert (status, headers["Content-Type"], content[8:12]) == (200, "image/webp", b"WEBP")


def test_only_what_is_new_is_told(tmp_path):
    finished(tmp_path / "fish")
    with watched.watching(tmp_path) as client:
        client.entries()
        version = client.json("/entries?since=")["version"]
        assert client.ask(f"/entries?since={version}")[0] == 204
        begun(tmp_path / "owl")
        client.until({"fish", "owl"}, set)
        news = client.json(f"/entries?since={version}")
        assert [entry["name"] for entry in news["entries"]] == ["owl"]
        assert not news["whole"]
        gone = client.entries()["owl"]["id"]
        shutil.rmtree(tmp_path / "owl")
        client.until({"fish"}, set)
        assert client.json(f"/entries?since={news['version']}")["gone"] == [gone]
        assert client.ask(f"/entries/{gone}")[0] == 404
        for strange in ("x", "0-1", "9" * 40, f"{version.partition('-')[0]}-99999"):
            assert client.json(f"/entries?since={strange}")["whole"]


def test_a_preview_that_changes_is_another_picture(tmp_path):
    begun(tmp_path / "fish", progress={"step": 1, "steps": 9})
    with watched.watching(tmp_path) as client:
        before = client.entries()["fish"]
        picture(tmp_path / "fish" / "next.png", (0, 0, 250)).replace(tmp_path / "fish" / "preview.png")
        client.until(True, lambda found: found["fish"]["picture"] != before["picture"])
        content = client.ask(f"/thumbnails/{before['id']}?side=160")[2]
        with Image.open(io.BytesIO(content)) as small:
            assert small.format == "WEBP"
            assert small.size == (144, 144)  # 24 pixels, six times as large
            assert small.convert("RGB").getpixel((70, 70)) == (0, 0, 250)


def test_a_sweep_is_its_cells(tmp_path):
    sweep(tmp_path / "fishes")
    with watched.watching(tmp_path) as client:
        found = client.entries()
        assert set(found) == {"fishes"}
        entry = found["fishes"]
        assert entry["state"] == "running"
        assert {key: entry["cells"][key] for key in ("count", "done", "failed", "at_work")} == {
            "count": 6,
            "done": 2,
            "failed": 1,
            "at_work": 1,
        }
        sheet = client.json(f"/entries/{entry['id']}")["sheet"]
        assert (sheet["columns"]["name"], sheet["columns"]["texts"]) == ("seed", ["1", "2", "3"])
        states = ["finished", "finished", "failed", "running", "waiting", "waiting"]
        assert [cell["state"] for cell in sheet["cells"]] == states
        assert [cell["column"] for cell in sheet["cells"]] == [0, 0, 1, 1, 2, 2]
        assert sheet["cells"][2]["reason"] == "NaN at step 4"
        cell = client.json(f"/entries/{sheet['cells'][0]['id']}")
        assert cell["state"] == "finished"
        assert client.ask(f"/files/{cell['id']}/image.png")[0] == 200
        finished(tmp_path / "fishes" / "cells" / "c4")
        client.until(3, lambda found: found["fishes"]["cells"]["done"])


def test_cells_are_found_where_a_record_says_and_nowhere_else(tmp_path):
    sweep(tmp_path / "fishes")
    finished(tmp_path / "secret")
    file = tmp_path / "fishes" / "sweep.json"
    file.write_text(file.read_text().replace('"c0"', '"../../secret"'))
    with watched.watching(tmp_path / "fishes") as client:
        assert client.entries() == {}


def test_the_frames_of_a_film_are_seen(tmp_path):
    folder = begun(tmp_path / "reel", preview=False, film={"seconds": 2, "fps": 3})
    films.draw(folder / "frames", count=3)
    (folder / "progress.json").write_text(json.dumps({"step": 1, "steps": 2, "frame": 3, "frames": 6, "seconds": 7}))
    with watched.watching(tmp_path) as client:
        entry = client.entries()["reel"]
        assert (entry["kind"], entry["state"], entry["frame"], entry["frames"]) == ("film", "running", 3, 6)
        assert (entry["left"], entry["file"]) == (5, "frames/000002.png")
        assert client.json(f"/entries/{entry['id']}")["drawn"] == 3
        assert client.ask(f"/files/{entry['id']}/frames/000001.png")[0] == 200
        assert client.ask(f"/thumbnails/{entry['id']}/frames/000001.png")[0] == 200
        assert client.ask(f"/files/{entry['id']}/frames/000003.png")[0] == 404
        films.draw(folder / "frames", count=4)
        client.until(4, lambda found: found["reel"]["frame"])
        picture(folder / "image.png")
        (folder / "film.webp").write_bytes(b"RIFF")
        (folder / "run.json").unlink()
        (folder / "preset.yaml").write_text("film: {seconds: 2}")
        client.until("finished", lambda found: found["reel"]["state"])
        assert client.entries()["reel"]["film"] == "film.webp"


def test_a_real_film_tells_how_far_it_is(tmp_path):
    seen = []
    with watched.watching(tmp_path) as client:

        def look(event):
            if (event.frame, event.step) == (1, 0):
                client.until(1, lambda found: found.get("reel", {}).get("frame"))
                seen.append(client.entries()["reel"])

        package.film(films.REEL, out=tmp_path / "reel", on_step=look, note=lambda line: None)
        assert [(entry["state"], entry["frames"]) for entry in seen] == [("running", 6)]
        client.until("finished", lambda found: found["reel"]["state"])
        assert not (tmp_path / "reel" / "progress.json").exists()


def test_the_picture_of_dev_is_seen(tmp_path):
    picture(tmp_path / "stripes-dev.png")
    with watched.watching(tmp_path) as client:
        [entry] = client.entries().values()
        assert (entry["kind"], entry["title"]) == ("dev", "stripes")
        assert client.ask(f"/files/{entry['id']}")[0] == 200
        assert client.ask(f"/thumbnails/{entry['id']}")[0] == 200
        assert client.json(f"/entries/{entry['id']}")["files"] == []


def test_folders_within_folders_are_looked_through(tmp_path):
    finished(tmp_path / "a" / "b" / "fish")
    finished(tmp_path / "a" / "owl")
    begun(tmp_path)  # the folder itself is a run's
    with watched.watching(tmp_path) as client:
        assert set(client.entries()) == {"a/b/fish", "a/owl", tmp_path.name}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"<svg", b"GIF89a" + b"\0" * 50])
def test_a_damaged_picture_is_none(tmp_path, content):
    (finished(tmp_path / "fish") / "image.png").write_bytes(content)
    with watched.watching(tmp_path) as client:
        assert client.ask(f"/thumbnails/{client.entries()['fish']['id']}")[0] == 404


def test_thumbnails_stay_within_their_bound(tmp_path):
    from artgen.watching.listing import stamp_of
    from artgen.watching.places import Place
    from artgen.watching.thumbnails import Thumbnails

    kept = Thumbnails(most=2000)
    place = Place(tmp_path)
    for number in range(40):
        picture(tmp_path / f"{number}.png", (number, 5, 5), size=(300, 200))
        one = place / f"{number}.png"
        assert kept.get(one, stamp_of(one), 160) == kept.get(one, stamp_of(one), 160)
    assert 0 < kept.size <= 2000
