"""Films: rows of ordinary pictures, each from the one before."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

import artgen
from artgen import InputError, run
from artgen.recipe import metadata


def _pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


def _bytes(folder):
    return [path.read_bytes() for path in sorted((folder / "frames").glob("*.png"))]


def test_each_frame_carries_an_ordinary_recipe_that_names_the_last_frame(reel):
    result = artgen.film(reel, out="film", note=pytest.fail)
    assert [path.name for path in result.frames] == [f"{number:06}.png" for number in range(6)]
    recipe = metadata.read(result.frames[4])
    assert "film" not in recipe["preset"]
    assert (recipe["preset"]["seed"], recipe["preset"]["frame"]) == (5, 4)
    assert recipe["steps_done"] == 2
    assert recipe["preset"]["start"]["image"] == "film/frames/000003.png"
    assert metadata.read(result.frames[0])["steps_done"] == 3


def test_any_frame_is_drawn_again_from_its_predecessor_wherever_the_film_lies(reel):
    artgen.film(reel, out="film")
    shutil.move("film", "elsewhere")
    for frame in (1, 5):
        assert artgen.replay(f"elsewhere/frames/{frame:06}.png").word == "identical"
    assert artgen.replay("elsewhere/image.png").word == "identical"


def test_a_film_that_was_stopped_ends_in_the_same_bytes(reel):
    artgen.film(reel, out="film")
    whole = _bytes(Path("film"))
    shutil.rmtree("film")

    def stop(event):
        if (event.frame, event.step) == (3, 0):
            os.kill(os.getpid(), signal.SIGINT)

    half = artgen.film(reel, out="film", on_step=stop)
    assert half.interrupted
    assert len(half.frames) == 3
    told = []
    artgen.resume_film("film", note=told.append)
    assert told == ["goes on at frame 3 of 6"]
    assert _bytes(Path("film")) == whole
    with pytest.raises(artgen.InputError, match="film: is finished"):
        artgen.resume_film("film")


def test_what_has_changed_since_it_began_is_told(reel):
    artgen.film(reel, out="film", until=2, note=pytest.fail)
    file = Path("film/run.json")
    before = json.loads(file.read_text())
    file.write_text(json.dumps(before | {"libraries": {**before["libraries"], "torch": "1.0"}}))
    told = []
    artgen.resume_film("film", note=told.append)
    assert len(told) == 2
    assert told[1].endswith("(was 1.0); the frames may not be those that the film would have had undisturbed")


def test_a_film_that_was_killed_ends_in_the_same_bytes(reel, artgen, tmp_path):
    reel["film"] |= {"seconds": 4}
    (tmp_path / "reel.yaml").write_text(yaml.safe_dump(reel))
    artgen("run", "reel.yaml", "--out", "film")
    whole = _bytes(tmp_path / "film")
    shutil.rmtree("film")
    process = subprocess.Popen([sys.executable, "-m", "artgen", "run", "reel.yaml", "--out", "film"])
    while not (tmp_path / "film/frames/000002.png").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (tmp_path / "film/image.png").exists()
    artgen("run", "--resume", "film")
    assert _bytes(tmp_path / "film") == whole
    assert not (tmp_path / "film/run.json").exists()


def test_the_camera_moves_the_last_frame_and_nothing_else_does(reel):
    """Where nothing pulls, a frame is the last one, moved; here to the right by two pixels a frame."""
    reel |= {"losses": [{"type": "smoothness", "weight": 0}]}
    reel["film"] |= {"camera": {"pan_x": 0.5, "edge": "wrap"}}
    frames = artgen.film(reel, out="film").frames
    for before, after in pairwise(frames):
        assert np.abs(np.roll(_pixels(before), -2, axis=1) - _pixels(after)).max() <= 1


def test_a_loop_ends_as_it_begins(reel):
    reel |= {"size": [32, 32]}
    reel["generator"]["learning_rate"] = 0.003
    reel["film"] |= {"seconds": 3, "fps": 8, "loop": True, "camera": {"zoom": 1.6, "turn": 20}}
    frames = [_pixels(path) for path in artgen.film(reel, out="film").frames]
    steps = [np.abs(one - other).mean() for one, other in pairwise(frames)]
    assert np.abs(frames[-1] - frames[0]).mean() < max(steps[: len(steps) // 2]) + 1
    # Without it, the two have nothing to do with each other.
    reel["film"]["loop"] = False
    open_end = [_pixels(path) for path in artgen.film(reel, out="open").frames]
    assert np.abs(open_end[-1] - open_end[0]).mean() > 2 * np.abs(frames[-1] - frames[0]).mean()


def test_numbers_over_the_film_stand_still_in_a_frame(reel):
    reel["losses"] = [
        {"type": "smoothness", "weight": {0: 1, "0.5s": 3}},
        {"type": "saturation", "weight": {"each": [1, 2, 3]}},
        {"type": "stay", "weight": {0: 1, "100%": 2}},
    ]
    frames = artgen.film(reel, out="film").frames
    weights = [[loss["weight"] for loss in metadata.read(path)["preset"]["losses"]] for path in frames]
    # A share of the run is one of each frame's own run, as ever.
    assert [row[2] for row in weights] == [{"0": 1.0, "100%": 2.0}] * 6
    assert [row[0] for row in weights] == pytest.approx([1, 5 / 3, 7 / 3, 3, 3, 3])
    assert [row[1] for row in weights] == [1, 2, 3, 3, 3, 3]


def test_a_loss_that_compares_with_the_start_begins_with_the_second_frame(reel):
    del reel["start"]
    reel["losses"].append({"type": "stay"})
    frames = artgen.film(reel, out="film").frames
    losses = [[loss["type"] for loss in metadata.read(path)["preset"]["losses"]] for path in frames]
    assert losses == [["smoothness"], *[["smoothness", "stay"]] * 5]


def test_what_is_not_kept_of_the_last_frame_is_the_start(reel):
    reel |= {"start": "#ff0000", "losses": [{"type": "smoothness", "weight": 0}]}
    reel["film"] |= {"keep": 0.5, "camera": {}}
    frames = artgen.film({**reel, "generator": {"type": "pixel", "noise": 0}}, out="film").frames
    assert _pixels(frames[3]).mean(axis=(0, 1)) == pytest.approx([255, 0, 0], abs=6)
    reel["start"] = {"image": str(frames[0]), "colour": "#0000ff", "alpha": 1}
    reel["film"]["keep"] = {0: 1, "100%": 0.2}
    later = artgen.film(reel, out="later").frames
    kept = [metadata.read(path)["preset"]["start"].get("over") for path in later]
    assert kept[1][0]["alpha"] == pytest.approx(1 - 0.8 / 5)


def test_the_best_of_a_batch_is_the_first_frame(reel):
    frames = artgen.film({**reel, "batch": 3}, out="film").frames
    first = metadata.read(frames[0])
    assert first["preset"]["batch"] == 3
    assert metadata.read(frames[1])["preset"]["batch"] == 1
    assert artgen.replay(frames[0]).word == "identical"


def test_scenes_take_turns_over_the_film(reel):
    reel |= {
        "prompts": [{"scenes": ["a cat", "a dog"], "blend": "20%"}],
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 5}],
        "losses": [{"type": "match"}],
    }
    frames = artgen.film(reel, out="film").frames
    heard = [{p["text"]: p["weight"] for p in metadata.read(path)["preset"]["prompts"]} for path in frames]
    assert heard[0] == {"a cat": 1.0, "a dog": 0.0}
    assert set(heard[3]) == {"a cat", "a dog"}
    assert heard[5] == {"a dog": 1.0}


def test_scenes_by_embedding_are_one_text_or_between_two_in_each_frame(reel):
    reel |= {
        "prompts": [{"scenes": ["a cat", "a dog"], "blend": "40%", "by": "embedding"}],
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 5}],
        "losses": [{"type": "clip"}],
    }
    frames = artgen.film(reel, out="film").frames
    heard = [metadata.read(path)["preset"]["prompts"] for path in frames]
    assert heard[0] == heard[2] == [{"text": "a cat", "weight": 1.0}]
    assert heard[5] == [{"text": "a dog", "weight": 1.0}]
    assert heard[3] == [{"travel": {"texts": ["a cat", "a dog"], "at": pytest.approx(0.25)}, "weight": 1.0}]
    assert artgen.replay(frames[3]).word == "identical"


def test_finishing_is_seen_and_not_carried_on(reel):
    """Else a film that is made larger, or sharper, would be so again in each frame."""
    finished = artgen.film({**reel, "finish": [{"type": "grey"}]}, out="grey").frames
    plain = artgen.film(reel, out="plain").frames
    for one, other in zip(finished, plain, strict=True):
        assert np.ptp(_pixels(one), axis=2).max() <= 1
        drawing = one.with_name(f"{one.stem}-drawing.png")
        assert (_pixels(drawing) == _pixels(other)).all()


def test_a_folder_that_is_taken_is_left_alone(reel, artgen, tmp_path):
    (tmp_path / "reel.yaml").write_text(yaml.safe_dump(reel))
    artgen("run", "reel.yaml", "--out", "film", "--set", "film.seconds=0.5", code=0)
    before = _bytes(tmp_path / "film")
    said = artgen("run", "reel.yaml", "--out", "film", code=2).stderr
    assert "film: already holds a picture; choose another --out, or say --overwrite" in said
    assert _bytes(tmp_path / "film") == before
    artgen("run", "reel.yaml", "--out", "film", "--set", "film.seconds=0.4", "--overwrite", code=0)
    assert len(_bytes(tmp_path / "film")) == 2


def test_a_single_picture_is_asked_of_no_film(reel, artgen, tmp_path):
    (tmp_path / "reel.yaml").write_text(yaml.safe_dump(reel))
    assert "--export: is for a single picture" in artgen("run", "reel.yaml", "--export", "svg", code=2).stderr
    with pytest.raises(InputError, match="makes a film, and here a single picture is wanted"):
        run(reel)


MISTAKES = """\
p.yaml:7:12: losses[1].weight: counts in beats; say with film.bpm how many a minute has
p.yaml:8:12: losses[2].weight: counts in steps and in moments of the film; write frames as 40f
p.yaml:9:14: transparent: a film has no transparency; leave it out
p.yaml:11:3: film.camera: the camera leaves the picture: at 0.0833s nothing of the last frame is in view; \
move it more slowly, or give more fps
p.yaml:11:3: film.keep: there is nothing to put in the place of what is not kept; give 'start', such as perlin
"""


def test_mistakes_have_their_lines(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(
        "generator: {type: pixel}\nsize: 16\nsteps: 2\nseed: 1\nlosses:\n"
        "  - {type: smoothness, weight: {0: 1, 20s: 2}}\n"
        "  - {type: saturation, weight: {0: 1, 2b: 2}}\n"
        "  - {type: colourfulness, weight: {0: 1, 3: 4, 2s: 2}}\n"
        "transparent: true\nfilm:\n  seconds: 2\n  camera: {pan_x: 40}\n  keep: 0.5\n"
    )
    said = artgen("check", "p.yaml", code=2).stderr
    for line in MISTAKES.splitlines():
        assert line.split(": ", 1)[1] in said
    assert said.count("\n") == 5


def test_points_that_the_film_never_comes_to_are_told(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(
        "generator: {type: pixel}\nlosses: [{type: smoothness, weight: {0: 1, 20s: 2}}]\nfilm: {seconds: 2}\n"
    )
    assert "losses[0].weight: 20s lies beyond the film of 2 seconds" in artgen("check", "p.yaml", code=0).stderr


@pytest.mark.parametrize(
    ("film", "said"),
    [
        ("{seconds: 0}", "film.seconds: must be more than 0.0, got 0"),
        ("{seconds: 1, fps: 0}", "film.fps: must be more than 0.0, got 0"),
        ("{seconds: 0.1, fps: 10}", "film: a film has two pictures at least"),
        ("{seconds: 36000, fps: 100}", "film: 3600000 pictures are too many; at most 100000"),
        ("{seconds: 1, camera: {zoom: 0}}", "film.camera.zoom: must be more than 0, got 0"),
        ("{seconds: 1, camra: {zoom: 2}}", "film: there is no setting 'camra'; did you mean 'camera'?"),
    ],
)
def test_numbers_that_make_no_film(artgen, tmp_path, film, said):
    (tmp_path / "p.yaml").write_text(f"generator: {{type: pixel}}\nlosses: [{{type: smoothness}}]\nfilm: {film}\n")
    assert said in artgen("check", "p.yaml", code=2).stderr


def test_moments_of_films_need_one(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text("generator: {type: pixel}\nlosses: [{type: smoothness, weight: {0: 1, 2s: 2}}]\n")
    said = artgen("check", "p.yaml", code=2).stderr
    assert said == (
        "p.yaml:2:37: losses[0].weight: 2s is a moment of a film, and this preset makes none; give 'film', or steps\n"
    )


def test_a_generator_that_begins_in_its_own_way_makes_no_film(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text("generator: {type: flat}\nlosses: [{type: dark}]\nfilm: {seconds: 1}\n")
    said = artgen("check", "p.yaml", code=2).stderr
    assert "film: the generator 'flat' begins in its own way, and each frame begins with the last one" in said
