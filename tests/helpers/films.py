"""Frames that move, and films as another program or library reads them."""

import json
import os
import shutil
import subprocess
import wave

import numpy as np
import pytest
from PIL import Image, ImageSequence

REEL = {
    "seed": 5,
    "size": [24, 16],
    "steps": 3,
    "start": "perlin",
    "generator": {"type": "pixel", "noise": 0, "learning_rate": 0.02},
    "losses": [{"type": "smoothness"}],
    "film": {"seconds": 1, "fps": 6, "steps_per_frame": 2, "camera": {"zoom": 1.5, "turn": 30}},
}
"""The preset of a small film, as plain data."""
RECIPE = {"artgen": "0.2.0", "preset": {"prompts": 'a café = #1; \\ "x"\ny'}}
"""What a film may say that a file of metadata could take for something else."""


def need_ffmpeg():
    """Skips a test that needs ffmpeg and ffprobe where they are not; where CI is set they must be there.

    NO_FFMPEG is set where CI could not get them.
    """
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        reason = "there is no ffmpeg on the path; install it, say by `apt-get install ffmpeg`"
        must = os.environ.get("CI") and not os.environ.get("NO_FFMPEG")
        (pytest.fail if must else pytest.skip)(reason)


def draw(folder, count=6, size=(32, 24), clear=False):
    """PNGs of a soft ground over which a square moves; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = size
    y, x = np.mgrid[:height, :width] / max(size)
    files = []
    for i in range(count):
        levels = np.stack((80 + 90 * x, 90 + 80 * y, 130 + 30 * np.sin(4 * (x + y) + i / 4)), axis=2).astype(np.uint8)
        levels[4:12, 2 * i : 2 * i + 8] = (210, 190, 150)
        if clear:
            levels = np.dstack((levels, np.full((height, width), 40 + i, np.uint8)))
        files.append(folder / f"{i:06}.png")
        Image.fromarray(levels).save(files[-1])
    return files


def probe(film, entries="stream=codec_name,width,height,r_frame_rate,nb_read_frames,color_space,duration"):
    """What ffprobe says: the file's streams, and its own entries."""
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", f"{entries}:format=duration", "-of", "json"]
    return json.loads(subprocess.run([*command, film], capture_output=True, check=True).stdout)


def decoded(film):
    """(frames, H, W, 3): what ffmpeg decodes of a video, in the colours that it says it has."""
    [stream] = [one for one in probe(film)["streams"] if "width" in one]
    exact = "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
    command = ["ffmpeg", "-v", "error", "-i", film, "-vf", exact, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, stream["height"], stream["width"], 3)


def animated(film, mode="RGB"):
    """(frames, H, W, C) and the milliseconds of each: what Pillow reads of an animated picture."""
    with Image.open(film) as picture:
        frames = [(np.array(frame.convert(mode)), frame.info["duration"]) for frame in ImageSequence.Iterator(picture)]
    return np.stack([levels for levels, _ in frames]), [duration for _, duration in frames]


def levels(files, mode="RGB"):
    """(frames, H, W, C) of picture files."""
    found = []
    for file in files:
        with Image.open(file) as picture:
            found.append(np.array(picture.convert(mode)))
    return np.stack(found)


def noise(one, other):
    """The peak signal-to-noise ratio in decibels."""
    return 10 * np.log10(255**2 / ((one.astype(float) - other) ** 2).mean())


def song(file, seconds=2.0, rate=22050):
    """A tone as a WAV; its path."""
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes((8000 * np.sin(np.arange(round(seconds * rate)) / 10)).astype("<i2").tobytes())
    return file
