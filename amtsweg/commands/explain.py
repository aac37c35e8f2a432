"""`amtsweg explain`: the page of a code, or the list of all codes."""

from __future__ import annotations

from dataclasses import asdict

import click

from amtsweg.commands.shared import fail, json_option, language_option, print_json


@click.command("explain", epilog="Example: amtsweg explain AW401")
@click.argument("code", required=False)
@language_option
@json_option
def command(code: str | None, language: str, as_json: bool) -> None:
    """Explain a finding: what it means, a wrong and a right example, the law if there is one.

    CODE is AW and three digits (`401` and `aw401` will do). Without a code, all codes are listed.
    """
    from amtsweg.dsl.codes import CODES, page, to_text
    from amtsweg.dsl.suggest import closest

    if code is None:
        pages = list(CODES.values())
        if as_json:
            print_json([asdict(one) for one in pages])
        else:
            for one in pages:
                click.echo(f"{one.code}  {one.title.in_language(language)}")
        return
    wanted = code.upper() if code.upper().startswith("AW") else f"AW{code}"
    found = page(wanted)
    if found is None:
        near = closest(wanted, CODES)
        hint = f" Did you mean {near}?" if near else ""
        fail(f"There is no code {wanted}.{hint} All codes: amtsweg explain", 2)
    if as_json:
        print_json(asdict(found))
    else:
        click.echo(to_text(found, language))
