"""A studio on a free port of this machine, in a thread, and a browser's side of it."""

import contextlib
import http.client
import json
import queue
import socket
import threading
import time

from artgen.studio.presets import Presets
from artgen.studio.studio import OpenStudio
from artgen.studio.web.server import Server, bound
from artgen.studio.work.messages import Setup

FLAT = {
    "prompts": "a cat:1 | a dog:0.5",
    "seed": 5,
    "size": [24, 16],
    "steps": 40,
    "generator": {"type": "flat"},
    "perceptors": {"toy": {"type": "toy"}},
    "views": [{"type": "corners", "count": 5}],
    "losses": [{"type": "clip"}, {"type": "dark", "weight": 0.1}],
}
"""A whole preset of the stranger's parts."""
EVIL = "<img src=x onerror=window.hacked=1>\"'&{{7*7}}"
TINY = {**FLAT, "about": EVIL, "prompts": "a cat", "steps": 4000, "generator": {"type": "pixel"}}
"""One that goes on until it is stopped, with a text that must stay text."""
PATIENCE = 60.0


class Answered:
    """What came back."""

    def __init__(self, answer):
        self.status, self.headers, self.content = answer.status, answer.headers, answer.read()

    @property
    def json(self):
        return json.loads(self.content)

    @property
    def said(self):
        return "; ".join(one["message"] for one in self.json["problems"])


class Browser:
    """Asks as a page of the studio would, with its cookie."""

    def __init__(self, server):
        self.server, self.folder = server, server.studio.folder
        self.cookie = f"{server.gate.cookie}={server.gate.token}"

    def ask(self, method, path, body=None, headers=None, cookie=True):
        host = f"127.0.0.1:{self.server.port}"
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        sent = {"Host": host, "Origin": f"http://{host}"}
        if cookie:
            sent["Cookie"] = self.cookie
        sent = {name: value for name, value in {**sent, **(headers or {})}.items() if value is not None}
        content = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        with contextlib.closing(connection):
            connection.request(method, path, body=content, headers=sent)
            return Answered(connection.getresponse())

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, body, **more)

    def begin(self, preset=FLAT, **changes):
        """The id of a new run."""
        answer = self.post("/api/runs", {"data": {**preset, **changes}})
        assert answer.status == 201, answer.content
        return answer.json["id"]

    def waiting(self, preset=TINY, **changes):
        """The id of a new run, which waits after a step or more."""
        run = self.begin(preset, **changes)
        self.until(run, "running")
        self.touch(run, "pause")
        self.until(run, "paused")
        return run

    def touch(self, run, kind, body=None):
        answer = self.post(f"/api/runs/{run}/{kind}", body)
        assert answer.status in (200, 201), answer.content
        return answer.json

    def run(self, run):
        answer = self.get(f"/api/runs/{run}")
        assert answer.status == 200, answer.content
        return answer.json

    def until(self, run, *states):
        """The run, once it is in one of these states and nothing is pending."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.run(run)
            if found["state"] in states and not found["pending"]:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{run} is {found['state']} ({found['reason']}), not {states}")


class Events:
    """Listens to the studio's events in a thread."""

    def __init__(self, browser, last=None):
        host = f"127.0.0.1:{browser.server.port}"
        self._connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        headers = {"Cookie": browser.cookie, **({"Last-Event-ID": last} if last else {})}
        self._connection.request("GET", "/events", headers=headers)
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        self.heard = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        event = {}
        with contextlib.suppress(OSError, ValueError), self._socket, self._answer:
            for line in self._answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif "data" in event:
                    self.heard.put((event["id"], event["event"], json.loads(event["data"])))
                    event = {}

    def until(self, fits):
        """The first event for which it is so, as (id, kind, data)."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                event = self.heard.get(timeout=max(0.01, end - time.monotonic()))
                if fits(*event):
                    return event
        raise AssertionError("no such event")

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def opened(folder, preset=None, setup=None, host="127.0.0.1", port=0):
    """A browser at a studio of `folder`, which ends with the block."""
    folder.mkdir(exist_ok=True)
    studio = OpenStudio(folder, Presets(preset), setup or Setup(), print)
    server = Server(studio, bound(host, port), host)
    ready = threading.Thread(target=server.run)
    ready.start()
    try:
        yield Browser(server)
    finally:
        server.stop()
        ready.join(PATIENCE)
        assert studio.end()
