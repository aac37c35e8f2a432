"""Who may act: roles, parties, deputies, four eyes, excluded persons.

In: a draft of a case and an actor. Out: yes, or why not. Compared for four eyes are persons and whom they deputise for;
a deputy acts with the roles of the person represented and is recorded "i. V.".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from amtsweg.dsl.procedure import Office, Place, TaskSpec
from amtsweg.engine.case import Task, Value
from amtsweg.engine.draft import Draft
from amtsweg.engine.event import Actor
from amtsweg.engine.scope import Scope

ADMIN = "administration"
"""The role that may correct, migrate, erase, skip, retry."""


def role_names(procedure: str, role: str) -> tuple[str, str]:
    """How an actor may hold a role: in every procedure, or in this one only."""
    return role, f"{procedure}:{role}"


def has_role(draft: Draft, actor: Actor, roles: Iterable[str]) -> bool:
    """Whether an actor holds one of the roles in this case."""
    return any(_one(draft, actor, role) for role in roles)


def _one(draft: Draft, actor: Actor, role: str) -> bool:
    """Whether an actor holds a role; an expression behind `by` may also name a person (`pruefen.by`)."""
    machine = draft.prepared.machine
    known = machine.roles.get(role)
    held = any(name in actor.roles for name in role_names(machine.id, role))
    if known is not None and (known.party or known.party_expr is not None):
        party = draft.parties.get(role)
        if party is not None:
            return party in actor.people
        return held or actor.kind == "party"
    return held or (known is None and role in actor.people)


def is_admin(actor: Actor, procedure: str) -> bool:
    """Whether an actor may do what administrators may."""
    return actor.kind == "system" or any(name in actor.roles for name in role_names(procedure, ADMIN))


def candidates(draft: Draft, task: Task, spec: TaskSpec) -> tuple[str, ...]:
    """The roles one of which a task asks for, those from data included."""
    roles = list(spec.by)
    if spec.by_expr is not None:
        found: Value = Scope(draft, task.run, task.place).value(spec.by_expr)
        for one in found if isinstance(found, list) else [found]:
            if isinstance(one, str):
                roles.append(one)
    return tuple(roles)


def why_not(draft: Draft, task: Task, place: Place, actor: Actor) -> tuple[str, str]:
    """("", "") if an actor may do a task; else the code and what stands against it."""
    spec = place.task
    assert spec is not None
    if actor.people & draft.excluded:
        return "not_allowed", "excluded"
    if not has_role(draft, actor, candidates(draft, task, spec)) and actor.kind != "system":
        return "not_allowed", "role"
    if actor.id in task.waived:
        return "", ""
    step = same_person(draft, task, spec, actor)
    return ("same_person", step) if step else ("", "")


def same_person(draft: Draft, task: Task, spec: TaskSpec, actor: Actor) -> str:
    """The step that keeps an actor out by four eyes; "" if none does."""
    for step, mode in spec.four_eyes:
        for done_by in _performers(draft, task.run, step, mode):
            if actor.people & {person for person in done_by if person}:
                return step
    return ""


def _performers(draft: Draft, run: str, step: str, mode: str) -> list[tuple[str, str]]:
    """Who did a step: in the same run or those around it; a step inside a `for_each` means all its elements."""
    state = draft.step_state(run, step)
    if state is not None and state.visits:
        return [state.last] if mode == "last" else list(state.people)
    found: list[tuple[str, str]] = []
    for other in draft.runs.values():
        inner = other.steps.get(step)
        if inner is not None:
            found += [inner.last] if mode == "last" else inner.people
    return found


def waived_for(task: Task, person: str) -> Task:
    """The task, open to a person in spite of four eyes."""
    return replace(task, waived=task.waived | {person})


# ------------------------------------------------------------------------------------------------------------ deputies


def represented(office: Office, actor: Actor, on: date) -> list[Actor]:
    """The actor as deputy: one for each person whom it may represent on a day, with that person's roles."""
    if actor.kind != "person" or actor.for_:
        return []
    found = []
    for rule in office.deputies:
        person = office.people.get(rule.person)
        if rule.deputy != actor.id or person is None or not rule.from_day <= on.isoformat() <= rule.to_day:
            continue
        roles = person.roles & frozenset(rule.roles) if rule.roles else person.roles
        found.append(replace(actor, for_=rule.person, roles=roles))
    return found


def people_with(office: Office, procedure: str, roles: Iterable[str]) -> list[str]:
    """The persons of an office who hold one of the roles."""
    wanted = {name for role in roles for name in role_names(procedure, role)}
    return [person.id for person in office.people.values() if person.roles & wanted]


def absent_until(office: Office, person: str, on: date) -> str:
    """The last day of a deputy rule for a person that holds on a day ("" if there is none)."""
    days = [d.to_day for d in office.deputies if d.person == person and d.from_day <= on.isoformat() <= d.to_day]
    return max(days, default="")


def as_actor(office: Office, person: str) -> Actor:
    """A person of the office as an actor."""
    known = office.people[person]
    return Actor(known.id, "person", known.roles, name=known.name, tenant=office.id)
