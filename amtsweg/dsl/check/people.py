"""V9: can the people there are do the work there is? (workflow satisfiability, after Wang and Li 2010)

Roles must be filled; whoever did the one step may not do the other (`four_eyes`); deputies may stand in, but not in a
circle. The question "is there for every possible doer of the first step somebody left for the second" is answered by
trying, with backtracking over the steps that are tied together; town halls have few of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from amtsweg.dsl.check.subject import Subject, split_place
from amtsweg.dsl.diagnostics import Advice, Diagnostic, Fix, Text
from amtsweg.dsl.procedure import Machine, Office, Place
from amtsweg.dsl.source import Span


def check_people(subject: Subject) -> list[Diagnostic]:
    """AW501, AW503, AW504, AW505 for a procedure in a town whose people are known."""
    office, machine = subject.office, subject.machine
    if office is None or not office.people:
        return []
    found = list(_empty_roles(subject, machine, office))
    found += _circles(subject, office)
    tasks = {p.step: p for flow in machine.flows.values() for p in flow.places.values() if p.task is not None}
    for place in tasks.values():
        found += _left_over(subject, machine, office, place, tasks)
    found += _unsatisfiable(subject, machine, office, tasks)
    return found


def members(machine: Machine, office: Office, role: str) -> set[str]:
    """The people who have a role in a procedure, deputies included."""
    names = {role, f"{machine.id}:{role}"}
    own = {person.id for person in office.people.values() if names & person.roles}
    return own | {d.deputy for d in office.deputies if d.person in own and (not d.roles or names & set(d.roles))}


def _staff(machine: Machine, roles: Iterable[str]) -> list[str]:
    """The roles that are filled by people of the town hall."""
    return [role for role in roles if role in machine.roles and not machine.roles[role].party]


def _doers(machine: Machine, office: Office, place: Place) -> set[str] | None:
    """Who may do a task; None if it is not for people of the town hall."""
    assert place.task is not None
    roles = _staff(machine, place.task.by)
    if not roles or place.task.by_expr is not None:
        return None
    return {person for role in roles for person in members(machine, office, role)}


def _empty_roles(subject: Subject, machine: Machine, office: Office) -> Iterable[Diagnostic]:
    told: set[str] = set()
    for flow in machine.flows.values():
        for place in flow.places.values():
            if place.task is None or place.task.by_expr is not None:
                continue
            roles = _staff(machine, place.task.by)
            if roles and not any(members(machine, office, role) for role in roles) and roles[0] not in told:
                told.add(roles[0])
                yield subject.finding(
                    "AW503",
                    place.at,
                    f"In {office.name} hat niemand die Rolle „{roles[0]}“",
                    f"In {office.name} nobody has the role “{roles[0]}”",
                    severity="warning",
                    body=(
                        Text(
                            f"Aufgaben wie „{place.title}“ blieben liegen.",
                            f"Tasks such as “{place.title}” would lie there.",
                        ),
                    ),
                    advice=(
                        Advice(
                            Text("Abhilfe", "Way out"),
                            Text(
                                "Geben Sie in tenant.yaml mindestens einer Person diese Rolle.",
                                "Give the role to at least one person in tenant.yaml.",
                            ),
                        ),
                    ),
                )


def _left_over(
    subject: Subject, machine: Machine, office: Office, place: Place, tasks: Mapping[str, Place]
) -> list[Diagnostic]:
    assert place.task is not None
    second = _doers(machine, office, place)
    if not second:
        return []
    found = []
    for step, _ in place.task.four_eyes:
        other = tasks.get(step)
        first = _doers(machine, office, other) if other is not None else None
        alone = sorted(person for person in first or () if not second - {person})
        if not alone:
            continue
        known = office.people[alone[0]].name or alone[0]
        name = known.capitalize() if known.islower() else known
        town = office.name.removeprefix("Stadt ").removeprefix("Gemeinde ") or office.id
        role = place.task.by[0]
        assert other is not None
        found.append(
            subject.finding(
                "AW501",
                _key(subject, place, "four_eyes"),
                f"In {town} kann für „{place.step.rpartition('/')[2]}“ niemand übrig bleiben",
                f"In {town} nobody may be left for “{place.step.rpartition('/')[2]}”",
                severity="warning",
                body=(
                    Text(
                        f"Hat {name} „{other.title}“ selbst erledigt, darf {name} hier nicht auch entscheiden, und "
                        f"sonst hat niemand die Rolle „{role}“.",
                        f"If {name} has done “{other.title}”, {name} may not decide here, too, and nobody else has the "
                        f"role “{role}”.",
                    ),
                ),
                advice=(
                    Advice(
                        Text("Abhilfe", "Way out"),
                        Text(
                            f"Geben Sie einer zweiten Person die Rolle „{role}“, oder tragen Sie eine Vertretung ein.",
                            f"Give the role “{role}” to a second person, or enter a deputy.",
                        ),
                    ),
                ),
                fix=Fix(
                    "none",
                    (),
                    Text("das ist eine Entscheidung über Menschen", "this is a decision about people"),
                ),
            )
        )
    return found


def _key(subject: Subject, place: Place, key: str) -> Span:
    """The line of a step's key, from the key to its end; the step itself if it is not below it."""
    file, line, column = split_place(place.at)
    lines = subject.sources.get(file, "").splitlines()
    for number in range(line, min(line + 12, len(lines))):
        text = lines[number]
        indent = len(text) - len(text.lstrip())
        if text.strip() and indent < column:
            break
        if text.lstrip().startswith(key + ":"):
            return Span.at(file, number + 1, indent + 1, len(text.strip()))
    return subject.span(place.at)


def _unsatisfiable(subject: Subject, machine: Machine, office: Office, tasks: Mapping[str, Place]) -> list[Diagnostic]:
    """AW504: no way to give all tied steps to people at once."""
    pairs = [
        (step, other)
        for step, place in tasks.items()
        if place.task is not None
        for other, _ in place.task.four_eyes
        if other in tasks
    ]
    tied = sorted({step for pair in pairs for step in pair})
    choices: dict[str, list[str]] = {}
    for step in tied:
        doers = _doers(machine, office, tasks[step])
        if doers is not None:
            choices[step] = sorted(doers)
    if not choices or any(not people for people in choices.values()) or assign(choices, pairs) is not None:
        return []
    last = max((tasks[step] for step in choices), key=lambda place: place.no)
    return [
        subject.finding(
            "AW504",
            last.at,
            f"Mit den Menschen in {office.name} lassen sich die Vier-Augen-Regeln nicht erfüllen",
            f"The four-eyes rules cannot be met with the people in {office.name}",
            body=(
                Text(
                    f"Betroffen sind: {', '.join(tasks[s].title for s in choices)}.",
                    f"Concerned are: {', '.join(tasks[s].title for s in choices)}.",
                ),
            ),
        )
    ]


def assign(choices: Mapping[str, list[str]], different: list[tuple[str, str]]) -> dict[str, str] | None:
    """One person per step so that tied steps have different people; None if there is none (backtracking)."""
    order = sorted(choices, key=lambda step: (len(choices[step]), step))
    chosen: dict[str, str] = {}

    def place(index: int) -> bool:
        if index == len(order):
            return True
        step = order[index]
        for person in choices[step]:
            if all(
                chosen.get(other) != person
                for a, b in different
                for other in ((b,) if a == step else (a,) if b == step else ())
            ):
                chosen[step] = person
                if place(index + 1):
                    return True
                del chosen[step]
        return False

    return chosen if place(0) else None


def _circles(subject: Subject, office: Office) -> list[Diagnostic]:
    """AW505: deputies that stand in for each other in a circle at the same time."""
    stands_in: dict[str, list[tuple[str, str, str]]] = {}
    for deputy in office.deputies:
        stands_in.setdefault(deputy.person, []).append((deputy.deputy, deputy.from_day, deputy.to_day))
    found = []
    for start in sorted(stands_in):
        trail: list[str] = [start]
        low, high = "0000", "9999"
        at = start
        while True:
            following = next(((d, f, to) for d, f, to in stands_in.get(at, ()) if f <= high and to >= low), None)
            if following is None:
                break
            at, low, high = following[0], max(low, following[1]), min(high, following[2])
            if at == start:
                if start == min(trail):
                    names = " → ".join([*trail, start])
                    found.append(
                        subject.finding(
                            "AW505",
                            "tenant.yaml:1:1",
                            f"Diese Vertretungen laufen im Kreis: {names}",
                            f"These deputies run in a circle: {names}",
                            body=(
                                Text(
                                    f"Vom {low} bis {high} wäre niemand zuständig.",
                                    f"From {low} to {high} nobody would be in charge.",
                                ),
                            ),
                        )
                    )
                break
            if at in trail:
                break
            trail.append(at)
    return found
