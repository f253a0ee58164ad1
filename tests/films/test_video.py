"""Films whose frames begin with those of a video."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from safetensors.torch import save_file
from torchvision.models.optical_flow import raft_small

import artgen
from artgen.films import record
from artgen.films.formats.recipes import recipe_of
from artgen.preset.needs import downloads
from artgen.recipe import metadata
from artgen.weights import sha256
from tests.helpers import films


def _pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


def _bytes(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.png")}


def _animated(file, pictures, milliseconds=200):
    pictures[0].save(file, save_all=True, append_images=pictures[1:], duration=milliseconds, lossless=True)


@pytest.fixture
def dance(reel):
    """A film of five frames in a second that follows ``dance.webp``, in which a square goes to the right."""
    pictures = [Image.open(path) for path in films.draw(Path("drawn"), 5, (24, 16))]
    _animated("dance.webp", pictures)
    reel |= {"start": {"video": "dance.webp"}, "losses": [{"type": "smoothness", "weight": 0}]}
    reel["generator"]["learning_rate"] = 0.001
    reel["film"] = {"seconds": 1, "fps": 5, "steps_per_frame": 1, "keep": 0.5}
    return reel


def test_frames_begin_with_the_video_and_the_last_frame_as_it_moves(dance):
    frames = artgen.film(dance, out="film", note=pytest.fail).frames
    video = sorted(Path("film/video").glob("00000?.png"))
    assert [path.name for path in video] == [f"00000{number}.png" for number in range(5)]
    for frame, shot, drawn in zip(frames, video, sorted(Path("drawn").iterdir()), strict=True):
        assert (_pixels(shot) == _pixels(drawn)).all()
        assert np.abs(_pixels(frame) - _pixels(shot)).mean() < 3
    recipe = metadata.read(frames[3])
    start = recipe["preset"]["start"]
    assert start["image"] == "film/video/000003.png"
    assert start["over"][0]["image"] == "film/frames/000002.png"
    assert start["over"][0]["move"]["flow"] == "film/video/000003-flow.png"
    assert start["over"][0]["alpha"] == 0.5
    assert set(recipe["inputs"]) == {
        "film/video/000003.png",
        "film/video/000003-flow.png",
        "film/frames/000002.png",
    }
    assert "video" not in start or start["video"] is None


def test_what_is_drawn_goes_with_the_thing_it_is_drawn_on(reel):
    """All is kept: a red dot that is only in the first frame stays on the square, where it goes."""
    blobs = np.random.default_rng(1).integers(0, 256, (8, 12, 3), np.uint8)
    ground = np.asarray(Image.fromarray(blobs).resize((48, 32), Image.Resampling.BICUBIC))
    pictures = []
    for number in range(4):
        levels = ground // 2
        levels[8:24, 6 + 4 * number : 22 + 4 * number] = 128 + ground[8:24, 6:22] // 2
        pictures.append(Image.fromarray(levels))
    _animated("go.webp", pictures)
    reel |= {"size": [48, 32], "steps": 1, "losses": [{"type": "smoothness", "weight": 0}]}
    reel |= {"start": {"video": "go.webp"}, "film": {"seconds": 0.8, "fps": 5, "steps_per_frame": 1}}
    [first] = artgen.film(reel, out="film", until=1).frames
    dotted = Image.open(first).convert("RGB")
    dotted.paste((255, 0, 0), (12, 14, 16, 18))
    dotted.save(first, **metadata.options(first, metadata.read(first)))
    frames = artgen.resume_film("film").frames
    red = _pixels(frames[3])
    red = red[..., 0] - red[..., 1:].max(axis=2)
    assert red[14:18, 24:28].mean() > 120
    assert red[14:18, 12:16].mean() < 40


def test_without_flow_the_last_frame_stays_where_it_is(dance):
    dance["start"]["flow"] = None
    frames = artgen.film(dance, out="film").frames
    assert metadata.read(frames[2])["preset"]["start"]["over"][0].get("move") is None
    assert not list(Path("film/video").glob("*-flow.png"))


def test_any_frame_is_drawn_again_without_the_video(dance):
    dance["losses"] = [{"type": "smoothness"}]
    artgen.film(dance, out="film")
    Path("dance.webp").unlink()
    shutil.move("film", "elsewhere")
    for frame in (0, 1, 4):
        assert artgen.replay(f"elsewhere/frames/{frame:06}.png").word == "identical"


@pytest.fixture
def made(dance, artgen, tmp_path, no_ffmpeg):
    """The film by the command, without ffmpeg."""
    (tmp_path / "dance.yaml").write_text(yaml.safe_dump(dance))
    said = artgen("run", "dance.yaml", "--out", "film", code=0)
    assert "the film is a WebP" in said.stderr
    return tmp_path / "film"


def test_a_frame_is_drawn_again_from_the_film_and_the_pictures_beside_it(made, artgen):
    assert "identical" in artgen("replay", "film/film.webp", "--frame", "3", code=0).stdout
    shutil.rmtree(made / "frames")
    for frame in ("0", "3"):
        assert "identical" in artgen("replay", "film/film.webp", "--frame", frame, code=0).stdout
    (made / "video/000002-flow.png").unlink()
    said = artgen("replay", "film/film.webp", "--frame", "3", code=2).stderr
    assert "000002-flow.png: is missing; the film follows a video, whose pictures lie beside it" in said


def test_the_film_says_which_video_it_follows(made, artgen):
    told = {"path": "dance.webp", "sha256": sha256(made.parent / "dance.webp"), "folder": "video", "weights": {}}
    assert record.read(made).as_data()["videos"] == [told]
    assert recipe_of(made / "film.webp")["videos"] == [told]
    artgen("film", "film", "--format", "gif", code=0)
    assert recipe_of(made / "film.gif")["videos"] == [told]
    said = artgen("film", "film", "--format", "gif", "--between", "2", "--overwrite", code=2).stderr
    assert said == "--between: follows a camera, and this film a video; draw more frames, by its 'film.fps'\n"


def test_a_private_film_keeps_the_name_of_its_video(dance):
    shutil.copy("dance.webp", "my-secret.webp")
    dance |= {"recipe": "private", "start": {"video": "my-secret.webp", "flow": None}}
    frames = artgen.film(dance, out="film").frames
    assert record.read(Path("film")).videos[0].path == "video.webp"
    text = json.dumps(metadata.read(frames[2])) + Path("film/video/video.json").read_text()
    assert "secret" not in text


def test_a_film_that_was_stopped_ends_in_the_same_bytes(dance):
    artgen.film(dance, out="film")
    whole = _bytes(Path("film"))
    shutil.rmtree("film")

    def stop(event):
        if event.frame == 2:
            os.kill(os.getpid(), signal.SIGINT)

    assert artgen.film(dance, out="film", on_step=stop).interrupted
    artgen.resume_film("film")
    assert _bytes(Path("film")) == whole


def test_a_film_that_was_killed_ends_in_the_same_bytes(dance):
    dance["film"] |= {"fps": 6}
    Path("dance.yaml").write_text(yaml.safe_dump(dance))
    artgen.film("dance.yaml", out="film")
    whole = _bytes(Path("film"))
    shutil.rmtree("film")
    process = subprocess.Popen([sys.executable, "-m", "artgen", "run", "dance.yaml", "--out", "film"])
    while not Path("film/video/000002-flow.png").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not Path("film/image.png").exists()
    artgen.resume_film("film")
    assert _bytes(Path("film")) == whole


def test_a_picture_of_the_video_that_was_lost_is_missed(dance):
    artgen.film(dance, out="film", until=2)
    Path("film/video/000003.png").unlink()
    with pytest.raises(
        artgen.InputError, match=r"video/000003.png: is missing, and the film cannot be made without it"
    ):
        artgen.resume_film("film")


def test_raft_tells_how_things_move(dance):
    with torch.random.fork_rng():
        save_file(raft_small(weights=None).state_dict(), "mine.safetensors")
    dance["start"]["flow"] = "mine.safetensors"
    dance["film"]["seconds"] = 0.6
    frames = artgen.film(dance, out="film", until=2).frames
    assert metadata.read(frames[1])["inputs"]["film/video/000001-flow.png"]
    told = {"raft/mine.safetensors": sha256(Path("mine.safetensors"))}
    with torch.random.fork_rng():
        torch.manual_seed(4)
        save_file(raft_small(weights=None).state_dict(), "mine.safetensors")
    with pytest.raises(artgen.InputError, match=r"raft/mine.safetensors: has changed since the film began"):
        artgen.resume_film("film")
    assert json.loads(Path("film/video/video.json").read_text())[0]["weights"] == told
    Path("mine.safetensors").unlink()
    assert artgen.replay(frames[1]).word == "identical"


def test_a_mask_may_be_a_video(reel):
    """A loss that looks where its mask is white, in each frame."""
    masks = []
    for number in range(5):
        levels = np.zeros((16, 24), np.uint8)
        levels[:, 4 * number : 4 * number + 8] = 255
        masks.append(Image.fromarray(levels).convert("RGB"))
    _animated("mask.gif", masks)
    Image.new("RGB", (24, 16), "white").save("white.png")
    reel |= {"start": "#000000", "losses": [{"type": "target", "image": "white.png", "mask": "mask.gif"}]}
    reel["generator"]["learning_rate"] = 0.3
    reel["film"] = {"seconds": 1, "fps": 5, "steps_per_frame": 20, "keep": 0.01}
    frames = artgen.film(reel, out="film").frames
    assert metadata.read(frames[3])["preset"]["losses"][0]["mask"] == "film/video/1/000003.png"
    for number, frame in enumerate(frames[1:], 1):
        bright = _pixels(frame).mean(axis=(0, 2))
        assert bright[4 * number : 4 * number + 8].min() > bright.max() / 2
        assert bright[: 4 * number].max(initial=0) < bright.max() / 2
    shutil.move("film", "elsewhere")
    assert artgen.replay("elsewhere/frames/000003.png").word == "identical"


def test_a_picture_that_moves_is_its_first_one_outside_of_films(dance):
    del dance["film"]
    dance["start"] = "dance.webp"
    with pytest.warns(artgen.errors.Notice, match="it moves, or has several pages; the first picture is taken"):
        preset = artgen.load(dance)
    assert preset.start.image == Path("dance.webp")


def test_a_large_video_is_kept_as_small_as_it_is_of_use(dance):
    _animated("large.webp", [Image.effect_noise((101, 50), 50).convert("RGB") for _ in range(2)])
    dance["start"]["video"] = "large.webp"
    artgen.film(dance, out="film", until=1)
    assert Image.open("film/video/000000.png").size == (32, 16)
    assert (Path("film/video/000002.png").read_bytes()) == Path("film/video/000004.png").read_bytes()


def test_another_films_frames_are_a_video(dance):
    dance["start"]["flow"] = None
    artgen.film(dance, out="film")
    dance["start"]["video"] = "film"
    frames = artgen.film(dance, out="again").frames
    assert (_pixels("again/video/000003.png") == _pixels("film/frames/000003.png")).all()
    assert len(frames) == 5


def test_what_no_film_has_written_is_left_alone(dance):
    Path("film/video").mkdir(parents=True)
    Path("film/video/mine.mp4").write_text("all I have")
    with pytest.raises(artgen.InputError, match=r"film/video: is there already; choose another --out"):
        artgen.film(dance, out="film")
    with pytest.raises(artgen.InputError, match=r"mine.mp4: was written by no film; move it away"):
        artgen.film(dance, out="film", overwrite=True)
    assert Path("film/video/mine.mp4").read_text() == "all I have"
    Path("film/video/mine.mp4").unlink()
    artgen.film(dance, out="film", overwrite=True, until=1)
    # A film may be made anew from the pictures that it replaces.
    dance["start"]["video"] = "film/video"
    artgen.film(dance, out="film", overwrite=True, until=1)
    assert len(list(Path("film/video").glob("*.png"))) == 5


@pytest.mark.usefixtures("ffmpeg")
def test_a_film_follows_an_mp4(dance):
    command = ["ffmpeg", "-v", "error", "-framerate", "5", "-i", "drawn/%06d.png", "-crf", "4", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "dance.mp4"], check=True)
    dance["start"] = "dance.mp4"
    frames = artgen.film(dance, out="film", until=3, note=pytest.fail).frames
    assert len(frames) == 3
    for number in range(5):
        shot = _pixels(f"film/video/{number:06}.png")
        assert films.noise(shot, _pixels(f"drawn/{number:06}.png")) > 25


MISTAKES = [
    ("start: {video: no.mp4}", "start.video: there is no file 'no.mp4'"),
    ("start: {video: empty}", "start.video: there are no numbered PNGs, such as 000000.png, in the folder 'empty'"),
    ("start: {video: p.yaml}", "start.video: p.yaml: no video that is read; MP4, MOV, WebM"),
    ("start: {video: still.png}", "start.video: still.png: no video that is read"),
    ("start: {video: go.gif, from: 3}", "start.video: go.gif: lasts 1 seconds, so that there is nothing at 3; give"),
    ("start: {video: go.gif, flow: raft}", "start.flow: there is no file 'raft' in the current folder; write tvl1, r"),
    ("start: {video: go.gif, flow: still.png}", "start.flow: still.png: is damaged, or holds more than weights"),
    ("start: {video: go.gif, image: still.png}", "start: 'image' and 'video' are both pictures to begin with"),
    ("start: {image: still.png, from: 3}", "start: 'from' and 'flow' belong to 'video'"),
    ("start: {video: go.gif, flow: null}", "film.keep: the last frame would hide all of the video; keep less than 1"),
    (
        "start: {video: go.gif}\nfilm: {camera: {zoom: 2}}",
        "film.camera: the pictures move as those of 'start.video' do",
    ),
    ("start: {video: go.gif}\nfilm: {between: 1}", "film.between: moves as a camera does, and a video in its own way"),
    ("start: {video: go.gif}\nfilm: null", "start.video: a video belongs to a preset with 'film'; say how long"),
    ("start: cut.mp4", "start.video: cut.mp4: no video that can be read (moov atom not found)"),
    ("overlay: {image: cut.mp4}\nfilm: null", "overlay.image: cut.mp4: a video belongs to a preset with 'film'"),
    (
        "film: {camera: {depth: {picture: cut.mp4}}}",
        "depth.picture: cut.mp4: a camera's depths are those of one picture",
    ),
    ("overlay: {image: cut.mp4}", "overlay.image: cut.mp4: no video that can be read (moov atom not found)"),
]


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize(("change", "said"), MISTAKES)
def test_mistakes_have_their_lines(artgen, tmp_path, change, said):
    (tmp_path / "empty").mkdir()
    _animated(tmp_path / "go.gif", [Image.new("RGB", (8, 8), (40 * number, 0, 0)) for number in range(5)])
    Image.new("RGB", (8, 8)).save(tmp_path / "still.png")
    (tmp_path / "cut.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(20))
    base = "generator: {type: pixel}\nlosses: [{type: smoothness}]\nsize: 16\nfilm: {seconds: 1}\n"
    (tmp_path / "base.yaml").write_text(base)
    (tmp_path / "p.yaml").write_text(f"extends: base.yaml\n{change}\n")
    told = artgen("check", "p.yaml", code=2).stderr
    assert said in told
    assert told.count("\n") == 1


def test_a_video_that_ends_before_the_film_is_told_once(dance, artgen, tmp_path):
    dance["film"]["seconds"] = 2
    dance["start"]["flow"] = None
    (tmp_path / "dance.yaml").write_text(yaml.safe_dump(dance))
    said = artgen("check", "dance.yaml", code=0).stderr
    assert "dance.webp: ends 1 seconds before the film, and its last picture stands until then\n" in said
    assert artgen("run", "dance.yaml", "--out", "film", code=0).stderr.count("ends 1 seconds before") == 1


def test_raft_by_name_is_to_be_downloaded(dance, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    preset = artgen.load(dance, ["start.flow=raft_small"])
    name = "raft_small_C_T_V2-01064c6d.pth"
    assert [one.name for one in downloads(preset)] == [name]
    with pytest.raises(artgen.InputError, match=f"{name}: is not in the cache"):
        artgen.film(preset, out="film")
