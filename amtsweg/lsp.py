"""The language server: `amtsweg.dsl.editor` over the Language Server Protocol 3.17 (needs the extra `lsp`).

Positions of the protocol count UTF-16 units from 0, ours characters from 1: one conversion each way, here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from amtsweg import __version__
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.editor import Editor, Symbol
from amtsweg.dsl.fmt import format as lay_out
from amtsweg.dsl.source import Position, Span

SEVERITY = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}
KINDS = {
    "keyword": lsp.CompletionItemKind.Keyword,
    "field": lsp.CompletionItemKind.Field,
    "function": lsp.CompletionItemKind.Function,
    "step": lsp.CompletionItemKind.Class,
    "type": lsp.CompletionItemKind.TypeParameter,
}


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def to_protocol(text: str, at: Position) -> lsp.Position:
    """Our place as one of the protocol."""
    lines = text.splitlines()
    line = lines[at.line - 1] if 0 < at.line <= len(lines) else ""
    return lsp.Position(at.line - 1, units(line[: at.column - 1]))


def from_protocol(text: str, at: lsp.Position) -> Position:
    """A place of the protocol as one of ours."""
    lines = text.splitlines()
    line = lines[at.line] if at.line < len(lines) else ""
    count = 0
    for index, character in enumerate(line):
        if count >= at.character:
            return Position(at.line + 1, index + 1)
        count += units(character)
    return Position(at.line + 1, len(line) + 1)


def range_of(text: str, span: Span) -> lsp.Range:
    """A stretch as the protocol's range."""
    return lsp.Range(to_protocol(text, span.start), to_protocol(text, span.end))


def path_of(uri: str) -> Path:
    """The file of a `file:` address."""
    return Path(unquote(urlparse(uri).path))


class Server(LanguageServer):
    """The server with one editor per folder."""

    def __init__(self, language: str = "de") -> None:
        super().__init__("amtsweg", __version__)
        self.language = language
        self.editors: dict[Path, Editor] = {}

    def editor(self, uri: str) -> tuple[Editor, str]:
        """The editor of a file's folder, and the file's name in it."""
        path = path_of(uri)
        made = self.editors.setdefault(path.parent, Editor(path.parent, language=self.language))
        return made, path.name

    def publish(self, uri: str) -> None:
        """Load the folder and publish the findings of all its files."""
        editor, _ = self.editor(uri)
        if not (editor.folder / "procedure.yaml").is_file() and "procedure.yaml" not in editor.open_texts:
            return
        editor.load()
        for name, findings in editor.findings().items():
            text = editor.text(name)
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(
                    (editor.folder / name).as_uri(), [self.finding(text, one) for one in findings[:100]]
                )
            )

    def finding(self, text: str, one: Diagnostic) -> lsp.Diagnostic:
        """A finding as the protocol's diagnostic: headline, what it means, what to do."""
        lines = [one.headline.in_language(self.language), *(b.in_language(self.language) for b in one.body)]
        lines += [f"{a.label.in_language(self.language)}: {a.text.in_language(self.language)}" for a in one.advice]
        return lsp.Diagnostic(
            range_of(text, one.span), "\n".join(lines), SEVERITY[one.severity], one.code, source="amtsweg"
        )


def make_server(language: str = "de") -> Server:
    """The language server, ready to be started on a pipe or socket."""
    server = Server(language)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        editor, name = server.editor(params.text_document.uri)
        editor.open_texts[name] = params.text_document.text
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        editor, name = server.editor(params.text_document.uri)
        editor.open_texts[name] = server.workspace.get_text_document(params.text_document.uri).source
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        editor, name = server.editor(params.text_document.uri)
        editor.open_texts.pop(name, None)

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions([":", " ", ".", "{"]))
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        editor, name, at = _where(server, params)
        items = [
            lsp.CompletionItem(
                label=one.label,
                detail=one.detail,
                documentation=one.about,
                insert_text=one.text,
                filter_text=f"{one.label} {one.detail}",
                kind=KINDS.get(one.kind, lsp.CompletionItemKind.Value),
            )
            for one in editor.completions(name, at)
        ]
        return lsp.CompletionList(is_incomplete=True, items=items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        editor, name, at = _where(server, params)
        found = editor.hover(name, at)
        if found is None:
            return None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, found.in_language(server.language)))

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        editor, name, at = _where(server, params)
        found = editor.definition(name, at)
        return None if found is None else _location(editor, found)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        editor, name, at = _where(server, params)
        return [_location(editor, span) for span in editor.references(name, at)]

    @server.feature(lsp.TEXT_DOCUMENT_RENAME)
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        editor, name, at = _where(server, params)
        changes: dict[str, list[lsp.TextEdit]] = {}
        try:
            places = editor.rename(name, at, params.new_name)
        except ValueError as error:
            server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, str(error)))
            return None
        for span in places:
            edit = lsp.TextEdit(range_of(editor.text(span.file), span), params.new_name)
            changes.setdefault((editor.folder / span.file).as_uri(), []).append(edit)
        return lsp.WorkspaceEdit(changes=changes)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        editor, name = server.editor(params.text_document.uri)
        text = editor.text(name)
        return [_symbol(text, one) for one in editor.symbols(name)]

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        editor, name = server.editor(params.text_document.uri)
        text = editor.text(name)
        if not name.endswith(".yaml"):
            return []
        new = lay_out(text, name)
        end = lsp.Position(len(text.splitlines()) + 1, 0)
        return [] if new == text else [lsp.TextEdit(lsp.Range(lsp.Position(0, 0), end), new)]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        editor, name = server.editor(params.text_document.uri)
        text = editor.text(name)
        found = []
        for one in editor.findings().get(name, []):
            if one.fix is None or not one.fix.edits or one.span.start.line - 1 != params.range.start.line:
                continue
            edits = [lsp.TextEdit(range_of(text, edit.span), edit.text) for edit in one.fix.edits]
            title = one.fix.says or one.headline
            found.append(
                lsp.CodeAction(
                    title.in_language(server.language),
                    kind=lsp.CodeActionKind.QuickFix,
                    edit=lsp.WorkspaceEdit(changes={params.text_document.uri: edits}),
                    is_preferred=one.fix.safety == "safe",
                )
            )
        return found

    return server


def _where(server: Server, params: Any) -> tuple[Editor, str, Position]:
    editor, name = server.editor(params.text_document.uri)
    return editor, name, from_protocol(editor.text(name), params.position)


def _location(editor: Editor, span: Span) -> lsp.Location:
    return lsp.Location((editor.folder / span.file).as_uri(), range_of(editor.text(span.file), span))


def _symbol(text: str, one: Symbol) -> lsp.DocumentSymbol:
    place = range_of(text, one.span)
    kind = lsp.SymbolKind.Namespace if one.kind == "section" else lsp.SymbolKind.Object
    return lsp.DocumentSymbol(one.name, kind, place, place, children=[_symbol(text, inner) for inner in one.inner])
