"""What is taken from a repository of a model hub."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path
from typing import ClassVar

import pytest

from artgen import weights

PIPELINE = [
    "model_index.json",
    "v1-5-pruned.safetensors",
    "unet/config.json",
    "unet/diffusion_pytorch_model.bin",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors",
    "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
    "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
    "vqvae/diffusion_pytorch_model.bin",
    "tokenizer/merges.txt",
    "README.md",
    "vae/model.onnx",
]


@pytest.mark.parametrize(
    ("variant", "unet"),
    [
        ("", ["-00001-of-00002.safetensors", "-00002-of-00002.safetensors"]),
        ("fp16", [".fp16.safetensors"]),
        ("bf16", ["-00001-of-00002.safetensors", "-00002-of-00002.safetensors"]),
    ],
)
def test_one_set_of_weights_is_chosen_from_a_repository(variant, unet):
    expected = {"model_index.json", "unet/config.json", "tokenizer/merges.txt", "vqvae/diffusion_pytorch_model.bin"}
    expected |= {f"unet/diffusion_pytorch_model{name}" for name in unet}
    assert set(weights.choose(PIPELINE, weights.PATTERNS, variant)) == expected


def test_a_single_model_keeps_its_weights():
    files = ["config.json", "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin"]
    assert set(weights.choose(files, weights.PATTERNS)) == set(files[:2])
    assert weights.choose(PIPELINE, ["unet/*.json"]) == ["unet/config.json"]


def test_a_pipeline_of_one_folder_keeps_its_weights():
    files = ["model_index.json", "config.json", "scheduler_config.json", "diffusion_pytorch_model.bin"]
    assert set(weights.choose(files, weights.PATTERNS)) == set(files)


# The model hub, in the form that huggingface_hub asks for: a list of files, and each with its commit
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(http.server.BaseHTTPRequestHandler):
    """A hub with one repository, owner/name, of the files of `files`."""

    files: ClassVar = {}
    asked: ClassVar = []
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.asked.append(path)
        if path.startswith("/api/models/owner/name/tree/"):
            listed = [{"type": "file", "path": n, "size": len(d), "oid": "0" * 40} for n, d in self.files.items()]
            return self.answer(json.dumps(listed).encode(), {"Content-Type": "application/json"})
        if path.startswith("/api/models/owner/name"):
            return self.answer(json.dumps({"id": "owner/name", "sha": COMMIT, "siblings": []}).encode(), {})
        name = path.removeprefix(f"/owner/name/resolve/{COMMIT}/")
        if name not in self.files:
            return self.answer(b"", {"X-Error-Code": "RepoNotFound"}, 404)
        tag = hashlib.sha256(self.files[name]).hexdigest()
        return self.answer(self.files[name], {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT})

    do_GET = do_HEAD

    def answer(self, body, headers, status=200):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(code_model, tmp_path):
    """Runs ``folder(source)`` in a process of its own, whose hub has a VQModel; offline on request."""
    model = code_model()
    Hub.files = {path.name: path.read_bytes() for path in model.iterdir()}
    Hub.files |= {"diffusion_pytorch_model.bin": b"not wanted", "README.md": b"nor this"}
    Hub.asked.clear()
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    program = "import sys; from artgen import weights; print(weights.folder(sys.argv[1], lambda text: None))"

    def ask(source, **variables):
        place = {"HF_ENDPOINT": f"http://127.0.0.1:{web.server_port}", "HF_HOME": str(tmp_path / "hub")}
        environment = {**os.environ, **place, "ARTGEN_OFFLINE": "", "HF_HUB_OFFLINE": "", **variables}
        command = [sys.executable, "-c", program, source]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    yield ask
    web.shutdown()
    web.server_close()


def test_a_repository_is_fetched_once_and_found_again_offline(hub):
    done = hub("owner/name")
    assert done.returncode == 0, done.stderr
    found = Path(done.stdout.strip())
    assert {path.name for path in found.iterdir()} == {"config.json", "diffusion_pytorch_model.safetensors"}
    assert (found / "config.json").read_bytes() == Hub.files["config.json"]
    Hub.asked.clear()
    again = hub("owner/name", ARTGEN_OFFLINE="1")
    assert (Path(again.stdout.strip()), Hub.asked) == (found, [])


def test_a_repository_that_is_not_there_is_one_line(hub):
    done = hub("owner/other")
    assert "InputError: owner/other: the model hub has no such repository" in done.stderr.splitlines()[-1]
