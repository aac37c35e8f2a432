"""`amtsweg schema`: print the JSON Schema of a kind of file, for editors."""

from __future__ import annotations

import click

from amtsweg.commands.shared import print_json


@click.command("schema", epilog="Example: amtsweg schema procedure > procedure.schema.json")
@click.argument("kind", type=click.Choice(["procedure", "block", "cases", "tenant", "texts"]), default="procedure")
def command(kind: str) -> None:
    """Print the JSON Schema (2020-12) of procedure.yaml, block.yaml, cases.yaml, tenant.yaml or texts.<language>.yaml.

    An editor with a YAML plug-in completes and explains every key with it. Write at the top of the file:

    \b
        # yaml-language-server: $schema=procedure.schema.json
    """
    from amtsweg.dsl.schema import schema

    print_json(schema(kind))
