"""What is heard of known signals, at the frames of a film."""

import warnings

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from artgen.errors import InputError
from artgen.sound import beats, following, reading, spectra
from artgen.sound.onsets import flux, onsets
from artgen.sound.settings import BANDS, Sound
from tests.helpers.paths import ROOT
from tests.sound.conftest import RATE, clicks, song, tone
from training import pulse

SHIPPED = ROOT / "presets/inputs/pulse.wav"
ALL = BANDS["all"]
FPS = 24


def heard(samples, seconds, rate=RATE, fps=FPS, bpm=None, **said):
    sound = Sound(sound=SHIPPED, **{"smooth": 0.0, **said})
    return following.values(sound, song(samples, rate), round(seconds * fps), fps, bpm)


def test_spectra_are_those_of_scipy():
    samples = np.random.RandomState(2).standard_normal(3000).astype(np.float32)
    window = np.hanning(512)
    _, _, expected = scipy.signal.stft(
        samples.astype(float), RATE, window, 512, 412, boundary=None, padded=False, scaling="spectrum"
    )
    starts = np.arange(0, 3000 - 512, 100)
    found = np.concatenate(list(spectra.powers(samples, starts, window)))
    np.testing.assert_allclose(found, np.abs(expected.T[: len(starts)]) ** 2, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("hertz", "band"), [(60, "bass"), (110, "bass"), (500, "mid"), (5000, "treble")])
def test_a_tone_is_in_its_band_and_in_no_other(hertz, band):
    samples = tone(hertz, 2)
    for name in ("bass", "mid", "treble"):
        if name == band:
            assert (heard(samples, 2, band=name) > 0.9).all()
        else:
            with pytest.raises(InputError, match=f"no sound in {name} .* over the 2 seconds of the film"):
                heard(samples, 2, band=name)
    assert (heard(samples, 2, band=(hertz - 15, hertz + 15)) > 0.9).all()
    assert (heard(samples, 2, band="all") > 0.9).all()


def test_a_sweep_goes_from_bass_to_treble():
    time = np.arange(6 * RATE) / RATE
    samples = scipy.signal.chirp(time, 40, 6, 8000, method="logarithmic")
    found = {name: heard(samples, 6, band=name) for name in ("bass", "mid", "treble")}
    # A logarithmic sweep is at a frequency f after 6 log(f / 40) / log(200) seconds.
    first, last = (round(6 * np.log(edge / 40) / np.log(200) * FPS) for edge in (150, 2000))
    for name, inside in (("bass", slice(0, first)), ("mid", slice(first, last)), ("treble", slice(last, None))):
        expected = np.zeros(6 * FPS)
        expected[inside] = 1
        assert np.abs(found[name] - expected).mean() < 0.05, name
        assert np.flatnonzero(found[name] > 0.5)[[0, -1]] == pytest.approx(np.flatnonzero(expected)[[0, -1]], abs=2)


def test_what_is_ten_decibels_softer_is_half_as_loud():
    samples = tone(440, 4) * np.repeat([1, 10 ** (-10 / 20), 10 ** (-20 / 20), 0], RATE)
    found = heard(samples, 4)[FPS // 2 :: FPS]
    assert found == pytest.approx([1, 0.5, 0.25, 0], abs=0.01)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("fps", [12, 24, 60])
def test_the_loudness_of_a_click_is_at_its_frame(rate, fps):
    found = heard(clicks([1.5], 3, rate), 3, rate, fps)
    centre = (np.arange(3 * fps) * found).sum() / found.sum()
    assert centre == pytest.approx(1.5 * fps, abs=max(1, 0.01 * fps))


def test_at_few_frames_a_second_nothing_goes_unheard():
    assert (heard(clicks(np.arange(0.25, 12, 0.5), 12), 12, fps=2) > 0.5).all()


TIMES = np.array([0, 0.31, 0.5, 1.013, 1.2, 1.777, 2.5, 2.9])


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("noise", [0, 0.002])
def test_onsets_are_where_they_were_put(rate, noise):
    samples = clicks(TIMES, 3.5, rate) + noise * np.random.RandomState(3).standard_normal(round(3.5 * rate))
    found = onsets(flux(song(samples, rate), ALL))
    assert len(found) == len(TIMES)
    np.testing.assert_allclose(found, TIMES, atol=0.015)
    levels = heard(samples, 3.5, rate, 30, of="onsets")
    assert set(levels) == {0.0, 1.0}
    np.testing.assert_allclose(np.flatnonzero(levels), TIMES * 30, atol=1)


def test_onsets_of_a_band_are_those_of_its_instrument():
    time = np.arange(4 * RATE) / RATE
    kick = np.zeros(4 * RATE)
    for start in (0.25, 1.25, 2.25, 3.25):
        since = np.clip(time - start, 0, None)
        kick += 0.6 * np.sin(2 * np.pi * 55 * since) * np.exp(-since * 12)
    hats = scipy.signal.sosfilt(
        scipy.signal.butter(6, 6000, "high", fs=RATE, output="sos"), clicks(np.arange(8) / 2, 4)
    )
    found = onsets(flux(song(kick + hats), BANDS["bass"]))
    np.testing.assert_allclose(found, [0.25, 1.25, 2.25, 3.25], atol=0.02)
    found = onsets(flux(song(kick + hats), BANDS["treble"]))
    np.testing.assert_allclose(found, np.arange(8) / 2, atol=0.02)


def test_steady_sounds_have_few_onsets():
    for samples in (tone(440, 3), np.random.RandomState(4).standard_normal(3 * RATE) * 0.2):
        levels = heard(samples, 2.9, of="onsets")
        assert levels[0] == 1 and levels.sum() <= 4


@pytest.mark.parametrize("bpm", [70, 100, 120, 127.3, 150])
def test_the_tempo_is_found_within_two_percent_and_beats_within_a_frame(bpm):
    times = np.arange(0.1, 12, 60 / bpm)
    samples = clicks(times, 12) + 0.001 * np.random.RandomState(6).standard_normal(12 * RATE)
    band = flux(song(samples), ALL)
    period = beats.period(band.strength)
    assert 60 / period == pytest.approx(bpm, rel=0.002)
    found = beats.beats(band.strength, period)
    assert len(found) == len(times)
    np.testing.assert_allclose(found, times, atol=1 / 30)


def test_beats_are_there_where_one_is_not_played():
    times = np.arange(0, 10, 0.5)
    played = np.delete(times, [5, 6, 13])
    levels = heard(clicks(played, 10), 10, of="beats")
    np.testing.assert_allclose(np.flatnonzero(levels), times * FPS, atol=1)


def test_a_deep_drum_counts_more_than_the_cymbal_between():
    time = np.arange(8 * RATE) / RATE
    kick = sum(
        0.6 * np.sin(2 * np.pi * 55 * since) * np.exp(-since * 12)
        for since in (np.clip(time - start, 0, None) for start in np.arange(0, 8, 0.5))
    )
    levels = heard(kick + 0.4 * clicks(np.arange(0.25, 8, 0.5), 8), 8, of="beats")
    np.testing.assert_allclose(np.flatnonzero(levels), np.arange(16) * FPS / 2, atol=1)


def test_the_tempo_of_a_short_film_is_known_from_the_rest_of_the_song():
    beat = Sound(sound=SHIPPED, of="beats", smooth=0.0)
    assert following.baked(beat, 4, 8)["each"] == [1, 0, 0, 0]


def test_the_tempo_may_be_said():
    samples = clicks(np.arange(0, 10, 0.5), 10)
    slow = np.flatnonzero(heard(samples, 10, of="beats", bpm=60))
    np.testing.assert_allclose(np.diff(slow), FPS, atol=1)


@pytest.mark.parametrize("samples", [tone(440, 4), np.random.RandomState(7).standard_normal(8 * RATE), clicks([1], 3)])
def test_what_has_no_beat_is_refused(samples):
    with pytest.raises(InputError, match="no clear beat; choose 'of: onsets', or say 'bpm' in 'film'"):
        heard(samples, 3, of="beats")


def test_a_number_rises_at_once_and_falls_by_its_time():
    levels = np.array([0, 1, 0, 0, 0.9, 0, 0])
    np.testing.assert_allclose(
        following.released(levels, 2), [0, 1, np.exp(-0.5), np.exp(-1), 0.9, *0.9 * np.exp([-0.5, -1])]
    )
    np.testing.assert_array_equal(following.released(levels, 0), levels)
    # By scipy: the greatest of what is left of all the levels before.
    expected = scipy.signal.lfilter([1], [1, -np.exp(-1 / 6)], np.eye(1, 20)[0])
    np.testing.assert_allclose(following.released(np.eye(1, 20)[0], 6), expected)


def test_after_the_end_of_the_song_there_is_silence():
    levels = heard(tone(440, 1), 2)
    assert (levels[: FPS - 1] > 0.9).all() and not levels[FPS + 1 :].any()


@settings(max_examples=60, deadline=None)
@given(
    samples=arrays(np.float32, some.integers(1, 4000), elements=some.floats(-1, 1, width=32)),
    rate=some.sampled_from([1000, 8000, 96_000]),
    frames=some.integers(1, 60),
    fps=some.floats(0.5, 120),
    of=some.sampled_from(["loudness", "onsets", "beats"]),
    band=some.sampled_from([*BANDS, (0, 15), (100, 101), (300, 400)]),
    low=some.floats(-5, 5),
    high=some.floats(-5, 5),
    bpm=some.sampled_from([None, 30, 300]),
)
def test_numbers_are_finite_and_between_low_and_high(samples, rate, frames, fps, of, band, low, high, bpm):
    if low == high:
        return
    sound = Sound(sound=SHIPPED, of=of, band=band, low=low, high=high)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            baked = following.baked(sound, frames, fps, song(samples, rate), bpm)["each"]
        except InputError:
            return
    assert len(baked) == frames and np.isfinite(baked).all()
    assert min(low, high) - 1e-5 <= min(baked) <= max(baked) <= max(low, high) + 1e-5


def test_the_shipped_song_is_what_is_computed_and_has_its_beats(tmp_path):
    pulse.save(tmp_path / "pulse.wav")
    shipped = reading.read(SHIPPED, 60)
    # Another machine's sines may differ in the last place.
    np.testing.assert_allclose(reading.read(tmp_path / "pulse.wav", 60).samples, shipped.samples, atol=1.01 / 32768)
    assert shipped.seconds == 8 and SHIPPED.stat().st_size < 350 * 1024
    kicks = np.array(pulse.KICKS) * pulse.STEP
    beats_at = np.flatnonzero(heard(shipped.samples, 8, of="beats"))
    np.testing.assert_allclose(beats_at, kicks * FPS, atol=1)
    for steps, band in ((pulse.KICKS, "bass"), (pulse.HATS, "treble"), (pulse.CLAPS, "treble")):
        found = onsets(flux(shipped, BANDS[band]))
        assert np.abs(found[:, None] - np.array(steps) * pulse.STEP).min(0).max() < 0.04
