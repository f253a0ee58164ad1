"""Whoever is not the artist gets nothing out of a studio, and nothing into it."""

import io
import socket

import pytest
from PIL import Image

from tests.helpers import studio
from tests.helpers.studio import FLAT, Browser


def png(size=(24, 16), mode="RGBA", colour=(255, 0, 0, 255)):
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, format="PNG")
    return buffer.getvalue()


ADDRESSES = ("/", "/page/app.js", "/events", "/api/state", "/api/schema", "/api/presets/quickstart", "/nowhere")


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_is_told_to_who_has_no_token(shared, path):
    for cookie in ({}, {"Cookie": f"{shared.server.gate.cookie}=guessed"}, {"Cookie": "artgen=; x"}):
        answer = shared.get(path, headers=cookie, cookie=False)
        assert answer.status == 403
        assert b"artgen studio" in answer.content
        assert b"presets" not in answer.content


def test_the_printed_address_gives_a_cookie_that_scripts_cannot_read(shared):
    gate = shared.server.gate
    answer = shared.get(f"/?token={gate.token}", cookie=False)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert shared.get("/", headers={"Cookie": cookie.partition(";")[0]}, cookie=False).status == 200
    assert shared.get("/?token=guessed").status == 403


def test_what_a_browser_is_started_with_is_good_once(shared):
    once = shared.server.gate.once()
    assert shared.get(f"/?token={once}", cookie=False).status == 303
    assert shared.get(f"/?token={once}", cookie=False).status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "", "[::1"])
def test_a_name_that_was_rebound_to_this_machine_is_turned_away(shared, host):
    assert shared.get("/api/state", headers={"Host": host}).status == 403
    assert shared.get(f"/?token={shared.server.gate.token}", headers={"Host": host}).status == 403


def test_a_tunnel_may_have_another_port(shared):
    assert shared.get("/api/state", headers={"Host": "localhost:9000", "Origin": None}).status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", None])
def test_other_pages_change_nothing(shared, origin):
    answer = shared.post("/api/runs", {"data": FLAT, "preset": "stolen"}, headers={"Origin": origin})
    assert answer.status == 403
    assert not list(shared.folder.glob("stolen*"))


def test_other_pages_on_this_machine_are_shown_nothing(shared):
    headers = {"Sec-Fetch-Site": "same-site", "Origin": None}
    assert shared.get("/api/state", headers=headers).status == 403
    assert shared.get("/", headers=headers).status == 200


def test_every_answer_says_what_its_page_may_do(shared):
    for answer in (shared.get("/"), shared.get("/api/state"), shared.get("/x", cookie=False), shared.post("/api/x")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers


NAMES = ("..", "../server.py", "%2e%2e/server.py", "..%2fserver.py", "/etc/passwd", "a\\b", "%00", "x" * 3000)


@pytest.mark.parametrize("name", NAMES)
def test_no_address_leads_out_of_the_page_or_of_a_run(shared, name):
    for path in (f"/page/{name}", f"/api/presets/{name}", f"/api/runs/{name}", f"/api/runs/{name}/picture"):
        answer = shared.get(path)
        assert answer.status in (400, 404), path
        assert b"import" not in answer.content
        assert b"root:" not in answer.content


@pytest.mark.parametrize(
    "start",
    ["/etc/passwd", "../secret.png", "~/secret.png", "inputs/../../secret.png", ".hidden.png", "link.png"],
)
def test_a_preset_names_no_file_outside_of_the_studio(shared, start):
    secret = shared.folder.parent / "secret.png"
    for place in (secret, shared.folder / ".hidden.png"):
        place.write_bytes(png())
    (shared.folder / "link.png").unlink(missing_ok=True)
    (shared.folder / "link.png").symlink_to(secret)
    answer = shared.post("/api/check", {"data": {**FLAT, "start": start}})
    [problem] = answer.json["problems"]
    assert "the studio may read" in problem["message"]
    assert "--allow" in problem["message"]
    assert shared.post("/api/runs", {"data": {**FLAT, "start": start}}).status == 422


def test_a_preset_extends_none_outside_of_the_studio(shared):
    secret = shared.folder.parent / "secret.yaml"
    secret.write_text("password: hunter2\n")
    for named in (str(secret), "../secret.yaml"):
        answer = shared.post("/api/check", {"yaml": f"extends: {named}\n"})
        assert "the studio may read" in answer.json["problems"][0]["message"]
        assert b"hunter2" not in answer.content
    assert shared.post("/api/check", {"yaml": "extends: pixel\n"}).json["problems"] == []


def test_a_prompt_reads_no_list_outside_of_the_studio(shared):
    secret = shared.folder.parent / "secret.txt"
    secret.write_text("hunter2\n")
    for words in ("__../secret__", f"a __{secret.with_suffix('')}__", "{@../secret.txt}"):
        answer = shared.post("/api/check", {"data": {**FLAT, "prompts": words}})
        assert b"hunter2" not in answer.content


@pytest.mark.parametrize("kind", ["pictures", "masks"])
@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", b"<svg>", b"%PDF-1.4", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(64)],
    ids=["nothing", "text", "svg", "pdf", "gif", "png"],
)
def test_only_pictures_are_kept(shared, kind, content):
    kept = list(shared.folder.rglob("*.png"))
    answer = shared.post(f"/api/{kind}", content)
    assert answer.status == 422
    assert "picture" in answer.said
    assert list(shared.folder.rglob("*.png")) == kept


def test_a_picture_is_written_anew_and_named_by_its_content(shared):
    sent = png() + b"<script>alert(1)</script>"
    path = shared.post("/api/pictures", sent).json["path"]
    kept = (shared.folder / path).read_bytes()
    assert b"script" not in kept
    assert Image.open(io.BytesIO(kept), formats=("PNG",)).size == (24, 16)
    assert shared.post("/api/pictures", sent).json["path"] == path
    assert shared.post("/api/pictures", png(colour=(0, 0, 9, 255))).json["path"] != path


def test_a_picture_of_too_many_pixels_is_refused_undecoded(shared):
    answer = shared.post("/api/pictures", png((20_000, 20_000), "1", 0))
    assert answer.status == 422
    assert "picture" in answer.said


def test_a_body_is_read_up_to_a_bound(shared):
    assert shared.post("/api/check", b" " * (3 << 20)).status == 422
    port = shared.server.port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as talk:
        head = (
            f"POST /api/pictures HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nCookie: {shared.cookie}\r\n"
        )
        talk.sendall(f"{head}Content-Length: {1 << 40}\r\n\r\n".encode())
        talk.sendall(bytes(1 << 16))
        talk.shutdown(socket.SHUT_WR)
    assert shared.get("/api/state").status == 200


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"text"', b'{"yaml": 3}', b'{"data": [1]}', b"{}", b"[" * 100_000, b'{"yaml": "\\ud800"}'],
)
def test_what_is_no_preset_is_told_in_a_line(shared, body):
    answer = shared.post("/api/check", body)
    assert answer.status in (200, 422)
    assert answer.json["problems"]


def test_a_studio_on_another_name_answers_to_that_name(tmp_path):
    with studio.opened(tmp_path / "runs", host="0.0.0.0") as browser:
        assert browser.get("/api/state", headers={"Host": "evil.example"}).status == 403
        assert Browser(browser.server).get("/api/state").status == 200
