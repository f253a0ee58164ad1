"""Numbers that follow a song become plain numbers when a preset is checked; mistakes stand at their line."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

import artgen as package
from artgen.errors import Notice
from artgen.fields.paths import confined
from artgen.preset import nodes, sounding
from artgen.preset.loading import parse
from artgen.sound import following, reading
from artgen.sound.settings import Sound
from tests.helpers.paths import ROOT

PULSE = ROOT / "presets/inputs/pulse.wav"


@pytest.fixture
def baked(tmp_path):
    """Reads a preset's text and puts numbers in the places of songs: the tree, and what was found."""
    (tmp_path / "pulse.wav").symlink_to(PULSE)

    def bake(text):
        tree, problems = nodes.from_text(text, "p.yaml", tmp_path)
        assert not problems
        return tree.data(), sounding.bake(tree), tree.data()

    return bake


def test_each_place_becomes_a_value_for_each_frame(baked):
    before, found, after = baked(
        "film: {seconds: 3, fps: 8, camera: {zoom: {sound: pulse.wav, of: beats, low: 1, high: 2}}}\n"
        "losses:\n"
        "  - {type: dark, weight: {sound: pulse.wav, band: bass, low: 0.2, smooth: 0s}}\n"
        "  - {type: dark, weight: {0: 1, 50%: 0}}\n"
    )
    assert found.problems == []
    assert after["losses"][1] == before["losses"][1]
    song = reading.read(PULSE, 60)
    for place, said in (
        (after["losses"][0]["weight"], {"band": "bass", "low": 0.2, "smooth": 0.0}),
        (after["film"]["camera"]["zoom"], {"of": "beats", "low": 1, "high": 2}),
    ):
        sound = Sound(sound=PULSE, **said)
        levels = following.values(sound, song, 24, 8)
        assert list(place) == ["each"] and len(place["each"]) == 24
        np.testing.assert_allclose(place["each"], sound.low + (sound.high - sound.low) * levels, rtol=1e-5)
    assert [path.name for path in found.songs] == ["pulse.wav"]


def test_a_song_is_read_once(baked, monkeypatch):
    reads = []
    real = following.read
    monkeypatch.setattr(following, "read", lambda *given: reads.append(given) or real(*given))
    _, found, _ = baked(
        "film: {seconds: 1}\na: {sound: pulse.wav}\nb: [{sound: pulse.wav, band: mid}]\nc: {sound: ./pulse.wav}\n"
    )
    assert found.problems == [] and len(reads) == 1


def test_a_picture_that_is_held_counts_as_one(baked):
    *_, data = baked("film: {seconds: 2, fps: 12, hold: 2}\na: {sound: pulse.wav}\n")
    assert data["a"] == following.baked(Sound(sound=PULSE), 12, 6)


def test_the_beats_of_the_film_are_believed(baked):
    _, found, data = baked("film: {seconds: 6, fps: 20, bpm: 60}\na: {sound: pulse.wav, of: beats, smooth: 0ms}\n")
    assert not found.problems
    np.testing.assert_allclose(np.diff(np.flatnonzero(data["a"]["each"])), 20, atol=1)


MISTAKES = {
    "{sound: none.wav}": "17: a.b[0].sound: there is no file 'none.wav'",
    "{sound: text.wav}": "17: a.b[0].sound: {folder}/text.wav: no song that can be read (neither WAV, ",
    "{sound: pulse.wav, of: beat}": "32: a.b[0].of: 'beat' is not one of the choices; did you mean 'beats'?",
    "{sound: pulse.wav, band: bas}": "34: a.b[0].band: no band is called 'bas'; did you mean 'bass'?; or ",
    "{sound: pulse.wav, band: [9, 3]}": "34: a.b[0].band: expected all, bass, mid, treble, or two frequencies in ",
    "{sound: pulse.wav, band: [2e4, 3e4]}": "17: a.b[0].sound: {folder}/pulse.wav: has no sounds of 20000 to 30000",
    "{sound: pulse.wav, smooth: soon}": "36: a.b[0].smooth: expected a time in seconds such as 0.1s, got 'soon'",
    "{sound: pulse.wav, smooth: -1}": "36: a.b[0].smooth: must be at least 0",
    "{sound: pulse.wav, smooth: 61s}": "36: a.b[0].smooth: must be at most 60",
    "{sound: pulse.wav, low: true}": "33: a.b[0].low: expected a number, got true",
    "{sound: pulse.wav, high: .inf}": "34: a.b[0].high: expected a finite number",
    "{sound: pulse.wav, low: 1}": "9: a.b[0]: 'low' and 'high' are the same",
    "{sound: pulse.wav, lo: 1}": "28: a.b[0]: there is no setting 'lo'; did you mean 'low'?",
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_is_one_line_at_its_place(said, baked, tmp_path):
    (tmp_path / "text.wav").write_text("la la la\n")
    *_, found, data = baked(f"film: {{seconds: 1}}\na: {{b: [{said}]}}\n")
    (problem,) = found.problems
    assert str(problem).startswith(f"p.yaml:2:{MISTAKES[said].format(folder=tmp_path)}"), problem
    assert isinstance(data["a"]["b"][0], (int, float))


def test_without_a_film_there_is_nothing_to_follow_it_over(baked):
    for film in ("", "film: null\n"):
        _, found, _ = baked(f"{film}a: {{sound: pulse.wav}}\n")
        assert [problem.message for problem in found.problems] == [
            "a number follows a song over a film, and there is none; say how long, such as 'film: {seconds: 8}'"
        ]


@pytest.mark.parametrize(
    "film", ["{}", "{seconds: long}", "{seconds: 0}", "{seconds: 1, fps: fast}", "{seconds: .inf}", "8"]
)
def test_a_film_of_no_length_is_told_by_itself(film, baked):
    _, found, data = baked(f"film: {film}\na: {{sound: pulse.wav, high: 3}}\n")
    assert not found.problems and data["a"] == 3


def test_a_song_that_ends_first_is_told(baked):
    with pytest.warns(Notice, match=r"p.yaml:2:12: a.sound: .*pulse.wav: ends 2 seconds before the film, where it is"):
        _, found, data = baked("film: {seconds: 10, fps: 10}\na: {sound: pulse.wav, smooth: 0}\n")
    assert not found.problems and data["a"]["each"][81:] == [0.0] * 19


def test_a_component_that_has_a_sound_of_its_own_is_left_alone(baked):
    before, found, after = baked("film: {seconds: 1, sound: pulse.wav}\nfilters: [{type: hum, sound: pulse.wav}]\n")
    assert not found.problems and after == before


def test_a_stranger_may_not_name_songs_elsewhere(baked, tmp_path):
    with confined([tmp_path]):
        _, found, _ = baked("film: {seconds: 1}\na: {sound: pulse.wav}\n")
    assert "lies outside of the folders that a stranger's recipe may read" in str(found.problems[0])


FILM = """\
size: 16
start: perlin
generator: {type: pixel}
film: {seconds: 2, fps: 4, keep: {sound: pulse.wav, low: 0.5}}
losses: [{type: target, image: a.png, weight: {sound: pulse.wav, of: beats, high: 2}}]
"""


def test_what_is_written_down_needs_no_song(tmp_path):
    song = tmp_path / "pulse.wav"
    shutil.copy(PULSE, song)
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png")
    (tmp_path / "p.yaml").write_text(FILM)
    preset = package.load(tmp_path / "p.yaml")
    song.unlink()
    assert "pulse.wav" not in json.dumps(preset.resolved())
    again = parse(preset.resolved(), written_down=True)
    # The song is the film's file's affair, and no recipe's.
    silent = preset.film.model_copy(update={"song": None})
    assert (again, preset.film.song) == (preset.model_copy(update={"film": silent}), song)
    beats = again.losses[0].weight.each
    assert beats[0] == beats[2] == beats[4] == 2 > max(beats[1], beats[3])
    assert len(again.film.keep.each) == 8 and 0.5 <= min(again.film.keep.each) < max(again.film.keep.each) == 1


def test_numbers_beyond_the_bounds_of_a_setting_are_one_mistake(artgen, tmp_path):
    shutil.copy(PULSE, tmp_path / "pulse.wav")
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png")
    (tmp_path / "p.yaml").write_text(FILM.replace("low: 0.5", "high: 1.5"))
    said = artgen("check", "p.yaml", code=2).stderr.splitlines()
    assert len(said) == 1 and said[0].startswith("p.yaml:4:34: film.keep: must be "), said


def test_check_tells_it(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text("extends: pixel\nlosses: [{type: clip, weight: {sound: a.wav}}]\n")
    said = artgen("check", "p.yaml", code=2).stderr.splitlines()
    assert said == [
        "p.yaml:2:31: losses[0].weight: a number follows a song over a film, and there is none; say how long, such as "
        "'film: {seconds: 8}'",
        "p.yaml:2:39: losses[0].weight.sound: there is no file 'a.wav' in the current folder",
    ]
