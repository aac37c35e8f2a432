"""`amtsweg explain`: the page of a code, or the list of all codes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click


@click.command("explain", epilog="Example: amtsweg explain AW401")
@click.argument("code", required=False)
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The page as data, in both languages.")
def command(code: str | None, language: str, as_json: bool) -> None:
    """Explain a finding: what it means, a wrong and a right example, the law if there is one.

    CODE is AW and three digits (`401` and `aw401` will do). Without a code, all codes are listed.
    """
    from amtsweg.dsl.codes import CODES, page, to_text
    from amtsweg.dsl.suggest import closest

    if code is None:
        pages = list(CODES.values())
        if as_json:
            click.echo(json.dumps([asdict(one) for one in pages], ensure_ascii=False, indent=2))
        else:
            for one in pages:
                click.echo(f"{one.code}  {one.title.in_language(language)}")
        return
    wanted = code.upper() if code.upper().startswith("AW") else f"AW{code}"
    found = page(wanted)
    if found is None:
        near = closest(wanted, CODES)
        hint = f" Did you mean {near}?" if near else ""
        click.echo(f"There is no code {wanted}.{hint} All codes: amtsweg explain", err=True)
        sys.exit(2)
    click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2) if as_json else to_text(found, language))
