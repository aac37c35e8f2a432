"""What belongs to one town must not stand in a procedure for all: AW701, an amount to be paid.

In: the steps as written and the declared parameters. Out: findings. Amounts in conditions and tables may come from a
law that holds everywhere, so only what is demanded in a `pay` step is judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amtsweg.dsl.compile.declare import walk_steps
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Edit, Fix, Text
from amtsweg.dsl.flow.source import FlowSource
from amtsweg.dsl.procedure import Parameter
from amtsweg.dsl.yamltree import Scalar

if TYPE_CHECKING:
    from amtsweg.dsl.compile.context import Context

AMOUNT = re.compile(r"(?P<value>\d+([.,]\d+)?) ?(EUR|€|Euro)")


def check_amounts(ctx: Context, flow: FlowSource, parameters: dict[str, Parameter]) -> None:
    """AW701 for every `pay:` that names an amount instead of a parameter or a computed value."""
    for step in walk_steps(flow.steps):
        if step.kind != "pay" or not isinstance(step.value, Scalar):
            continue
        found = AMOUNT.fullmatch(step.value.text.strip())
        if found is not None and float(found["value"].replace(",", ".")) > 0:
            ctx.report(_amount(step.value, parameters))


def _amount(scalar: Scalar, parameters: dict[str, Parameter]) -> Diagnostic:
    money = [one for one in parameters.values() if one.type.name == "money"]
    same = [one for one in money if _example(one) == _number(scalar.text)] or money
    if same:
        one = same[0]
        written = _written(one)
        example_de, example_en = (f", Beispiel {written}", f", example {written}") if written else ("", "")
        line = Text(
            f"pay: {one.id}   (unter „parameters“ schon vorhanden{example_de})",
            f"pay: {one.id}   (exists under “parameters”{example_en})",
        )
        fix = Fix("ask", (Edit(scalar.span, one.id),))
    else:
        line = Text(
            "unter „parameters“ eine Stellgröße anlegen und hier ihren Namen schreiben",
            "declare a parameter under “parameters” and write its name here",
        )
        fix = Fix("none")
    return Diagnostic(
        "AW701",
        "error",
        scalar.span,
        Text("Dieser Betrag würde für alle Gemeinden gelten", "This amount would apply to every municipality"),
        body=(
            Text(
                "Gebühren legt jede Gemeinde selbst fest, mit dem Tag, ab dem sie gelten.\n"
                "Im Verfahren steht nur ihr Name.",
                "Every municipality sets its own fees, with the day from which they apply.\n"
                "The procedure holds only their name.",
            ),
        ),
        advice=(Advice(TRY, line),),
        fix=fix,
    )


def _number(text: str) -> str:
    found = AMOUNT.search(text)
    return found["value"].replace(",", ".").rstrip("0").rstrip(".") if found else ""


def _written(parameter: Parameter) -> str:
    """The example as it is written: `7.50 EUR`."""
    value = parameter.example
    if isinstance(value, dict) and isinstance(value.get("v"), str | list):
        inner = value["v"]
        return inner if isinstance(inner, str) else " ".join(str(part) for part in inner)
    return ""


def _example(parameter: Parameter) -> str:
    return _number(_written(parameter))
