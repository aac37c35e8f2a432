"""`amtsweg dmn`: test, evaluate, import and export DMN models.

Parses and prints; the work is done in `amtsweg.dsl.dmn`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from amtsweg.errors import AmtswegError

if TYPE_CHECKING:
    from amtsweg.dsl.dmn.tck import Report
    from amtsweg.dsl.feel.table import TableTrace

MODEL = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Test, evaluate, import and export DMN models.

    Example: amtsweg dmn eval discount.dmn --decision Discount --input Customer=Business
    """


def _stop(problem: AmtswegError) -> NoReturn:
    click.echo(f"Error: {problem}", err=True)
    sys.exit(2)


@command.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all cases as JSON.")
@click.option("--failures", is_flag=True, help="Also list every node that did not pass, and where strict mode errs.")
def test(folder: Path, as_json: bool, failures: bool) -> None:
    """Run a conformance suite in the TCK's XML form and give its four numbers.

    Ends with 1 when a case did not pass.

    Example: amtsweg dmn test tck/TestCases --failures
    """
    from amtsweg.dsl.dmn import tck, values

    try:
        report = tck.run(folder, values.clock())
    except AmtswegError as problem:
        _stop(problem)
    if as_json:
        click.echo(json.dumps(report.to_data(), ensure_ascii=False, indent=1))
    else:
        for line in (*(_failures(report) if failures else ()), *_summary(report)):
            click.echo(line)
    sys.exit(0 if all(case.passed for case in report.cases) else 1)


def _failures(report: Report) -> list[str]:
    lines = []
    for case in report.cases:
        for node in case.nodes:
            where = f"{case.folder} {case.id} {node.name}"
            if not node.passed:
                lines.append(f"FAIL   {where}: expected {node.expected}, got {node.got}")
            if node.error_expected and not node.error_raised:
                lines.append(f"QUIET  {where}: strict mode should raise")
            if not node.error_expected and node.error_raised:
                lines.append(f"ALARM  {where}: strict mode raised: {node.message}")
    return lines


def _summary(report: Report) -> list[str]:
    found = report.summary()
    oracle = found["strict_oracle"]
    return [
        f"cases passed        {found['cases_passed']} of {found['cases_total']}",
        f"value nodes passed  {found['value_nodes_passed']} of {found['value_nodes_total']}",
        f"folder average      {found['folder_average']:.2%} over {found['folders']} folders",
        f"strict oracle       {oracle['errors_raised']:.2%} of {oracle['error_nodes']} error nodes raise,"
        f" {oracle['false_alarms']:.2%} of {oracle['other_nodes']} others raise falsely",
    ]


@command.command("eval")
@click.argument("path", metavar="MODEL", type=MODEL)
@click.option("--decision", "decision", help="The decision; without it, all decisions of the model are evaluated.")
@click.option("--service", "service", help="A decision service instead of a decision.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE|JSON|FILE",
    help="A value by name (FEEL: 12, true, [1, 2]; what is no FEEL is a text), a JSON object, a file.",
)
@click.option("--mode", type=click.Choice(["spec", "strict"]), default="spec", show_default=True)
@click.option("--explain", is_flag=True, help="Show which rules of a table fired, on which values.")
@click.option("--json", "as_json", is_flag=True, help="Print the values as JSON.")
def evaluate(
    path: Path,
    decision: str | None,
    service: str | None,
    inputs: tuple[str, ...],
    mode: str,
    explain: bool,
    as_json: bool,
) -> None:
    """Evaluate a decision of a model.

    Example: amtsweg dmn eval discount.dmn --decision Discount --input Customer=Business --explain
    """
    from amtsweg.dsl.dmn import values
    from amtsweg.dsl.dmn.evaluate import Evaluator
    from amtsweg.dsl.dmn.library import open_library

    try:
        evaluator = Evaluator(open_library(path), "strict" if mode == "strict" else "spec")
        given = values.read_inputs(inputs)
        env = values.clock()
        if service is not None:
            answers = {service: evaluator.service(service, given, env)}
        else:
            asked = [decision] if decision is not None else list(evaluator.names())
            answers = {name: evaluator.decision(name, given, env) for name in asked}
        if as_json:
            click.echo(json.dumps({name: values.to_json(value) for name, value in answers.items()}, ensure_ascii=False))
            return
        for name, value in answers.items():
            click.echo(values.show(value) if len(answers) == 1 else f"{name}: {values.show(value)}")
            trace = evaluator.explain(name, given, env) if explain and service is None else None
            if trace is not None:
                for line in _trace(trace):
                    click.echo(line)
    except AmtswegError as problem:
        _stop(problem)


def _trace(trace: TableTrace) -> list[str]:
    from amtsweg.dsl.dmn import values

    tested = ", ".join(f"{label} = {values.show(value)}" for label, value in trace.inputs)
    lines = [f"  tested: {tested}"]
    for rule in trace.fired:
        lines.append(f"  rule {rule.number} ({rule.at}): {' | '.join(rule.cells)}")
        lines.extend(f"    {note}" for note in rule.annotations)
    if not trace.fired:
        lines.append("  no rule matched" + ("; the default was taken" if trace.used_default else ""))
    return lines


@command.command("import")
@click.argument("path", metavar="MODEL", type=MODEL)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def import_(path: Path, output: Path | None) -> None:
    """Write a model's decisions in our language, to be put into a procedure.

    Example: amtsweg dmn import discount.dmn --output decisions.yaml
    """
    from amtsweg.dsl.dmn.library import open_library
    from amtsweg.dsl.dmn.to_yaml import to_yaml

    try:
        text = to_yaml(open_library(path))
    except AmtswegError as problem:
        _stop(problem)
    _put(text, output)


@command.command()
@click.argument("folder", metavar="PROCEDURE", type=click.Path(exists=True, path_type=Path))
@click.option("--decision", "names", multiple=True, help="Only this decision; may be given several times.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def export(folder: Path, names: tuple[str, ...], output: Path | None) -> None:
    """Write a procedure's decisions as DMN 1.5 XML, for tools outside.

    Example: amtsweg dmn export procedures/hund-anmelden --output steuersatz.dmn
    """
    from amtsweg.dsl.dmn.export import dumps
    from amtsweg.dsl.dmn.from_procedure import decisions_of, from_procedure
    from amtsweg.dsl.load import load

    try:
        text = dumps(from_procedure(decisions_of(load(folder).machine, names))).decode()
    except AmtswegError as problem:
        _stop(problem)
    _put(text, output)


def _put(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
