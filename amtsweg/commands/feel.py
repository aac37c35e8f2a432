"""`amtsweg feel`: try an expression. Parses and prints; the work is done in `amtsweg.feel` and `amtsweg.dsl.feel`."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from amtsweg.errors import ExpressionError

if TYPE_CHECKING:
    from amtsweg.dsl.feel.interpreter import Traced


@click.command()
@click.argument("expression")
@click.option("--context", "context_text", default="{}", metavar="JSON|@FILE", help="The names and their values.")
@click.option("--mode", type=click.Choice(["spec", "strict"]), default="strict", show_default=True)
@click.option("--explain", is_flag=True, help="Also show every part of the expression with its value.")
@click.option("--json", "as_json", is_flag=True, help="Print value, parts or error as JSON.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="en", show_default=True, help="Language of errors.")
def command(expression: str, context_text: str, mode: str, explain: bool, as_json: bool, lang: str) -> None:
    """Try an expression (FEEL, DMN 1.5).

    Values of the context are JSON; a date is written {"@": "date", "v": "2026-02-01"}, and so on. `today` and `now` are
    those of this machine. Ends with 1 if the expression cannot be read or computed.

    Example: amtsweg feel 'if dogs > 1 then fee * 1.5 else fee' --context '{"dogs": 2, "fee": 60}'
    """
    from amtsweg.dsl.dmn.values import clock
    from amtsweg.dsl.feel import parser
    from amtsweg.dsl.feel.expressions import Expression
    from amtsweg.dsl.feel.writing import to_string
    from amtsweg.feel import names_of

    context = _context(context_text)
    try:
        tree = parser.parse(expression, names_of(context), units=mode == "strict")
        value, trace = Expression(tree, mode, expression).explain(context, clock())
    except ExpressionError as error:
        _refuse(expression, error, as_json, lang)
    if as_json:
        click.echo(json.dumps(_report(expression, value, trace if explain else None), ensure_ascii=False))
        return
    if explain:
        for part in trace:
            click.echo(f"{expression[part.start : part.end]}  =  {_shown(part.value)}")
        return
    text = to_string(value)
    click.echo("null" if text is None else text)


def _context(text: str) -> dict[str, Any]:
    from amtsweg.dsl.feel.codec import decode

    try:
        data = json.loads(
            Path(text[1:]).read_text("utf-8") if text.startswith("@") else text, parse_float=Decimal, parse_int=Decimal
        )
        found = decode(data)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as problem:
        raise click.BadParameter(f"{problem}", param_hint="--context") from None
    if not isinstance(found, dict):
        raise click.BadParameter("an object of names and values is expected", param_hint="--context")
    return found


def _shown(value: Any) -> str:
    from amtsweg.dsl.feel.writing import to_string

    return f'"{value}"' if isinstance(value, str) else to_string(value) or "null"


def _report(expression: str, value: Any, trace: tuple[Traced, ...] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"value": _data(value)}
    if trace is not None:
        found["parts"] = [
            {
                "text": expression[part.start : part.end],
                "start": part.start,
                "end": part.end,
                "value": _data(part.value),
            }
            for part in trace
        ]
    return found


def _data(value: Any) -> Any:
    """JSON of a value; functions, which have none, by their text."""
    from amtsweg.dsl.feel.codec import encode

    try:
        return encode(value)
    except TypeError:
        return _shown(value)


def _refuse(expression: str, error: ExpressionError, as_json: bool, lang: str) -> NoReturn:
    """Say what is wrong and where, and end with 1."""
    from amtsweg.dsl.feel import failures

    place = failures.place(expression, error)
    said = failures.say(expression, error).in_language(lang)
    if as_json:
        where = {"line": place.line, "column": place.column, "start": place.start, "end": place.end}
        click.echo(json.dumps({"error": {"code": error.code, "sentence": said, **where}}, ensure_ascii=False))
    else:
        click.echo(f"{place.line}:{place.column}: {said}.", err=True)
        click.echo(f"  {place.written}", err=True)
        click.echo(f"  {' ' * place.indent}{'^' * place.width}", err=True)
    sys.exit(1)
