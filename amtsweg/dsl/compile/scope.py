"""What an expression may name, and where: one namespace per file, and the narrower scopes inside forms and tables.

In: declarations (forms, steps, letters, values, parameters, lists, decisions, stages, roles). Out: `Scope`, immutable,
with a static type for every name. A step is a record, too: when it was done, by whom, with which outcome; what a letter
or a payment adds is in `step_record`. Inside a building block names are the block's own; `renames` says how they are
called in the machine.

Nullability: a slot or a step's moment counts as there (whether a case has come past it is what V5 proves later, for
the place where it is read); a field that may be hidden or left empty does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from amtsweg.dsl.compile import statics as st
from amtsweg.dsl.diagnostics import Diagnostic, Label, Text
from amtsweg.dsl.yamltree import Scalar

KINDS: dict[str, Text] = {
    "form": Text("das Formular", "the form"),
    "step": Text("der Schritt", "the step"),
    "letter": Text("das Schreiben", "the letter"),
    "value": Text("der Wert", "the value"),
    "parameter": Text("die Stellgröße", "the parameter"),
    "list": Text("die Auswahlliste", "the list"),
    "decision": Text("die Entscheidung", "the decision"),
    "stage": Text("der Abschnitt", "the stage"),
    "role": Text("die Rolle", "the role"),
    "event": Text("das Ereignis", "the event"),
    "type": Text("der Typ", "the type"),
    "input": Text("die Eingabe", "the input"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one place.

    Parameters
    ----------
    names: static type by name.
    renames: the name in the machine, where it differs from the written one.
    where: what the place belongs to: (`form`, id), (`decision`, id) or ("", "").
    own: the names that belong to the place itself; messages list them first.
    places: where own names were written.
    titles: captions of own names, for messages.
    assume: conditions that are known to hold here (typed trees).
    """

    names: Mapping[str, st.Type]
    renames: Mapping[str, str] = field(default_factory=dict)
    where: tuple[str, str] = ("", "")
    own: tuple[str, ...] = ()
    places: Mapping[str, Scalar] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    assume: tuple[st.Tree, ...] = ()

    def inside(
        self,
        where: tuple[str, str],
        names: Mapping[str, st.Type],
        own: tuple[str, ...],
        places: Mapping[str, Scalar],
        titles: Mapping[str, str],
    ) -> Scope:
        """A narrower scope: its names hide those outside."""
        renames = {name: full for name, full in self.renames.items() if name not in names}
        return replace(
            self,
            names={**self.names, **names},
            renames=renames,
            where=where,
            own=own,
            places={**self.places, **places},
            titles={**self.titles, **titles},
        )

    def with_names(self, names: Mapping[str, st.Type]) -> Scope:
        """The same place with further names."""
        renames = {name: full for name, full in self.renames.items() if name not in names}
        return replace(self, names={**self.names, **names}, renames=renames)

    def knowing(self, name: str, value: st.Type) -> Scope:
        """The same place where more is known of one name."""
        return replace(self, names={**self.names, name: value})

    def assuming(self, trees: Iterable[st.Tree]) -> Scope:
        """The same place where further conditions are known to hold."""
        return replace(self, assume=(*self.assume, *trees))


# ------------------------------------------------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class Declared:
    """One name of a file: what it is, where it was written."""

    id: str
    kind: str
    key: Scalar


@dataclass(eq=False)
class Names:
    """The one namespace of a file."""

    declared: dict[str, Declared] = field(default_factory=dict)

    def declare(self, name: str, kind: str, key: Scalar) -> Diagnostic | None:
        """Take a name; AW106 if something else already has it."""
        first = self.declared.get(name)
        if first is None:
            self.declared[name] = Declared(name, kind, key)
            return None
        line = first.key.span.start.line
        what = KINDS[first.kind]
        return Diagnostic(
            "AW106",
            "error",
            key.span,
            Text(f"„{name}“ heißt schon {what.de} in Zeile {line}", f"“{name}” is already {what.en} in line {line}"),
            body=(
                Text(
                    "Ausdrücke nennen beide mit demselben Wort; niemand wüsste, was gemeint ist.",
                    "Expressions call both by the same word; nobody could tell which is meant.",
                ),
            ),
            related=(Label(first.key.span, Text("schon hier", "already here")),),
        )


# ------------------------------------------------------------------------------------------------------------- records


def step_record(kind: str, outcomes: Iterable[str], extra: Mapping[str, st.Type] | None = None) -> st.Type:
    """The record an expression sees under a step's id.

    Every step has `at` (entered last), `done` (completed last), `by`, `outcome`, `visits`, `due`, and one moment per
    outcome; letters add `sent served document`, payments `amount paid request`, waits `until`, and so on. `extra` are
    the results a building block declares.
    """
    named = tuple(outcomes)
    moment = st.DATE_TIME
    fields: dict[str, st.Type] = {
        "at": moment,
        "done": moment,
        "by": st.optional(st.STRING),
        "outcome": st.enum("outcome", named) if named else st.optional(st.STRING),
        "visits": st.INTEGER,
        "due": st.DATE,
    }
    fields |= {name: moment for name in named if name not in fields}
    by_kind: dict[str, dict[str, st.Type]] = {
        "letter": {"sent": moment, "served": st.DATE, "document": st.ANY},
        "pay": {"amount": st.ANY, "paid": moment, "request": st.optional(st.STRING)},
        "wait": {"until": st.DATE},
        "event": {"reason": st.optional(st.STRING)},
        "task": {"reason": st.optional(st.STRING)},
        "open_case": {"case": st.optional(st.STRING)},
        "parallel": {"joined": st.optional(st.STRING)},
        "for_each": {"joined": st.optional(st.STRING)},
    }
    fields |= by_kind.get(kind, {})
    fields |= dict(extra or {})
    return st.record(fields)


def stage_record() -> st.Type:
    """A stage: when it was entered and left, and its statutory clock if it has one."""
    return st.record(
        {
            "at": st.DATE_TIME,
            "done": st.DATE_TIME,
            "state": st.STRING,
            "plain": st.optional(st.DATE),
            "end": st.optional(st.DATE),
            "from": st.optional(st.DATE),
        }
    )


def given_names(person: st.Type) -> dict[str, st.Type]:
    """The names the language gives everywhere: `today`, `now`, `case`, `applicant`, `account`, `tenant`."""
    return {
        "at": st.function({"step": st.ANY}, st.BOOLEAN),
        "valid": st.function({"parameter": st.ANY, "day": st.DATE}, st.ANY),
        "today": st.DATE,
        "now": st.DATE_TIME,
        "applicant": person,
        "case": st.record(
            {
                "id": st.STRING,
                "number": st.STRING,
                "received": st.DATE_TIME,
                "started": st.DATE_TIME,
                "outcome": st.optional(st.STRING),
                "result": st.optional(st.STRING),
                "input": st.ANY,
            }
        ),
        "account": st.record(
            {
                "id": st.optional(st.STRING),
                "person": st.optional(person),
                "email": st.optional(st.STRING),
                "trust_level": st.STRING,
            }
        ),
        "tenant": st.record({"id": st.STRING, "name": st.STRING, "land": st.STRING, "bank": st.ANY}),
    }
