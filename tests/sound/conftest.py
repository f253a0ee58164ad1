import numpy as np
import pytest
import soundfile

from artgen.sound.reading import Song

RATE = 22_050


def clicks(times, seconds, rate=RATE):
    """Bursts of noise of 20 ms at these moments."""
    noise = np.random.RandomState(5)
    samples = np.zeros(round(seconds * rate))
    for time in times:
        start = round(time * rate)
        part = samples[start : start + rate // 50]
        part += noise.standard_normal(len(part)) * np.exp(-np.arange(len(part)) / rate * 200) * 0.2
    return samples


def tone(hertz, seconds, rate=RATE):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def song(samples, rate=RATE):
    return Song(np.asarray(samples, dtype=np.float32), rate)


@pytest.fixture
def written(tmp_path):
    """Writes samples to a file, by libsndfile."""

    def write(samples, name="song.wav", rate=RATE, **options):
        soundfile.write(tmp_path / name, samples, rate, **options)
        return tmp_path / name

    return write
