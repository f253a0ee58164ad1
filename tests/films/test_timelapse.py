"""How a picture grew, as a film: the best of the batch, from its first step to the finished picture."""

import json

import numpy as np
import pytest
import yaml
from PIL import Image

import artgen as package
from artgen.films.formats.recipes import recipe_of
from artgen.films.timelapse import FOLDER, Timelapse
from tests.helpers import films

pytestmark = pytest.mark.usefixtures("no_ffmpeg")


def enlarged(picture, times=21):
    return np.asarray(picture.convert("RGB")).repeat(times, 0).repeat(times, 1)


def stop_after(step):
    def stop(event):
        if event.step == step:
            raise KeyboardInterrupt

    return stop


@pytest.fixture
def drawn(flat):
    """Each step's drawing of both pictures, and the result."""
    steps = []
    result = package.run(flat, on_step=lambda event: steps.append(event.image.clone()), note=lambda line: None)
    return steps, result


def test_the_growth_of_the_best_is_shown_and_then_the_picture(artgen, tmp_path, flat, drawn):
    (tmp_path / "flat.yaml").write_text(yaml.safe_dump(flat))
    done = artgen("run", "flat.yaml", "--timelapse", "--out", "run", code=0)
    film = tmp_path / "run" / "timelapse.webp"
    assert "how it grew is in run/timelapse.webp" in done.stderr
    assert "no ffmpeg on the PATH writes H.264" in done.stderr
    assert not (tmp_path / "run" / FOLDER).exists()
    shown, durations = films.animated(film)
    assert durations[:-1] == [167, 166, 167, 167, 166, 167][: len(durations) - 1]
    assert sum(durations) == 2500  # six steps at six a second, and the picture for a second and a half
    steps, result = drawn
    for levels, image in zip(shown, steps, strict=False):
        wanted = (image[result.best] * 255).round().byte().permute(1, 2, 0).numpy()
        assert np.abs(levels - enlarged(Image.fromarray(wanted)).astype(int)).max() <= 3
    assert np.abs(shown[-1].astype(int) - enlarged(Image.open(tmp_path / "run" / "image.png"))).max() <= 3
    assert recipe_of(film) == json.loads((tmp_path / "run" / "recipe.json").read_text())


def test_a_run_that_is_stopped_goes_on_with_it(artgen, tmp_path, flat):
    folders = {name: tmp_path / name for name in ("whole", "stopped")}
    growth = Timelapse(folders["whole"])
    whole = growth.write(
        package.run(flat, out=growth.run, reporters=[growth], note=lambda line: None), lambda line: None
    )
    growth, notes = Timelapse(folders["stopped"]), []
    result = package.run(
        flat, out=growth.run, reporters=[growth], on_step=stop_after(2), checkpoint="1", note=lambda line: None
    )
    assert growth.write(result, notes.append) is None
    assert notes == [f"{growth.run}: the timelapse is written when the run is resumed and finished"]
    assert Timelapse.is_kept(growth.run)
    done = artgen("run", "--resume", "stopped", code=0)
    assert "goes on after step 3" in done.stderr
    assert (growth.run / whole.name).read_bytes() == whole.read_bytes()


def test_the_frames_of_another_run_are_not_taken(artgen, tmp_path, flat):
    growth = Timelapse(tmp_path / "run")
    stopped = {"out": growth.run, "on_step": stop_after(2), "checkpoint": "1", "note": lambda line: None}
    package.run(flat, reporters=[growth], **stopped)
    # Without one, in the same folder.
    package.run({**flat, "seed": 9}, overwrite=True, **stopped)
    assert not Timelapse.is_kept(growth.run)
    artgen("run", "--resume", "run", code=0)
    assert not (growth.run / "timelapse.webp").exists()


def test_what_is_missing_is_told(tmp_path, flat):
    growth, notes = Timelapse(tmp_path / "run"), []
    result = package.run(flat, out=growth.run, reporters=[growth], note=lambda line: None)
    for file in growth.folder.glob("*-0000002.png"):
        file.unlink()
    growth.write(result, notes.append)
    assert f"{growth.run}: 1 of the timelapse's 6 frames are not there" in notes


def test_a_long_run_keeps_few_frames_evenly(tmp_path):
    growth = Timelapse(tmp_path)
    growth.on_start(1000)
    assert len(growth.moments) == 240
    assert (growth.moments[0], growth.moments[-1]) == (0, 999)
    assert {after - before for before, after in zip(growth.moments, growth.moments[1:], strict=False)} == {4, 5}
    growth.on_start(1)
    assert growth.moments == [0]


def test_a_picture_that_tells_nothing_has_a_film_that_does_not(tmp_path, flat):
    growth = Timelapse(tmp_path / "run")
    result = package.run({**flat, "recipe": "none"}, out=growth.run, reporters=[growth], note=lambda line: None)
    assert recipe_of(growth.write(result, lambda line: None)) is None


def test_the_run_that_is_resumed_is_as_it_was_begun(artgen, tmp_path):
    done = artgen("run", "--resume", "run", "--timelapse", code=2)
    assert "goes on with the run as it was begun" in done.stderr
