"""A server of one file on this machine, with the faults that servers have."""

import contextlib
import hashlib
import http.server
import threading
import time

DATA = bytes(range(256)) * 400
DIGEST = hashlib.sha256(DATA).hexdigest()
OTHER = bytes(reversed(DATA))
TAG = '"version-1"'


class Web(http.server.ThreadingHTTPServer):
    """Serves DATA; `asked` is the path, Range and If-Range of each request.

    /whole knows ranges; /drops ends each answer after 40,000 bytes; /plain knows no ranges; /wrong has other bytes;
    /slow takes half a second; /huge says that it has more than any disk.
    """

    daemon_threads = True

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), Answer)

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name, wanted, mark = self.path.strip("/"), self.headers.get("Range"), self.headers.get("If-Range")
        self.server.asked.append((name, wanted, mark))
        if name == "slow":
            time.sleep(0.5)
        data = OTHER if name == "wrong" else DATA
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and mark in (None, TAG) else 0
        if name == "plain":
            start = 0
        if start >= len(data):
            return self.begin(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": 0})
        if name == "huge":
            return self.begin(200, {"ETag": TAG, "Content-Length": 1 << 60})
        ranges = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        self.begin(206 if start else 200, {"ETag": TAG, "Content-Length": len(data) - start, **ranges})
        return self.wfile.write(data[start : start + 40_000] if name == "drops" else data[start:])

    def begin(self, status, headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, str(value))
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    """A `Web` that answers until the block ends."""
    server = Web()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def files(cache):
    return sorted(path.name for path in cache.iterdir())
