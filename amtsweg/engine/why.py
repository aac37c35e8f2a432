"""Why a case does not go on: where it stands, who must act, until when, what one can do (DESIGNER 3.4).

In: a draft of the case and its jobs. Out: `Why`, in German or English. Built from the case and the compiled procedure,
never from a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from amtsweg.dsl.periods import say_day
from amtsweg.dsl.procedure import Place
from amtsweg.engine import people, timers
from amtsweg.engine.case import Run, Task, Timer
from amtsweg.engine.draft import Draft, Stop
from amtsweg.engine.look import title_of
from amtsweg.engine.store.port import JobRow, MachineRow, TaskRow
from amtsweg.engine.views import Reason, Why

QUIET_KINDS = frozenset({"stage", "parallel", "branch", "for_each", "letter", "use", "join", "end"})


class _Say:
    """The words of one language."""

    def __init__(self, draft: Draft, language: str) -> None:
        self.draft = draft
        self.english = language == "en"
        self.language = "en" if self.english else "de"

    def pick(self, german: str, english: str) -> str:
        return english if self.english else german

    def quote(self, text: str) -> str:
        return f"“{text}”" if self.english else f"„{text}“"

    def day(self, shown: str, instant: datetime | None) -> str:
        if len(shown) == 10:
            return say_day(date.fromisoformat(shown), self.language)
        if instant is None:
            return ""
        local = self.draft.prepared.calendar.local_time(instant)
        return f"{say_day(local.date(), self.language)}, {local:%H:%M}"

    def since(self, at: datetime | None) -> str:
        if at is None:
            return ""
        local = self.draft.prepared.calendar.local_time(at)
        return f"{say_day(local.date(), self.language)}, {local:%H:%M}"


def why(
    draft: Draft,
    jobs: Sequence[JobRow],
    rows: Sequence[TaskRow],
    newest: MachineRow | None,
    language: str = "de",
) -> Why:
    """The answer for one case."""
    say = _Say(draft, language)
    case, machine = draft.case, draft.prepared.machine
    if case.status == "ended":
        ended = say.since(case.ended)
        said = say.pick(f"abgeschlossen am {ended} ({case.outcome})", f"closed on {ended} ({case.outcome})")
        return Why(f"{case.number}  {machine.title}  ·  {said}")
    reasons: list[Reason] = []
    places: list[str] = []
    for run in draft.runs.values():
        flow = machine.flows[run.flow]
        for place in sorted((flow.places[p] for p in run.marking), key=lambda p: p.no):
            found = _reason(say, run, place, jobs, rows)
            if found is not None:
                reasons.append(found)
                since = say.since(_since(run, place, draft))
                name = say.quote(place.title or title_of(draft.prepared, place.step))
                places.append(say.pick(f"{name} seit {since}", f"{name} since {since}"))
    stands = say.pick("steht in ", "at ") + "; ".join(places) if places else say.pick("geht weiter", "goes on")
    then = _then(say)
    if newest is not None and newest.hash != case.machine:
        then.append(
            say.pick(
                f"Läuft noch nach Version {machine.version}; neu ist {newest.version}.",
                f"Still runs under version {machine.version}; {newest.version} is new.",
            )
        )
    return Why(f"{case.number}  {machine.title}  ·  {stands}", tuple(reasons), tuple(then))


def _since(run: Run, place: Place, draft: Draft) -> datetime | None:
    task = next((t for t in draft.tasks.values() if (t.run, t.place) == (run.id, place.id)), None)
    if task is not None:
        return task.opened
    state = run.steps.get(place.step)
    return state.at if state is not None else draft.case.at


def _reason(say: _Say, run: Run, place: Place, jobs: Sequence[JobRow], rows: Sequence[TaskRow]) -> Reason | None:
    draft = say.draft
    task = next((t for t in draft.tasks.values() if (t.run, t.place) == (run.id, place.id)), None)
    if task is not None:
        return _person(say, task, place, rows)
    if place.job is not None:
        return _service(say, run, place, jobs)
    if place.child is not None:
        return Reason("case", say.pick("Ein anderer Vorgang muss erst enden.", "Another case has to end first."))
    if place.runs is not None:
        return _others(say, run, place)
    if place.kind in QUIET_KINDS:
        return None
    timer = _next_timer(draft, run.id, place.id)
    if timer is not None:
        day = say.day(timer.shown, timer.due)
        spec, _ = timers.spec_of(draft.prepared, run.flow, timer)
        said = say.pick(f"Wartet auf einen Tag: bis {day}.", f"Waits for a day: until {day}.")
        return Reason("day", said, ((say.pick("Regel", "rule"), spec.when.text),))
    if place.listens:
        names = ", ".join(say.quote(spec.title or title_of(draft.prepared, spec.name)) for spec in place.listens)
        return Reason("event", say.pick(f"Wartet auf ein Ereignis: {names}.", f"Waits for an event: {names}."))
    if place.kind in ("wait", "gate", "branch"):
        return Reason("condition", say.pick("Wartet auf eine Bedingung.", "Waits for a condition."))
    if place.kind == "lock":
        return Reason(
            "lock",
            say.pick("Wartet, bis ein anderer Schritt fertig ist.", "Waits until another step is finished."),
        )
    return None


def _next_timer(draft: Draft, run: str, place: str) -> Timer | None:
    ready = [t for t in draft.timers.values() if (t.run, t.place) == (run, place) and t.due is not None and not t.over]
    return min(ready, key=lambda t: t.due or draft.now, default=None)


def _person(say: _Say, task: Task, place: Place, rows: Sequence[TaskRow]) -> Reason:
    """A person has to decide: which role, who may, who not and why, what helps."""
    draft = say.draft
    spec, office, machine = place.task, draft.prepared.office, draft.prepared.machine
    assert spec is not None
    try:
        roles = people.candidates(draft, task, spec)
    except Stop:
        roles = spec.by
    titles = [machine.roles[r].title if r in machine.roles and machine.roles[r].title else r for r in roles]
    lines: list[tuple[str, str]] = [(say.pick("Rolle", "role"), ", ".join(titles))]
    today = draft.prepared.local_day(draft.now)
    party = [r for r in roles if r in machine.roles and (machine.roles[r].party or machine.roles[r].party_expr)]
    free: list[str] = []
    advice: list[str] = []
    for person in people.people_with(office, machine.id, roles):
        known = office.people[person]
        name = known.name or person
        code, against = people.why_not(draft, task, place, people.as_actor(office, person))
        away = people.absent_until(office, person, today)
        if code == "same_person":
            did = say.quote(title_of(draft.prepared, against))
            said = say.pick(f"ausgeschlossen: hat {did} erledigt (Vier Augen)", f"excluded: did {did} (four eyes)")
            lines.append((name, said))
        elif code:
            lines.append((name, say.pick("ausgeschlossen (befangen)", "excluded (bias)")))
        elif away:
            deputies = [
                office.people[d.deputy].name or d.deputy
                for d in office.deputies
                if d.person == person and d.from_day <= today.isoformat() <= d.to_day and d.deputy in office.people
            ]
            until = say_day(date.fromisoformat(away), say.language)
            lines.append(
                (
                    name,
                    say.pick(
                        f"abwesend bis {until}, Vertretung: {', '.join(deputies) or 'keine'}",
                        f"away until {until}, deputy: {', '.join(deputies) or 'none'}",
                    ),
                )
            )
            free += deputies
            advice.append(say.pick(f"bis {until} warten", f"wait until {until}"))
        else:
            free.append(name)
    if party:
        who = ", ".join(draft.parties.get(r, "") for r in party if r in draft.parties)
        lines.append((say.pick("außerhalb", "outside"), who or say.pick("noch niemand", "nobody yet")))
    else:
        lines.append((say.pick("es bleibt", "leaves"), ", ".join(free) or say.pick("niemand", "nobody")))
    row = next((r for r in rows if r.task == task.id), None)
    if row is not None and row.claimed_by:
        held = office.people[row.claimed_by].name if row.claimed_by in office.people else row.claimed_by
        lines.append((say.pick("in Arbeit bei", "taken by"), held or row.claimed_by))
    if not free and not party:
        role = titles[0] if titles else ""
        advice = [
            say.pick(f"einer weiteren Person die Rolle „{role}“ geben", f"give the role “{role}” to somebody else"),
            say.pick("eine Vertretung eintragen", "enter a deputy"),
            *advice,
        ]
    due = say.day(task.due_day, task.due) if task.due_day else ""
    if due:
        sentence = say.pick(f"Eine Person muss entscheiden, bis {due}.", f"A person has to decide, by {due}.")
    else:
        sentence = say.pick(
            "Eine Person muss entscheiden; eine Frist läuft hier nicht.",
            "A person has to decide; no time limit is running here.",
        )
    return Reason("person", sentence, tuple(lines), tuple(advice))


def _service(say: _Say, run: Run, place: Place, jobs: Sequence[JobRow]) -> Reason:
    """A service has not answered (yet)."""
    spec = place.job
    assert spec is not None
    name = f"{spec.connector}.{spec.operation}" if spec.kind == "call" else spec.kind
    live = [j for j in say.draft.jobs.values() if (j.run, j.place) == (run.id, place.id)]
    row = next((j for j in jobs if live and j.job == live[0].id and j.state != "cancelled"), None)
    if spec.kind == "pay" and (row is None or row.state in ("waiting", "ready", "running")):
        return Reason("payment", say.pick("Wartet auf eine Zahlung.", "Waits for a payment."))
    if row is not None and row.state == "failed":
        return Reason(
            "service",
            say.pick(f"„{name}“ hat nicht geklappt: {row.error}", f"“{name}” did not work: {row.error}"),
            advice=(
                say.pick("erneut versuchen (Verwaltung)", "try again (administration)"),
                say.pick("von Hand erledigen und eintragen (Verwaltung)", "do it by hand and enter it"),
            ),
        )
    if row is not None and row.attempts and row.state == "ready":
        following = say.since(row.due)
        return Reason(
            "service",
            say.pick(
                f"„{name}“ antwortet nicht; nächster Versuch {following}, {row.attempts} von {row.retries}; "
                "der Vorgang ist unversehrt.",
                f"“{name}” does not answer; next try {following}, {row.attempts} of {row.retries}; the case is safe.",
            ),
        )
    return Reason("service", say.pick(f"Wartet auf „{name}“.", f"Waits for “{name}”."))


def _others(say: _Say, run: Run, place: Place) -> Reason:
    members = say.draft.owned(run.id, place.id, run.visits.get(place.id, 0))
    missing = [r.key for r in members if r.state in ("running", "waiting")]
    done = len(members) - len(missing)
    listed = ", ".join(missing[:10])
    return Reason(
        "others",
        say.pick(
            f"Wartet auf andere: {listed} fehlt, {done} von {len(members)} sind da.",
            f"Waits for others: {listed} missing, {done} of {len(members)} are there.",
        ),
    )


def _then(say: _Say) -> list[str]:
    """What time will do next."""
    ready = [t for t in say.draft.timers.values() if t.due is not None and not t.over]
    first = min(ready, key=lambda t: t.due or say.draft.now, default=None)
    if first is None:
        return []
    place = say.draft.prepared.place(say.draft.flow_of(first.run), first.place)
    moves = say.draft.prepared.caused(say.draft.flow_of(first.run), "due", first.place, first.name)
    target = next((t for move in moves for t in move.put), "")
    day = say.day(first.shown, first.due)
    name = say.quote(title_of(say.draft.prepared, target or place.step))
    return [say.pick(f"Danach     {name} ab {day}", f"Then       {name} from {day}")]
