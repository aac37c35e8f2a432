"""`amtsweg lsp`: the language server for editors, over standard input and output."""

from __future__ import annotations

import sys

import click


@click.command("lsp", epilog="Example: amtsweg lsp --language de")
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
def command(language: str) -> None:
    """Run the language server: findings while one types, completion, meaning, rename.

    An editor starts it; it speaks the Language Server Protocol over standard input and output.
    """
    try:
        from amtsweg.lsp import make_server
    except ImportError:
        click.echo("The language server needs the extra `lsp`: pip install 'amtsweg[lsp]'", err=True)
        sys.exit(2)
    make_server(language).start_io()
