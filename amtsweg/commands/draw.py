"""`amtsweg draw`: the flow of a procedure as a picture. Parses and prints; `renderers.diagram` draws."""

from __future__ import annotations

import click

from amtsweg.commands.shared import fail, loaded_from, out_option, town_options, valid, write


@click.command("draw", epilog="Example: amtsweg draw procedures/hund-anmelden --format svg --out ablauf.svg")
@click.argument("path", type=click.Path())
@town_options
@click.option("--format", "shape", type=click.Choice(["svg", "mermaid", "text"]), default="svg", show_default=True)
@click.option("--case-at", "standing", multiple=True, metavar="STEP", help="Mark where a case stands.")
@out_option
def command(
    path: str, tenant: str | None, libraries: tuple[str, ...], shape: str, standing: tuple[str, ...], out: str | None
) -> None:
    """Draw the flow: states coloured by who acts, ways with what takes them. A procedure with errors is drawn as far
    as it goes."""
    from amtsweg.dsl.suggest import closest
    from amtsweg.renderers import diagram

    loaded = loaded_from(path, tenant, libraries)
    machine = loaded.draft if loaded.draft is not None else valid(loaded).procedure().machine
    for step in standing:
        if step not in machine.steps:
            best = closest(step, machine.steps)
            fail(f"There is no step “{step}”." + (f" Did you mean “{best}”?" if best else ""), 2)
    graph = diagram.extract(machine)
    if shape == "svg":
        write(diagram.to_svg(graph, standing), out)
    elif shape == "mermaid":
        write(diagram.to_mermaid(graph, standing), out)
    else:
        write(diagram.describe(graph, standing) + "\n", out)
