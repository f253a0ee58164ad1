"""Songs in files; libsndfile, by soundfile, is the oracle."""

import os
import struct
import sys

import numpy as np
import pytest
import soundfile

from artgen.errors import InputError
from artgen.sound import reading, wav
from tests.sound.conftest import RATE, tone

RANDOM = np.random.RandomState(1).uniform(-0.9, 0.9, (2001, 2))
PLAIN = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")


@pytest.mark.parametrize("extensible", [False, True], ids=["wav", "extensible"])
@pytest.mark.parametrize("subtype", PLAIN)
def test_plain_wav_is_read_without_soundfile(subtype, extensible, written, monkeypatch):
    path = written(RANDOM, subtype=subtype, format="WAVEX" if extensible else "WAV")
    expected, rate = soundfile.read(path)
    monkeypatch.setitem(sys.modules, "soundfile", None)
    song = reading.read(path, 10)
    assert song.rate == rate
    np.testing.assert_allclose(song.samples, expected.mean(1), atol=1e-7)


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.flac", "PCM_24"), ("a.ogg", "VORBIS"), ("a.mp3", "MPEG_LAYER_III"), ("a.aiff", "PCM_16"), ("a.wav", "ULAW")],
)
def test_other_forms_are_read_by_soundfile(name, subtype, written, monkeypatch):
    path = written(RANDOM, name, subtype=subtype)
    expected, _ = soundfile.read(path, frames=1000)
    song = reading.read(path, 1000 / RATE)
    np.testing.assert_allclose(song.samples, expected.mean(1), atol=1e-6)
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(InputError, match=r'a\.\w+: no song .* needs one more package; pip install "artgen\[sound\]"'):
        reading.read(path, 1)


def test_only_the_beginning_is_read_block_by_block(written, monkeypatch):
    path = written(RANDOM, subtype="PCM_16")
    monkeypatch.setattr(reading, "_BLOCK", 200)
    song = reading.read(path, 1500 / RATE)
    np.testing.assert_allclose(song.samples, soundfile.read(path)[0][:1500].mean(1), atol=1e-7)


def test_parts_that_are_no_sound_are_passed_over(written, tmp_path):
    """A list of an odd length before the samples and one after them."""
    whole = written(RANDOM, subtype="PCM_16").read_bytes()
    place = whole.index(b"data")
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    (tmp_path / "more.wav").write_bytes(whole[:place] + extra + whole[place:] + extra)
    read = [reading.read(tmp_path / name, 10).samples for name in ("song.wav", "more.wav")]
    np.testing.assert_array_equal(*read)


def test_a_stream_whose_length_was_not_known_is_read_to_its_end(written, tmp_path):
    whole = bytearray(written(RANDOM, subtype="PCM_16").read_bytes())
    place = whole.index(b"data")
    expected = reading.read(tmp_path / "song.wav", 10).samples
    for length in (0, 0xFFFFFFFF):
        whole[place + 4 : place + 8] = struct.pack("<I", length)
        (tmp_path / "song.wav").write_bytes(whole)
        np.testing.assert_array_equal(reading.read(tmp_path / "song.wav", 10).samples, expected)


def header(kind=1, channels=1, rate=8000, stride=2, bits=16, data=b"\0\1" * 100):
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * stride, stride, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


WRONG = {
    "empty": (b"", "the file is empty"),
    "text": (b"prompts: a cat\n", "neither WAV, FLAC, OGG, MP3 nor AIFF"),
    "m4a": (b"\0\0\0\x20ftypM4A \0\0", r"it is MPEG-4 \(AAC\); save it as WAV"),
    "midi": (b"MThd\0\0\0\6\0\1\0\2", "it is MIDI, which is notes and no sound"),
    "flac": (b"fLaC" + b"\7" * 100, "damaged: "),
    "no samples": (header()[:36], "damaged: it holds no samples"),
    "no form": (b"RIFF\0\0\0\0WAVEdata\4\0\0\0\1\2\3\4", "damaged: its samples come before"),
    "cut form": (b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0", "damaged: its header is cut off"),
    "contradiction": (header(stride=3), "damaged: its header contradicts itself"),
    "no channels": (header(channels=0, stride=0), "damaged: its header contradicts itself"),
    "many channels": (header(channels=65, stride=130, data=b"\1" * 1300), "65 channels; at most 64"),
    "slow": (header(rate=10), "it has 10 samples a second; 1000 to 768000 are read"),
    "short": (header(data=b""), "it has no sound: it is 0 seconds long"),
    "nan": (header(3, stride=4, bits=32, data=struct.pack("<f", float("nan")) * 9), "holds numbers that are no sound"),
    "huge": (header(3, stride=8, bits=64, data=struct.pack("<d", 1e300) * 9), "holds numbers that are no sound"),
}


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_song_is_one_line(kind, tmp_path):
    content, said = WRONG[kind]
    (tmp_path / "song.wav").write_bytes(content)
    with pytest.raises(InputError, match=rf"song\.wav: no song that can be read \(.*{said}") as told:
        reading.read(tmp_path / "song.wav", 1)
    assert "\n" not in str(told.value)


def test_a_song_cut_off_anywhere_is_read_or_refused(written, tmp_path):
    whole = written(RANDOM, subtype="PCM_16").read_bytes()
    for length in (*range(60), 61, 62, 63, 1001):
        (tmp_path / "cut.wav").write_bytes(whole[:length])
        try:
            song = reading.read(tmp_path / "cut.wav", 1)
        except InputError as error:
            assert "cut.wav: " in str(error)
        else:
            assert len(song.samples) == (length - 44) // 4


def test_silence_is_refused(written):
    path = written(np.concatenate([np.zeros(RATE), tone(440, 1)]))
    with pytest.raises(InputError, match=r"song\.wav: is silent for its first 1 seconds; choose another song"):
        reading.read(path, 1)
    assert reading.read(path, 2).seconds == 2


def test_no_file_no_folder_no_pipe(tmp_path, written):
    written(tone(440, 0.1), "song.wav")
    with pytest.raises(InputError, match=r"there is no such file; did you mean 'song.wav'\?"):
        reading.read(tmp_path / "sog.wav", 1)
    with pytest.raises(InputError, match="is no file; name a song"):
        reading.read(tmp_path, 1)
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(InputError, match="is no file; name a song"):
        reading.read(tmp_path / "pipe.wav", 1)


def test_what_is_too_long_is_refused_unread(tmp_path, monkeypatch):
    (tmp_path / "song.wav").write_bytes(header())
    with pytest.raises(InputError, match="at most 120 minutes long"):
        reading.read(tmp_path / "song.wav", 7201)
    monkeypatch.setattr(reading, "MAX_SAMPLES", 50)
    with pytest.raises(InputError, match="100 samples are too many"):
        reading.read(tmp_path / "song.wav", 1)


def test_what_is_compressed_is_left_to_libsndfile(tmp_path):
    with (tmp_path / "song.wav").open("w+b") as file:
        file.write(header(kind=0x11, bits=4))
        file.flush()
        assert wav.opened(file) is None
