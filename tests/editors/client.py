"""Speaks the Language Server Protocol over a server's standard streams, as an editor does."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PATIENCE = 60
"""Seconds after which a server that says nothing has failed."""


class Editor:
    """A window on `folder`, with VS Code's settings of the YAML extension. Lines and columns count from 0."""

    def __init__(self, command: list[str], folder: Path, settings: Mapping[str, Any]) -> None:
        self.folder, self.settings = folder, settings
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()
        completion = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}
        abilities = {
            "textDocument": {"completion": completion, "hover": {"contentFormat": ["markdown"]}},
            "workspace": {"configuration": True, "workspaceFolders": True},
        }
        place = {"uri": folder.as_uri(), "name": folder.name}
        self._ask("initialize", processId=None, rootUri=place["uri"], capabilities=abilities, workspaceFolders=[place])
        self._send(method="initialized", params={})

    def close(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def show(self, name: str, text: str) -> None:
        """Open a file with this text."""
        document = {"uri": self._uri(name), "languageId": "yaml", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})

    def open(self, texts: Mapping[str, str]) -> dict[str, list[tuple[int, str]]]:
        """Open files that were not open; the mistakes that the server finds in each: their line and message."""
        for name, text in texts.items():
            self.show(name, text)
        return {name: self._mistakes(self._uri(name)) for name in texts}

    def _mistakes(self, uri: str) -> list[tuple[int, str]]:
        self._wait(lambda _: uri in self.diagnostics)
        return sorted((found["range"]["start"]["line"], found["message"]) for found in self.diagnostics[uri])

    def complete(self, name: str, line: int, column: int) -> dict[str, dict[str, Any]]:
        """What the server offers at a place, by label."""
        return {item["label"]: item for item in self._at("textDocument/completion", name, line, column)["items"]}

    def hover(self, name: str, line: int, column: int) -> str:
        """What the server says of a place, in Markdown."""
        found = self._at("textDocument/hover", name, line, column)
        return found["contents"]["value"] if found else ""

    def _at(self, method: str, name: str, line: int, column: int) -> Any:
        place = {"line": line, "character": column}
        return self._ask(method, textDocument={"uri": self._uri(name)}, position=place)

    def _ask(self, method: str, **params: Any) -> Any:
        self.asked += 1
        self._send(id=self.asked, method=method, params=params)
        return self._wait(lambda message: message.get("id") == self.asked and "method" not in message)["result"]

    def _wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The message that is wanted; on the way, questions are answered and diagnostics kept."""
        message: dict[str, Any] = {}
        while not wanted(message):
            message = self.messages.get(timeout=PATIENCE)
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif message.get("method") == "workspace/configuration":
                sections = [item["section"] for item in message["params"]["items"]]
                self._send(id=message["id"], result=[self.settings.get(section, {}) for section in sections])
            elif "method" in message and "id" in message:
                self._send(id=message["id"], result=None)
        return message

    def _uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream
        while header := stream.readline():
            length = int(header.partition(b":")[2])
            while stream.readline().strip():
                pass
            self.messages.put(json.loads(stream.read(length)))
