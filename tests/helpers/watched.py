"""Folders of runs, films and sweeps as they are while something draws there, made of files alone."""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from artgen.sweeps import record
from artgen.watching.board import Board
from artgen.watching.places import Place
from artgen.watching.server import WatchServer
from artgen.watching.tree import Tree

EVIL = '</script><script>window.hacked = 1</script>"\'><img src=x onerror="window.hacked = 1">&amp;'
"""What a prompt or a name may hold that wants to be more than text."""
PRESET = {"prompts": [{"text": "a red fish"}], "seed": 5, "size": [24, 24], "steps": 30, "generator": {"type": "flat"}}


def picture(path, colour=(200, 60, 40), size=(24, 24)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def begun(folder, preview=True, progress=None, **preset):
    """A run that is not finished."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"format": 2, "artgen": "0.2.0", "preset": {**PRESET, **preset}, "folder": "/", "threads": 1}
    (folder / "run.json").write_text(json.dumps({**told, "device": "cpu"}))
    if preview:
        picture(folder / "preview.png")
    if progress is not None:
        (folder / "progress.json").write_text(json.dumps(progress))
    return folder


def finished(folder, interrupted=False, **preset):
    """A run that is done."""
    picture(folder / "image.png")
    made = {"format": 2, "artgen": "0.2.0", "preset": {**PRESET, **preset}, "steps_done": 30, "plugins": {}}
    made |= {
        "libraries": {},
        "weights": {},
        "device": "cpu",
        "threads": 1,
        "python": "3.12",
        "interrupted": interrupted,
    }
    (folder / "recipe.json").write_text(json.dumps(made))
    (folder / "preset.yaml").write_text(json.dumps(made["preset"]))
    (folder / "losses.json").write_text('{"clip": [[0, 1.0], [29, 0.5]], "total": [[0, 2.0], [29, 1.0]]}')
    picture(folder / "progress.png", size=(96, 24))
    return folder


def sweep(folder, seeds=(1, 2, 3), weights=(1, 2)):
    """A sweep of which the first two cells are done, the third has failed, and the fourth is drawn."""
    folder.mkdir(parents=True)
    at = [[i, j] for i in range(len(seeds)) for j in range(len(weights))]
    cells = [record.CellRecord(name=f"c{number}", at=place) for number, place in enumerate(at)]
    axes = [record.AxisRecord(key="seed", values=list(seeds)), record.AxisRecord(key="a.weight", values=list(weights))]
    made = {"artgen": "0.2.0", "title": "fishes", "seed": 1, "threads": 1, "axes": axes, "cells": cells}
    record.write(folder, record.SweepRecord(**made))
    for number in (0, 1):
        finished(folder / "cells" / f"c{number}")
        (folder / "cells" / f"c{number}" / "cell.json").write_text(json.dumps({"loss": 0.5 - number, "seconds": 3}))
    (folder / "cells" / "c2").mkdir()
    (folder / "cells" / "c2" / "cell.json").write_text('{"reason": "NaN at step 4"}')
    begun(folder / "cells" / "c3", progress={"step": 3, "steps": 30})
    return folder


def aged(folder, seconds):
    """As if nothing had been written there for so long."""
    then = time.time() - seconds
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then))
    return folder


class Client:
    """A browser that has been let in, of a server that it asks by real requests."""

    def __init__(self, watch):
        self.watch, self.base = watch, f"http://127.0.0.1:{watch.port}"
        self.headers = {"Cookie": watch.access.cookie(watch.port).partition(";")[0]}

    def ask(self, path, method="GET", headers=None, data=None):
        """The status, the headers and the content of an answer; redirections are not followed."""
        asked = urllib.request.Request(self.base + path, data, {**self.headers, **(headers or {})}, method=method)
        try:
            with urllib.request.build_opener(Stay).open(asked, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def json(self, path):
        status, _, content = self.ask(path)
        assert status == 200, (status, path)
        return json.loads(content)

    def entries(self):
        """All that there is, by names, once the folder has been looked through."""
        for _ in range(200):
            found = self.json("/entries?since=")
            if not found["looking"]:
                return {entry["name"]: entry for entry in found["entries"]}
            time.sleep(0.02)
        raise AssertionError("the folder is looked through for ever")

    def until(self, wanted, probe):
        """What is found in time."""
        late = time.monotonic() + 30
        while time.monotonic() < late:
            if probe(self.entries()) == wanted:
                return
            time.sleep(0.02)
        assert probe(self.entries()) == wanted


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def looked(folder):
    """What a look through a folder finds, without a server."""
    board = Board()
    Tree(Place(Path(folder).resolve()), board).look()
    return {entry["name"]: entry for entry in board.since("")["entries"]}


@contextmanager
def watching(folder, **options):
    """A client of a server on a free port, which looks often."""
    with WatchServer(Path(folder), **{"port": 0, "every": 0.05, **options}) as watch:
        thread = threading.Thread(target=watch.serve, daemon=True)
        thread.start()
        try:
            yield Client(watch)
        finally:
            watch.close()
            thread.join()
