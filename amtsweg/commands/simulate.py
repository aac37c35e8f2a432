"""`amtsweg simulate`: walk one case in virtual time and look at everything. Asks and prints; `simulation` walks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from amtsweg.commands.shared import (
    ask_line,
    json_option,
    language_option,
    loaded_from,
    plainly,
    print_json,
    town_options,
    valid,
)

if TYPE_CHECKING:
    from amtsweg.simulation import Option, Walk


@click.command("simulate", epilog="Example: amtsweg simulate procedures/hund-anmelden --case Ostermontag")
@click.argument("path", type=click.Path())
@town_options
@language_option
@click.option("--case", "name", default="", help="The case of cases.yaml whose name contains these words.")
@click.option("--interactive", is_flag=True, help="Choose yourself what happens next.")
@json_option
def command(
    path: str,
    tenant: str | None,
    libraries: tuple[str, ...],
    language: str,
    name: str,
    interactive: bool,
    as_json: bool,
) -> None:
    """Walk one case in virtual time: after each step where it stands, who must act, what time will do, what is new."""
    from amtsweg.dsl.canonical import dump
    from amtsweg.simulation import begin, to_text, walk

    loaded = valid(loaded_from(path, tenant, libraries), language)
    with plainly(language):
        if interactive:
            _ask(begin(loaded), language)
            return
        moments = walk(loaded, name)
        if as_json:
            print_json([dump(moment) | {"now": str(moment.now)} for moment in moments])
            return
        for moment in moments:
            click.echo(to_text(moment, language))


def _ask(walk: Walk, language: str) -> None:
    """Let a person choose until the case ends, or nothing can be done, or they have seen enough."""
    from amtsweg.simulation import to_text

    german = language == "de"
    click.echo("Wählen Sie eine Nummer; leere Eingabe beendet." if german else "Choose a number; nothing ends.")
    while options := walk.options():
        click.echo()
        for number, option in enumerate(options, 1):
            who = f"  ({option.person})" if option.person else ""
            click.echo(f"  {number}  {option.title.in_language(language)}{who}")
        reply = click.prompt("Was geschieht" if german else "What happens", default="", show_default=False).strip()
        if not reply:
            return
        if not reply.isdecimal() or not 1 <= int(reply) <= len(options):
            click.echo("Diese Nummer gibt es nicht." if german else "There is no such number.")
            continue
        option = options[int(reply) - 1]
        click.echo(to_text(walk.choose(option, *_answers(walk, option, german)), language))
    click.echo("Der Vorgang ist zu Ende." if german else "The case is over.")


def _answers(walk: Walk, option: Option, german: bool) -> tuple[str, Any]:
    """The outcome and the data of a task: a sample, or one question after the other."""
    from amtsweg.renderers import forms_terminal

    outcome = option.outcomes[0][0] if option.outcomes else ""
    if len(option.outcomes) > 1:
        for number, (_, title) in enumerate(option.outcomes, 1):
            click.echo(f"    {number}  {title}")
        choice = click.prompt("  Ergebnis" if german else "  Outcome", type=click.IntRange(1, len(option.outcomes)))
        outcome = option.outcomes[choice - 1][0]
    if option.kind != "task" or walk.form(option) is None:
        return outcome, None
    samples = walk.samples()
    if samples:
        listed = ", ".join(samples)
        german_ask = f"  Beispiel ({listed}) oder Enter, um selbst auszufüllen"
        ask = german_ask if german else f"  Sample ({listed}) or Enter to fill in"
        sample = str(click.prompt(ask, default="", show_default=False)).strip()
        if sample in samples:
            return outcome, walk.sample(sample)
    return outcome, forms_terminal.ask(lambda given: walk.shown(option, given), ask_line, click.echo)
