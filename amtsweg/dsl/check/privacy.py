"""V13: personal data have a purpose and a retention (GDPR Art. 5 (1) b and e, Art. 9).

Every field about people says what it is for, in its own words or through the law that the procedure names; what falls
under Art. 9 (`special`) must say it itself. The procedure says how long it keeps what.
"""

from __future__ import annotations

from collections.abc import Iterator

from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import TRY, Advice, Diagnostic, Text, same
from amtsweg.dsl.procedure import Field, Group

PERSONAL = frozenset({"person", "organisation", "address", "email", "phone", "iban", "plate"})


def check_privacy(subject: Subject) -> list[Diagnostic]:
    """AW804 to AW806."""
    machine = subject.machine
    found: list[Diagnostic] = []
    for form in machine.forms.values():
        for field in fields(form.pages):
            personal = field.type.name in PERSONAL
            if field.special and not field.purpose:
                found.append(
                    subject.finding(
                        "AW805",
                        field.at,
                        f"„{field.title}“ ist besonders geschützt und braucht einen eigenen Zweck",
                        f"“{field.title}” is specially protected and needs a purpose of its own",
                        body=(Text("Das verlangt Art. 9 DSGVO.", "Art. 9 GDPR demands it."),),
                        advice=(Advice(TRY, same("purpose: …")),),
                    )
                )
            elif personal and not field.purpose and not machine.law:
                found.append(
                    subject.finding(
                        "AW804",
                        field.at,
                        f"Es steht nicht dabei, wozu „{field.title}“ gebraucht wird",
                        f"It does not say what “{field.title}” is needed for",
                        severity="warning",
                        body=(
                            Text(
                                "Ohne Zweck darf die Gemeinde nicht danach fragen (Art. 5 DSGVO).",
                                "Without a purpose the municipality may not ask for it (Art. 5 GDPR).",
                            ),
                        ),
                        advice=(
                            Advice(
                                TRY,
                                Text(
                                    "law: <Rechtsgrundlage>  am Anfang, oder  purpose: …  am Feld",
                                    "law: <legal basis>  at the top, or  purpose: …  at the field",
                                ),
                            ),
                        ),
                    )
                )
    asks = any(field.type.name in PERSONAL for form in machine.forms.values() for field in fields(form.pages))
    if asks and "closed" not in machine.keep:
        first = next(iter(machine.forms.values()))
        found.append(
            subject.finding(
                "AW806",
                first.at,
                "Es steht nicht dabei, wie lange die Angaben aufbewahrt werden",
                "It does not say how long the data are kept",
                severity="warning",
                advice=(
                    Advice(
                        TRY,
                        same("keep: {draft: 30 days, closed: 10 years}"),
                    ),
                ),
            )
        )
    return found


def fields(groups: tuple[Field | Group, ...]) -> Iterator[Field]:
    """All fields of a form, in written order."""
    for item in groups:
        if isinstance(item, Field):
            yield item
        else:
            yield from fields(item.items)
