"""The server lets in whoever has the token, serves files of known names below its folder, and nothing else."""

import http.client
import itertools
import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from artgen.errors import InputError
from artgen.watching.server import WatchServer
from tests.helpers import watched


@pytest.fixture
def client(tmp_path):
    watched.finished(tmp_path / "runs" / "fish-0001")
    with watched.watching(tmp_path / "runs") as found:
        yield found


def id_of(client, name="fish-0001"):
    return client.entries()[name]["id"]


def raw(client, request):
    """The status line of the answer to the bytes of a request."""
    with socket.create_connection(("127.0.0.1", client.watch.port), timeout=5) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline().decode()


def test_the_printed_address_lets_a_browser_in(client):
    client.headers, cookie = {}, client.headers
    address = client.watch.address.removeprefix(client.base)
    status, headers, content = client.ask(address)
    assert (status, headers["Location"], content) == (303, "/", b"")
    assert headers["Set-Cookie"].startswith(cookie["Cookie"])
    assert "HttpOnly" in headers["Set-Cookie"]
    status, headers, content = client.ask("/", headers={"Cookie": headers["Set-Cookie"].partition(";")[0]})
    assert status == 200
    assert b"<h1" in content
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_without_the_token_nothing_is_told(client):
    client.headers = {}
    paths = ("/", "/entries?since=", "/files/x/image.png", "/?token=", "/?token=wrong", "/nothing")
    cookies = ({}, {"Cookie": f"artgen-{client.watch.port}=wrong"}, {"Cookie": "a" * 3000})
    for path, headers in itertools.product(paths, cookies):
        status, found, content = client.ask(path, headers=headers)
        assert status == 403
        assert b"fish" not in content
        assert "Set-Cookie" not in found


def test_a_strange_host_is_refused_even_with_the_token(client):
    for host in ("evil.example", f"evil.example:{client.watch.port}", "127.0.0.1.evil.example"):
        assert client.ask("/", headers={"Host": host})[0] == 403
        assert client.ask(f"/?token={client.watch.access.token}", headers={"Host": host})[0] == 403
    assert client.ask("/", headers={"Host": "localhost:1"})[0] == 200
    assert " 403 " in raw(client, b"GET / HTTP/1.0\r\n\r\n")


def test_it_is_for_reading_only(client):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "NONSENSE"):
        status, headers, _ = client.ask("/", method=method, data=b"x" if method == "POST" else None)
        assert (status, headers["Allow"]) == (405, "GET, HEAD"), method


def test_head_says_the_same_without_the_content(client):
    for path in ("/", "/entries?since=", f"/files/{id_of(client)}/image.png", f"/thumbnails/{id_of(client)}"):
        status, headers, content = client.ask(path, method="HEAD")
        assert (status, content) == (200, b"")
        assert int(headers["Content-Length"]) == len(client.ask(path)[2])


def test_every_answer_is_guarded(client):
    image = f"/files/{id_of(client)}/image.png"
    for path in ("/", "/entries?since=", image, "/nothing", f"{image}x"):
        _, headers, _ = client.ask(path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Python" not in headers["Server"]
    assert "sandbox" in client.ask(image)[1]["Content-Security-Policy"]


OUTWARD = (
    "/../secret.png",
    "/files/../secret.png",
    "/files/{id}/../../secret.png",
    "/files/{id}/%2e%2e/%2e%2e/secret.png",
    "/files/{id}/..%2f..%2fsecret.png",
    "/files/{id}/..\\..\\secret.png",
    "/files/{id}//etc/passwd",
    "/files/{id}/batch/../../../secret.png",
    "/files/{id}/frames/000000.png",
    "/files/{id}/notes.txt",
    "/files/{id}/run.html",
    "/files/{id}/image.png%00.txt",
    "/files/{id}/",
    "/files/{id}",
    "/files/",
    "//evil.example/files",
    "/thumbnails/{id}/../image.png",
    "/thumbnails/{id}/recipe.json",
    "/entries/../../secret.png",
    "/entries/{id}/preset/x",
    "/page/style.css",
)


def test_there_is_no_way_out_of_the_folder(client, tmp_path):
    watched.picture(tmp_path / "secret.png")
    run = tmp_path / "runs" / "fish-0001"
    for name in ("notes.txt", "run.html"):
        (run / name).write_text("secret")
    number = id_of(client)
    for path in OUTWARD:
        status, _, content = client.ask(path.format(id=number))
        assert status == 404, path
        assert b"secret" not in content


def test_links_are_not_followed(tmp_path):
    secret = watched.finished(tmp_path / "secret")
    runs = tmp_path / "runs"
    fish = watched.finished(runs / "fish")
    (fish / "drawing.png").symlink_to(secret / "image.png")
    (fish / "batch").symlink_to(secret)
    watched.picture(secret / "seed-5.png")
    (runs / "linked").symlink_to(secret)
    with watched.watching(runs) as client:
        assert set(client.entries()) == {"fish"}
        number = id_of(client, "fish")
        assert client.ask(f"/files/{number}/image.png")[0] == 200
        assert client.ask(f"/files/{number}/drawing.png")[0] == 404
        assert client.ask(f"/files/{number}/batch/seed-5.png")[0] == 404
        # One that is put there later, too.
        (fish / "image.png").unlink()
        (fish / "image.png").symlink_to(secret / "image.png")
        assert client.ask(f"/files/{number}/image.png")[0] == 404


def test_the_folder_itself_may_be_a_link(tmp_path):
    watched.finished(tmp_path / "disk" / "fish")
    (tmp_path / "runs").symlink_to(tmp_path / "disk")
    with watched.watching(tmp_path / "runs") as client:
        assert client.ask(f"/files/{id_of(client, 'fish')}/image.png")[0] == 200


def test_what_strangers_write_is_data(tmp_path):
    watched.finished(tmp_path / "<b>bold & co", prompts=[{"text": watched.EVIL}])
    (tmp_path / "<b>bold & co" / "image.svg").write_text("<svg onload='alert(1)'/>")
    with watched.watching(tmp_path) as client:
        [entry] = client.entries().values()
        assert entry["title"] == watched.EVIL
        _, headers, content = client.ask("/entries?since=")
        assert headers["Content-Type"] == "application/json"
        assert b"<b>bold" in content
        assert b"bold" not in client.ask("/")[2]
        _, headers, _ = client.ask(f"/files/{entry['id']}/image.svg")
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment")
        assert "<" not in headers["Content-Disposition"]


def test_a_film_is_served_in_parts(client, tmp_path):
    content = bytes(range(256)) * 40
    (tmp_path / "runs" / "fish-0001" / "film.mp4").write_bytes(content)
    client.until(True, lambda found: "film" in found["fish-0001"])
    path = f"/files/{id_of(client)}/film.mp4"
    for asked, status, expected in [
        ("bytes=0-", 200, content),
        ("bytes=100-199", 206, content[100:200]),
        ("bytes=10000-99999", 206, content[10000:]),
        ("bytes=-10", 206, content[-10:]),
        ("bytes=99999-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=1-2,4-5", 200, content),
        ("lines=1-2", 200, content),
    ]:
        found, headers, got = client.ask(path, headers={"Range": asked})
        assert (found, got) == (status, expected), asked
        assert headers["Content-Type"] == "video/mp4"
        assert headers["Accept-Ranges"] == "bytes"
    assert client.ask(path, headers={"Range": "bytes=1-2"})[1]["Content-Range"] == f"bytes 1-2/{len(content)}"


def test_a_browser_keeps_what_has_not_changed(client):
    number = id_of(client)
    for path in (f"/files/{number}/image.png", f"/thumbnails/{number}?side=160"):
        _, headers, _ = client.ask(path)
        assert headers["Cache-Control"] == "private, no-cache"
        status, _, content = client.ask(path, headers={"If-None-Match": headers["ETag"]})
        assert (status, content) == (304, b"")
    version = client.entries()["fish-0001"]["picture"]
    assert "immutable" in client.ask(f"/thumbnails/{number}?v={version}")[1]["Cache-Control"]


def test_many_requests_come_through_one_connection(client):
    connection = http.client.HTTPConnection("127.0.0.1", client.watch.port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/entries?since=", headers=client.headers)
        assert json.loads(connection.getresponse().read())["entries"] is not None
    connection.close()


def test_what_is_no_request_is_no_news(client, capsys):
    for request in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        assert " 200 " not in raw(client, request)
    assert client.ask("/")[0] == 200
    assert capsys.readouterr().err == ""


def test_a_port_that_is_taken_is_told(client, tmp_path):
    with pytest.raises(InputError, match=rf"127\.0\.0\.1 port {client.watch.port}: Address already in use; choose"):
        WatchServer(tmp_path, port=client.watch.port)
    with WatchServer(tmp_path) as one, WatchServer(tmp_path) as other:
        assert one.port != other.port


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("nowhere",), "nowhere: there is no such folder; name the one in which your runs are, such as runs"),
        (("file.txt",), "file.txt: is no folder; name the one in which your runs are, such as runs"),
        ((".", "--host", "no.such.host.invalid"), "--host no.such.host.invalid: no such name or address here; leave"),
        ((".", "--port", "70000"), "--port"),
        ((), "DIR"),
    ],
)
def test_bad_input_costs_a_line(artgen, tmp_path, words, line):
    (tmp_path / "file.txt").write_text("")
    done = artgen("watch", *words, "--no-open", code=2)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert line in done.stderr


def test_ctrl_c_ends_it_quietly(tmp_path):
    watched.finished(tmp_path / "fish")
    program = "import sys; from artgen.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "watch", tmp_path, "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        address = process.stdout.readline().strip()
        assert "/?token=" in address
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(address, timeout=10) as page:
            assert b"<h1" in page.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() + process.stderr.read() == ""
