"""The language server, driven over its real protocol: a process, standard input and output, UTF-16 positions."""

import contextlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUND = ROOT / "tests" / "content" / "fixtures" / "fundsache-melden"


class Client:
    """A small editor: sends requests, waits for answers and notifications."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "amtsweg.cli", "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self.inbox: Queue[dict[str, Any]] = Queue()
        self.kept: list[dict[str, Any]] = []
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()
        self.number = 0
        self.version = 1
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self.notify("initialized", {})

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while line := out.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            self.inbox.put(json.loads(out.read(length)))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def request(self, method: str, params: Any) -> Any:
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        return self.wait(lambda m: m.get("id") == self.number and "method" not in m)["result"]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reading.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def wait(self, fits: Any) -> dict[str, Any]:
        for message in list(self.kept):
            if fits(message):
                self.kept.remove(message)
                return message
        while True:
            try:
                message = self.inbox.get(timeout=60)
            except Empty:
                raise AssertionError("the server does not answer") from None
            if fits(message):
                return message
            self.kept.append(message)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        text = (self.folder / name).read_text("utf-8") if text is None else text
        document = {"uri": self.uri(name), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, name: str, text: str) -> None:
        self.version += 1
        document = {"uri": self.uri(name), "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def findings(self, name: str) -> list[dict[str, Any]]:
        found = self.wait(
            lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == self.uri(name)
        )
        diagnostics: list[dict[str, Any]] = found["params"]["diagnostics"]
        return diagnostics

    def at(self, name: str, text: str, word: str) -> dict[str, Any]:
        for number, line in enumerate(text.splitlines()):
            if word in line:
                units = len(line[: line.index(word)].encode("utf-16-le")) // 2
                return {"textDocument": {"uri": self.uri(name)}, "position": {"line": number, "character": units + 1}}
        raise AssertionError(word)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    folder = tmp_path / "fundsache-melden"
    shutil.copytree(FUND, folder)
    made = Client(folder)
    yield made
    made.close()


def source(client: Client, name: str = "procedure.yaml") -> str:
    return (client.folder / name).read_text("utf-8")


def test_findings_come_as_one_types_and_go_when_mended(client: Client) -> None:
    text = source(client)
    client.open("procedure.yaml")
    assert [d for d in client.findings("procedure.yaml") if d["severity"] == 1] == []
    client.change("procedure.yaml", text.replace("{else: verwahren}", "{else: verwahrung}"))
    found = [d for d in client.findings("procedure.yaml") if d["severity"] == 1]
    assert [d["code"] for d in found] == ["AW103"]
    assert "Einen Schritt „verwahrung“ gibt es nicht" in found[0]["message"]
    client.change("procedure.yaml", text)
    assert [d for d in client.findings("procedure.yaml") if d["severity"] == 1] == []


def test_a_typo_in_a_letter_is_told_at_its_line_and_utf16_column(client: Client) -> None:
    client.open("procedure.yaml")
    client.findings("erwerb.md")
    text = source(client, "erwerb.md").replace("am {{ anzeige.gefunden_am }}", "😀ä {{ anzeige.gefunden }}")
    client.open("erwerb.md", text)
    found = [d for d in client.findings("erwerb.md") if d["severity"] == 1]
    assert [d["code"] for d in found] == ["AW102"]
    line = text.splitlines()[found[0]["range"]["start"]["line"]]
    units = line.encode("utf-16-le")[2 * found[0]["range"]["start"]["character"] :].decode("utf-16-le")
    assert units.startswith(("gefunden }}", "anzeige.gefunden"))


def test_completion_offers_steps_after_next_and_keywords_by_german_words(client: Client) -> None:
    text = source(client)
    client.open("procedure.yaml")
    steps = client.request("textDocument/completion", client.at("procedure.yaml", text, "pruefen\n".strip()))
    assert steps is not None
    changed = text.replace("    due: 3 working days\n", "    frist\n")
    client.change("procedure.yaml", changed)
    place = client.at("procedure.yaml", changed, "frist")
    place["position"]["character"] += 4
    found = client.request("textDocument/completion", place)
    assert "due" in [item["label"] for item in found["items"]]
    target = client.at("procedure.yaml", changed, "next: pruefen")
    target["position"]["character"] += 5
    offered = client.request("textDocument/completion", target)
    assert {"pruefen", "verwahren", "gebuehr"} <= {item["label"] for item in offered["items"]}


def test_hover_says_what_a_keyword_and_a_field_mean(client: Client) -> None:
    text = source(client)
    client.open("procedure.yaml")
    client.findings("procedure.yaml")
    keyword = client.request("textDocument/hover", client.at("procedure.yaml", text, "remind"))
    assert "remind" in keyword["contents"]["value"]
    field = client.request("textDocument/hover", client.at("procedure.yaml", text, "gefunden_am"))
    assert "Gefunden am" in field["contents"]["value"]


def test_definition_references_and_rename_go_through_all_files(client: Client) -> None:
    text = source(client)
    client.open("procedure.yaml")
    client.findings("procedure.yaml")
    place = client.at("procedure.yaml", text, "gefunden_am")
    definition = client.request("textDocument/definition", place)
    assert definition["uri"] == client.uri("procedure.yaml")
    used = client.request("textDocument/references", {**place, "context": {"includeDeclaration": True}})
    assert {Path(one["uri"]).name for one in used} >= {"procedure.yaml", "erwerb.md", "cases.yaml"}
    edit = client.request("textDocument/rename", {**place, "newName": "funddatum"})
    assert set(edit["changes"]) == {one["uri"] for one in used}


def test_a_rename_to_a_name_that_exists_is_refused_with_a_sentence(client: Client) -> None:
    text = source(client)
    client.open("procedure.yaml")
    client.findings("procedure.yaml")
    place = client.at("procedure.yaml", text, "gefunden_am")
    assert client.request("textDocument/rename", {**place, "newName": "fundort"}) is None
    said = client.wait(lambda m: m.get("method") == "window/showMessage")
    assert "gibt es schon" in said["params"]["message"]


def test_outline_and_layout(client: Client) -> None:
    client.open("procedure.yaml")
    document = {"textDocument": {"uri": client.uri("procedure.yaml")}}
    outline = client.request("textDocument/documentSymbol", document)
    flow = next(one for one in outline if one["name"] == "flow")
    assert {"melden", "pruefen", "verwahren"} <= {inner["name"] for inner in flow["children"]}
    options = {"options": {"tabSize": 2, "insertSpaces": True}}
    edits = client.request("textDocument/formatting", {**document, **options})
    assert edits is None or edits == [] or "newText" in edits[0]
