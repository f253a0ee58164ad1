"""Pictures between frames, as the camera has them there."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import artgen
from artgen.films.between import with_betweens
from artgen.preset.settings.film import Film


def _pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


def _waves(path, shift=0):
    """48 x 24 pixels, without a seam from right to left, moved to the left by `shift` pixels."""
    columns = (np.arange(48) + shift) * 2 * np.pi / 48
    rows = np.arange(24)[:, None] * 2 * np.pi / 24
    waves = [np.sin(columns) + 0 * rows, np.cos(2 * columns) + 0 * rows, np.sin(rows) + 0 * columns]
    Image.fromarray(((np.stack(waves, axis=-1) + 1) * 127.5).round().astype("uint8")).save(path)
    return path


def test_without_a_camera_one_fades_into_the_other(tmp_path):
    for name, value in (("0.png", 0), ("1.png", 200)):
        Image.new("RGB", (8, 8), (value,) * 3).save(tmp_path / name)
    frames = [tmp_path / "0.png", tmp_path / "1.png"]
    shown = with_betweens(frames, Film(seconds=2, fps=1), 3, tmp_path)
    assert [_pixels(path).mean() for path in shown] == pytest.approx([0, 50, 100, 150, 200, 200, 200, 200], abs=1)


def test_what_the_camera_pans_past_is_where_it_is_then(tmp_path):
    """Eight pixels a frame; nothing fades, because both neighbours say the same."""
    frames = [_waves(tmp_path / f"{number}.png", 8 * number) for number in range(3)]
    film = Film.model_validate({"seconds": 3, "fps": 1, "camera": {"pan_x": 8 / 48, "edge": "wrap"}})
    shown = with_betweens(frames, film, 3, tmp_path)
    assert len(shown) == 12
    for number, path in enumerate(shown[:9]):
        expected = _pixels(_waves(tmp_path / "expected.png", 2 * number))
        assert np.abs(_pixels(path) - expected).max() <= 3


def test_after_a_loops_last_frame_they_lead_to_the_first(tmp_path):
    frames = [_waves(tmp_path / f"{number}.png", 16 * number) for number in range(3)]
    film = Film.model_validate({"seconds": 3, "fps": 1, "loop": True, "camera": {"pan_x": 1 / 3, "edge": "wrap"}})
    shown = with_betweens(frames, film, 1, tmp_path)
    assert np.abs(_pixels(shown[5]) - _pixels(_waves(tmp_path / "expected.png", 40))).max() <= 3


def test_with_depth_they_are_seen_from_where_the_camera_is_then(tmp_path):
    """A picture of depths that are all in the middle: as without depth, but by the other way."""
    frames = [_waves(tmp_path / f"{number}.png", 8 * number) for number in range(2)]
    Image.new("L", (48, 24), 128).save(tmp_path / "depth.png")
    camera = {"pan_x": 8 / 48, "edge": "wrap", "depth": {"picture": str(tmp_path / "depth.png")}}
    film = Film.model_validate({"seconds": 2, "fps": 1, "camera": camera})
    flat = Film.model_validate({"seconds": 2, "fps": 1, "camera": {"pan_x": 8 / 48, "edge": "wrap"}})
    (tmp_path / "flat").mkdir()
    deep = with_betweens(frames, film, 1, tmp_path)[1]
    plain = with_betweens(frames, flat, 1, tmp_path / "flat")[1]
    assert np.abs(_pixels(deep) - _pixels(plain))[:, 6:-6].max() <= 4


def test_a_film_has_them_and_is_as_long_as_it_says(reel, artgen):
    reel["film"] |= {"seconds": 2, "fps": 8, "between": 3}
    result = _made(reel)
    assert len(result.frames) == 4
    with Image.open(artgen_webp(artgen)) as film:
        assert film.n_frames in range(13, 17)  # those that stand still are one


def _made(reel):
    return artgen.film(reel, out="film", note=lambda line: None)


def artgen_webp(artgen):
    artgen("film", "film", "--format", "webp", "--overwrite", code=0)
    return "film/film.webp"


def test_between_is_told_where_it_cannot_be(reel, artgen):
    _made(reel)
    said = artgen("film", "film", "--between", 2, "--hold", 2, code=2).stderr
    assert "--between: puts pictures where --hold shows one again" in said
    done = artgen("film", "film", "--between", 1, "--format", "webp", code=0)
    assert "6 frames, 1 s at 12 frames a second" in done.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"between": 2, "hold": 2}, "'hold' shows a picture again where 'between' puts others"),
        ({"between": 1, "camera": {"depth": {"model": "a/b"}}}, "'between' needs depths that do not come from a model"),
    ],
)
def test_settings_that_do_not_go_together(more, said):
    with pytest.raises(ValueError, match=said):
        Film.model_validate({"seconds": 2, **more})


def test_without_them_a_film_needs_no_camera(reel, artgen):
    """Its picture of depths may be gone."""
    Image.new("L", (24, 16), 128).save("depth.png")
    reel["film"]["camera"]["depth"] = "depth.png"
    _made(reel)
    Path("depth.png").unlink()
    artgen("film", "film", "--format", "webp", "--overwrite", code=0)
    said = artgen("film", "film", "--format", "webp", "--between", 1, "--overwrite", code=2).stderr
    assert "depth.png" in said
