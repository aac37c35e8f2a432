"""AW203: an event that nobody can report. A `wait` or an event without `by` needs somebody who sends it.

Senders are: a `send` of this procedure, a declared message, a connector's answer, another case. What nobody sends would
let every case wait to the end of its time.
"""

from __future__ import annotations

from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Fix, Text, same
from amtsweg.dsl.procedure import Machine, Place

PREDEFINED = frozenset({"left", "withdrawn", "letter.served", "letter.returned", "cancelled", "finished"})


def check_events(subject: Subject) -> list[Diagnostic]:
    """AW203 for every listener that nothing can reach."""
    machine = subject.machine
    sent = {send.name for flow in machine.flows.values() for t in flow.transitions for send in t.send}
    known = sent | set(machine.messages) | PREDEFINED
    found: list[Diagnostic] = []
    for flow in machine.flows.values():
        for place in flow.places.values():
            for listen in place.listens:
                name = listen.name.rpartition("/")[2]
                if listen.by or listen.name in known or name in known or name.startswith(("late.", "message.")):
                    continue
                found.append(_silent(subject, machine, place, listen.name, listen.title, listen.at))
    return found


def _silent(subject: Subject, machine: Machine, place: Place, name: str, title: str, at: str) -> Diagnostic:
    short = name.rpartition("/")[2]
    staff = [role.id for role in machine.roles.values() if not role.party]
    role = staff[0] if staff else next(iter(machine.roles), "sachbearbeitung")
    caption = title or short
    timer = next((t for t in place.timers if t.name == "until" or t.name.startswith("after")), None)
    length = timer.when.text.split(" after ")[0] if timer is not None else ""
    longest = (
        Text(
            f"\nJeder Vorgang würde die vollen {_german(length)} warten.",
            f"\nEvery case would wait the full {length}.",
        )
        if length
        else same("")
    )
    return subject.finding(
        "AW203",
        at,
        f"„{short}“ kann niemand melden",
        f"Nobody can report “{short}”",
        body=(
            Text(
                "Es steht nicht dabei, durch wen („by“), und kein Dienst und kein anderes Verfahren löst es aus."
                + longest.de,
                "It does not say by whom (“by”), and no service and no other procedure triggers it." + longest.en,
            ),
        ),
        advice=(
            Advice(
                TRY,
                Text(
                    f"by: {role}\nDie Rolle sieht dann im Vorgang die Schaltfläche „{caption}“.",
                    f"by: {role}\nThat role then sees the button “{caption}” in the case.",
                ),
            ),
        ),
        fix=Fix("ask"),
    )


def _german(period: str) -> str:
    """A period in German: `6 months` as `6 Monate`."""
    words = {
        "months": "Monate", "month": "Monat", "weeks": "Wochen", "week": "Woche", "days": "Tage", "day": "Tag",
        "years": "Jahre", "year": "Jahr", "working": "Arbeits-",
    }  # fmt: skip
    return " ".join(words.get(word, word) for word in period.split()).replace("- Tage", "tage")
