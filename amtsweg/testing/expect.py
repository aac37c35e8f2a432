"""What a case must look like now: `at`, `due`, `letters` and paths, compared with what is.

In: a case being played and an `expect` of `cases.yaml`. Out: differences, each at the expected value, with what was
computed instead, how that came about, and the text to write if the calculation is right.

Words: `at` (the case stands there, perhaps elsewhere too), `due` (of an open task or payment), `until` (of a wait or
the next timer), `letters` (all that were sent, in order), `hidden` and `shown` (fields, perhaps `with` a sample),
`amount` (asked for now), `outcome`/`end`, `result`, `tasks` (open ones), `documents`. Anything else is an expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from amtsweg.dsl.cases import Expect
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Edit, Fix, Text
from amtsweg.dsl.feel import parser
from amtsweg.dsl.feel import temporal as tm
from amtsweg.dsl.feel.expressions import Expression
from amtsweg.dsl.feel.values import Money
from amtsweg.dsl.periods import say_day
from amtsweg.dsl.source import Span
from amtsweg.dsl.yamltree import Node, Scalar, Sequence
from amtsweg.engine.scope import Scope
from amtsweg.errors import AmtswegError
from amtsweg.play import CannotPlay, Player
from amtsweg.testing import explain
from amtsweg.testing.formlook import asked

Value = Any
NOTHING = Text("nichts", "nothing")


@dataclass(frozen=True, slots=True)
class Difference:
    """An expectation that is not met.

    Parameters
    ----------
    place: the expected value in `cases.yaml`.
    key: the word or path.
    expected, found: as people read them.
    steps: how `found` came about.
    raw: what to write instead, "" if one cannot just write it.
    """

    place: Span
    key: str
    expected: Text
    found: Text
    steps: tuple[Text, ...] = ()
    raw: str = ""


def differences(player: Player, expect: Expect) -> Iterator[Difference]:
    """Everything in which the case is not as expected."""
    for key, node in expect.values:
        word = key.text.strip()
        if word == "with":
            continue
        check = WORDS.get(word)
        found = check(player, node, expect) if check is not None else _path(player, word, node)
        if found is not None:
            yield Difference(node.span, word, *found)


Found = tuple[Text, Text, tuple[Text, ...], str] | None
"""Expected, found, steps, raw; None if it is as expected."""


def _both(text: str) -> Text:
    return Text(text, text) if text else NOTHING


def _list(words: list[str]) -> str:
    return ", ".join(words)


def _at(player: Player, node: Node, expect: Expect) -> Found:
    standing, wanted = player.standing() if player.case_id else [], texts(node)
    if all(name in standing or any(step.endswith("/" + name) for step in standing) for name in wanted):
        return None
    raw = standing[0] if len(standing) == 1 else f"[{_list(standing)}]" if standing else ""
    return _both(_list(wanted)), _both(_list(standing)), (), raw


def _letters(player: Player, node: Node, expect: Expect) -> Found:
    return _same_list(player.letters, texts(node))


def _documents(player: Player, node: Node, expect: Expect) -> Found:
    return _same_list([document.letter or document.title for document in player.view().documents], texts(node))


def _tasks(player: Player, node: Node, expect: Expect) -> Found:
    open_tasks = sorted({task.place for task in player.state().tasks.values()})
    return None if sorted(texts(node)) == open_tasks else _same_list(open_tasks, texts(node))


def _same_list(found: list[str], wanted: list[str]) -> Found:
    if found == wanted:
        return None
    return _both(_list(wanted)), _both(_list(found)), (), f"[{_list(found)}]"


def _due(player: Player, node: Node, expect: Expect) -> Found:
    case = player.state()
    days = [task.due_day for task in case.tasks.values() if task.due_day]
    for job in case.jobs.values():
        step = player.machine.flows[case.runs[job.run].flow].places[job.place].step
        state = case.runs[job.run].steps.get(step)
        due = state.facts.get("due") if state is not None else None
        days += [str(due)] if due is not None else []
    return _day(player, days, node, explain.of_due)


def _until(player: Player, node: Node, expect: Expect) -> Found:
    ready = [timer for timer in player.state().timers.values() if timer.shown and not timer.over]
    waits = [timer.shown for timer in ready if timer.name == "until"]
    return _day(player, waits or sorted(timer.shown for timer in ready), node, explain.of_timer)


def _day(player: Player, days: list[str], node: Node, why: Callable[[Player, str], tuple[Text, ...]]) -> Found:
    wanted = _list(texts(node))
    if any(day[:10] == wanted for day in days) or (not days and wanted in ("null", "~", "")):
        return None
    first = days[0] if days else ""
    return spoken(wanted), spoken(first[:10]), why(player, first) if first else (), first[:10]


HIDDEN, ASKED = Text("verborgen", "hidden"), Text("gefragt", "asked")


def _hidden(player: Player, node: Node, expect: Expect) -> Found:
    return _asked(player, node, expect, HIDDEN, ASKED)


def _visible(player: Player, node: Node, expect: Expect) -> Found:
    return _asked(player, node, expect, ASKED, HIDDEN)


def _asked(player: Player, node: Node, expect: Expect, wanted: Text, found: Text) -> Found:
    wrong = [path for path in texts(node) if asked(player, path, expect.get("with")) == (found is ASKED)]
    names = _list(wrong)
    return (Text(f"{names} {wanted.de}", f"{names} {wanted.en}"), found, (), "") if wrong else None


def _amount(player: Player, node: Node, expect: Expect) -> Found:
    pays = [step for step in player.standing() if player.machine.steps[step].kind == "pay"]
    return _path(player, f"{pays[0]}.amount" if pays else "null", node)


def _outcome(player: Player, node: Node, expect: Expect) -> Found:
    return _same_word(player.state().outcome, node)


def _result(player: Player, node: Node, expect: Expect) -> Found:
    return _same_word(player.state().result, node)


def _same_word(found: str, node: Node) -> Found:
    wanted = _list(texts(node))
    return None if found == wanted else (_both(wanted), _both(found), (), found)


WORDS: dict[str, Callable[[Player, Node, Expect], Found]] = {
    "at": _at, "due": _due, "until": _until, "letters": _letters, "hidden": _hidden, "shown": _visible,
    "amount": _amount, "outcome": _outcome, "end": _outcome, "result": _result, "tasks": _tasks,
    "documents": _documents,
}  # fmt: skip


def _path(player: Player, path: str, node: Node) -> Found:
    try:
        value = value_of(player, path)
    except AmtswegError as error:
        return _both(_shown(node)), Text(str(error), str(error)), (), ""
    if same(value, node):
        return None
    found = plain_text(value)
    return spoken(_shown(node)), spoken(found), explain.of_path(player, path), found


def value_of(player: Player, text: str) -> Value:
    """The value of an expression over the case as it stands. Raises ExpressionError, or CannotPlay before it began."""
    if not player.case_id:
        raise CannotPlay("case", text)
    scope = Scope(player.draft(), "")
    slashed = sorted((s for s in player.machine.steps if "/" in s), key=len, reverse=True)
    names = {step.replace("/", "__"): step for step in slashed}
    for written, step in names.items():
        text = re.sub(rf"(?<![\w/]){re.escape(step)}(?![\w/])", written, text)
    ready = Expression(parser.parse(text, units=True), "procedure", text)
    return ready({name: scope[names.get(name, name)] for name in ready.names}, scope.env)


# ------------------------------------------------------------------------------------------------------------ comparing


def same(value: Value, node: Node) -> bool:
    """Whether a value is what was written: amounts with their currency, days, yes and no, lists element by element."""
    if isinstance(node, Sequence):
        return isinstance(value, list) and len(value) == len(node.items) and all(map(same, value, node.items))
    if not isinstance(node, Scalar):
        return isinstance(value, dict) and all(same(value.get(key.text), inner) for key, inner in node)
    wanted = node.text.strip()
    if value is None:
        return wanted in ("null", "~", "")
    if isinstance(value, bool):
        return wanted.lower() in (("yes", "true", "ja") if value else ("no", "false", "nein"))
    if isinstance(value, Money):
        amount, _, currency = wanted.partition(" ")
        return _number(amount) == value.amount and currency == value.currency
    if isinstance(value, Decimal):
        return _number(wanted) == value
    if isinstance(value, tm.DateTime):
        return wanted in (str(value), str(value)[:16].replace("T", " "), str(value.date))
    if isinstance(value, list):
        return len(value) == 1 and same(value[0], node)
    return str(value) == wanted


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def plain_text(value: Value) -> str:
    """A value as one writes it in `cases.yaml`."""
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
    if isinstance(value, list):
        return f"[{_list([plain_text(item) for item in value])}]"
    if isinstance(value, dict):
        return "{" + _list([f"{key}: {plain_text(item)}" for key, item in value.items()]) + "}"
    return str(value)


def spoken(text: str) -> Text:
    """A day as people say it; anything else as it is."""
    try:
        found = tm.parse_date(text)
    except tm.TemporalError:
        return _both(text)
    day = date(found.year, found.month, found.day)
    return Text(say_day(day, "de").partition(", ")[2], say_day(day, "en").partition(" ")[2])


def texts(node: Node) -> list[str]:
    """One text or a list of texts."""
    if isinstance(node, Scalar):
        return [node.text.strip()] if node.text.strip() else []
    if isinstance(node, Sequence):
        return [item.text.strip() for item in node.items if isinstance(item, Scalar)]
    return []


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text.strip()
    if isinstance(node, Sequence):
        return f"[{_list([_shown(item) for item in node.items])}]"
    return "{" + _list([f"{key.text}: {_shown(value)}" for key, value in node]) + "}"


def finding(one: Difference) -> Diagnostic:
    """AW901: a test that disagrees with what was computed, with the calculation and both ways out."""
    key = "" if one.key in ("due", "until") else one.key
    steps: tuple[Text, ...] = ()
    if one.steps:
        lines = tuple(Text(f"  {line.de}", f"  {line.en}") for line in one.steps)
        steps = (Text("So wurde gerechnet:", "This is how it was calculated:"), *lines)
    out = Text("Ändern Sie den Testfall oder das Verfahren.", "Change the case or the procedure.")
    if one.raw:
        line = f"{one.key}: {one.raw}"
        out = Text(
            f"Stimmt die Rechnung, ändern Sie den Testfall: {line}",
            f"If the calculation is right, change the case: {line}",
        )
    says = Text(
        "amtsweg test --accept übernimmt das Ergebnis in den Testfall",
        "amtsweg test --accept writes the result into the case",
    )
    return Diagnostic(
        "AW901",
        "error",
        one.place,
        Text(
            f"{f'{key}: ' if key else ''}Erwartet war {one.expected.de}, berechnet ist {one.found.de}",
            f"{f'{key}: expected' if key else 'Expected'} {one.expected.en}, calculated {one.found.en}",
        ),
        body=steps,
        advice=(Advice(Text("Abhilfe", "Way out"), out),),
        fix=Fix("ask", (Edit(one.place, one.raw),), says) if one.raw else None,
    )
