"""`amtsweg lsp`: the language server for editors, over standard input and output."""

from __future__ import annotations

import click

from amtsweg.commands.shared import fail, language_option


@click.command("lsp", epilog="Example: amtsweg lsp --language de")
@language_option
def command(language: str) -> None:
    """Run the language server: findings while one types, completion, meaning, rename.

    An editor starts it; it speaks the Language Server Protocol over standard input and output.
    """
    try:
        from amtsweg.lsp import make_server
    except ImportError:
        fail("The language server needs the extra `lsp`: pip install 'amtsweg[lsp]'", 2)
    make_server(language).start_io()
