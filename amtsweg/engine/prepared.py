"""A procedure made ready to run: nets, transitions by cause, decision tables, the town's calendar and law.

In: `Procedure` (machine and office). Out: `Prepared`, the same for the same pair of hashes, so it is made once and
kept. It holds only what follows from the procedure; nothing of a case.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import Any

from amtsweg.dsl.feel.codec import decode
from amtsweg.dsl.feel.table import Table
from amtsweg.dsl.marking import Net
from amtsweg.dsl.periods import Calendar, Law, law, office_calendar
from amtsweg.dsl.procedure import Machine, Office, Place, Procedure, RunsSpec, Transition
from amtsweg.engine.decisions import names_read, table_of
from amtsweg.engine.feel import Compiled

Value = Any
KEPT = 64
"""So many procedures stay prepared in one process."""

Key = tuple[str, str, str]


class Prepared:
    """What running a procedure needs beyond its data."""

    def __init__(self, procedure: Procedure) -> None:
        self.machine: Machine = procedure.machine
        self.office: Office = procedure.office
        self.expressions = Compiled()
        self.nets = {flow_id: Net(flow) for flow_id, flow in self.machine.flows.items()}
        self._causes: dict[tuple[str, str, str], dict[str, list[Transition]]] = {}
        for flow_id, flow in self.machine.flows.items():
            for transition in flow.transitions:
                cause = transition.cause
                by_name = self._causes.setdefault((flow_id, cause.kind, cause.place), {})
                by_name.setdefault(cause.name, []).append(transition)
        self._tables: dict[str, Table] = {}
        self._reads: dict[str, frozenset[str]] = {}
        self._values: dict[str, tuple[tuple[date, Value], ...]] = {}
        self.element_names: dict[str, str] = {
            place.runs.flow: place.runs.as_name
            for flow in self.machine.flows.values()
            for place in flow.places.values()
            if place.runs is not None
        }

    def place(self, flow: str, place: str) -> Place:
        """A place of a flow."""
        return self.machine.flows[flow].places[place]

    def caused(self, flow: str, kind: str, place: str, name: str, other: str | None = None) -> list[Transition]:
        """The transitions that a cause makes fire; `other` is the name that stands for any ("" in the machine)."""
        found = self._causes.get((flow, kind, place), {})
        if name in found:
            return found[name]
        return found.get(other, []) if other is not None else []

    def runs_of(self, flow: str, transition: Transition) -> tuple[str, RunsSpec] | None:
        """The place whose runs a `joins` move counts."""
        places = self.machine.flows[flow].places
        candidates = [p for need in transition.need for p in need.places]
        candidates += [place.id for place in places.values() if place.step == transition.step]
        for place_id in candidates:
            spec = places[place_id].runs
            if spec is not None:
                return place_id, spec
        return None

    def table(self, decision: str) -> Table:
        """A decision's table."""
        found = self._tables.get(decision)
        if found is None:
            found = self._tables[decision] = table_of(self.machine.decisions[decision])
        return found

    def names_read(self, decision: str) -> frozenset[str]:
        """The names of the case that a decision reads."""
        found = self._reads.get(decision)
        if found is None:
            found = self._reads[decision] = names_read(self.machine.decisions[decision], self.expressions)
        return found

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of the office."""
        office = self.office
        return office_calendar(office.land, office.zone, office.municipality_holidays, office.closed_days)

    @cached_property
    def law(self) -> Law:
        """The code by which this procedure's periods are counted."""
        return law(self.machine.deadline_law)

    @property
    def zone(self) -> str:
        """The office's time zone."""
        return self.office.zone

    def local_day(self, at: datetime) -> date:
        """The day of an instant in the office's zone."""
        return self.calendar.day_of(at)

    def parameter(self, name: str, on: date) -> tuple[bool, Value]:
        """The town's value of a parameter on a day; (False, None) if it has none for that day."""
        known = self._values.get(name)
        if known is None:
            dated = self.office.values.get(f"{self.machine.id}/{name}") or self.office.values.get(name) or ()
            known = tuple(
                (date.fromisoformat(v.from_day), decode(v.value)) for v in sorted(dated, key=lambda v: v.from_day)
            )
            self._values[name] = known
        found = [value for since, value in known if since <= on]
        return (True, found[-1]) if found else (False, None)


_cache: OrderedDict[tuple[str, str], Prepared] = OrderedDict()
_lock = Lock()


def prepare(procedure: Procedure) -> Prepared:
    """The prepared form of a procedure, from the cache if the same machine and office were here before."""
    key = (procedure.machine.hash, procedure.office.hash)
    with _lock:
        found = _cache.get(key)
        if found is not None:
            _cache.move_to_end(key)
            return found
    made = Prepared(procedure)
    with _lock:
        _cache[key] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made
