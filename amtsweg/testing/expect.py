"""What a case must look like now: `at`, `due`, `letters` and paths, compared with what is.

Every difference is a finding at the expected value, with what was computed instead; a day comes with its calculation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amtsweg.dsl.cases import Expect
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Edit, Fix, Text
from amtsweg.dsl.feel import parser
from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.expressions import Expression
from amtsweg.dsl.feel.formatting import format_value
from amtsweg.dsl.feel.values import Money
from amtsweg.dsl.source import Span
from amtsweg.dsl.yamltree import Node, Scalar, Sequence
from amtsweg.engine import look
from amtsweg.engine.prepared import prepare
from amtsweg.engine.scope import Scope
from amtsweg.errors import AmtswegError
from amtsweg.testing.play import Player

Value = Any


@dataclass(frozen=True, slots=True)
class Difference:
    """An expectation that is not met: what was expected, what is, how it came about."""

    place: Span
    key: str
    expected: str
    found: str
    steps: tuple[str, ...] = ()
    fixable: bool = True


def differences(player: Player, expect: Expect) -> Iterator[Difference]:
    """Everything in which the case is not as expected."""
    sample = expect.get("with")
    if isinstance(sample, Scalar) and not player.case_id:
        player = player.with_sample(sample)
    for key, node in expect.values:
        word = key.text
        if word == "with":
            continue
        found, wanted, steps = _compare(player, word, node, expect)
        if found != wanted:
            yield Difference(node.span, word, wanted, found, steps, isinstance(node, Scalar))


def _compare(player: Player, word: str, node: Node, expect: Expect) -> tuple[str, str, tuple[str, ...]]:
    """(what is, what was expected, the calculation): equal texts mean that it is as expected."""
    if word == "at":
        standing = player.standing()
        wanted = _texts(node)
        if all(name in standing or any(s.endswith("/" + name) for s in standing) for name in wanted):
            return "", "", ()
        return ", ".join(standing) or "–", ", ".join(wanted), ()
    if word == "letters":
        wanted = _texts(node)
        if wanted == player.letters:
            return "", "", ()
        return ", ".join(player.letters) or "–", ", ".join(wanted) or "–", ()
    if word == "due":
        case = player.state()
        days = [task.due_day for task in case.tasks.values() if task.due_day]
        days += [timer.shown for timer in case.timers.values() if timer.name == "overdue" and timer.shown]
        return _day(player, days, node)
    if word == "until":
        case = player.state()
        days = [timer.shown for timer in case.timers.values() if timer.name == "until" and not timer.over]
        return _day(player, days or [timer.shown for timer in case.timers.values() if timer.shown], node)
    if word == "hidden":
        return _hidden(player, node)
    if word in ("end", "outcome", "result"):
        case = player.state()
        found = case.result if word == "result" else case.outcome
        wanted = _texts(node)[0] if _texts(node) else ""
        return ("", "", ()) if found == wanted else (found or "–", wanted, ())
    path = word
    if word == "amount":
        pays = [step for step in player.standing() if player.machine.steps[step].kind == "pay"]
        path = f"{pays[0]}.amount" if pays else "null"
    try:
        value = value_of(player, path)
    except AmtswegError as error:
        return str(error), _shown(node), ()
    return _value(player, value, node, path)


def value_of(player: Player, path: str) -> Value:
    """The value of an expression over the case as it stands."""
    case = player.state()
    with player.engine.shell.transaction() as tx:
        prepared = prepare(player.engine.shell.procedure(tx, player.office.id, case.machine))
    scope = Scope(look.draft_of(prepared, case, player.clock.now(), player.admin()), "")
    ready = Expression(parser.parse(path.replace("/", "__"), units=True), "procedure", path)
    return ready({name: scope[name.replace("__", "/")] for name in ready.names}, scope.env)


def _day(player: Player, days: list[str], node: Node) -> tuple[str, str, tuple[str, ...]]:
    wanted = _texts(node)[0] if _texts(node) else ""
    if any(day[:10] == wanted for day in days):
        return "", "", ()
    steps = tuple(line for deadline in player.view().deadlines for line in deadline.steps)
    return _spoken(days[0][:10] if days else "–"), _spoken(wanted), steps


def _hidden(player: Player, node: Node) -> tuple[str, str, tuple[str, ...]]:
    visible = []
    for path in _texts(node):
        form, _, rest = path.partition(".")
        if _there(value_of(player, form), rest.split(".")):
            visible.append(path)
    return (f"sichtbar: {', '.join(visible)}", f"verborgen: {', '.join(visible)}", ()) if visible else ("", "", ())


def _there(value: Value, parts: list[str]) -> bool:
    """Whether a field was asked: somewhere in the record (of any element) it has an entry."""
    if isinstance(value, list):
        return any(_there(item, parts) for item in value)
    if not isinstance(value, dict) or parts[0] not in value:
        return False
    return len(parts) == 1 or _there(value[parts[0]], parts[1:])


def _value(player: Player, value: Value, node: Node, path: str) -> tuple[str, str, tuple[str, ...]]:
    if isinstance(node, Sequence):
        wanted = _texts(node)
        found = [_plain(item) for item in value] if isinstance(value, list) else [_plain(value)]
        return ("", "", ()) if found == wanted else (", ".join(found), ", ".join(wanted), ())
    wanted_text = node.text.strip() if isinstance(node, Scalar) else _shown(node)
    if _equal(value, wanted_text):
        return "", "", ()
    steps: tuple[str, ...] = ()
    if path.endswith(".served") and isinstance(value, tm.Date):
        steps = ()
    return _spoken(_plain(value)), _spoken(wanted_text), steps


def _equal(value: Value, wanted: str) -> bool:
    if value is None:
        return wanted in ("null", "~", "")
    if isinstance(value, bool):
        return wanted.lower() in (("yes", "true", "ja") if value else ("no", "false", "nein"))
    if isinstance(value, Money):
        amount, _, currency = wanted.partition(" ")
        return _number(amount) == value.amount and (currency or "EUR") == value.currency
    if isinstance(value, Decimal):
        return _number(wanted) == value
    if isinstance(value, tm.DateTime):
        return str(value) == wanted or str(value.date) == wanted
    return _plain(value) == wanted


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _plain(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{value.amount.quantize(Decimal('0.01'))} {value.currency}"
    if isinstance(value, tm.DateTime):
        return str(value.date)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def _spoken(text: str) -> str:
    """A day as people say it; anything else as it is."""
    try:
        return format_value(tm.parse_date(text), "de", "date")
    except tm.TemporalError:
        return text


def _texts(node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return [node.text.strip()] if node.text.strip() else []
    if isinstance(node, Sequence):
        return [item.text.strip() for item in node.items if isinstance(item, Scalar)]
    return []


def _shown(node: Node) -> str:
    return ", ".join(_texts(node))


def finding(difference: Difference, found_raw: str = "") -> Diagnostic:
    """AW901: a test that disagrees with what was computed."""
    body = tuple(Text(line, line) for line in difference.steps)
    lines_de = "Stimmt die Rechnung, ändern Sie den Testfall."
    lines_en = "If the calculation is right, change the case."
    calculated = (Text("So wurde gerechnet:", "This is how it was calculated:"), *body) if body else ()
    return Diagnostic(
        "AW901",
        "error",
        difference.place,
        Text(
            f"{difference.key}: Erwartet war {difference.expected}, berechnet ist {difference.found}",
            f"{difference.key}: expected {difference.expected}, calculated {difference.found}",
        ),
        None,
        calculated,
        (),
        (Advice(Text("Abhilfe", "Way out"), Text(lines_de, lines_en)),),
        Fix("ask", (Edit(difference.place, found_raw),) if found_raw else ()),
    )
