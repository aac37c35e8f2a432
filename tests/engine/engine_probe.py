"""A small procedure that the shell's tests run: application, check, letter, payment, end."""

from __future__ import annotations

from engine_build import (
    Field,
    FieldType,
    FlowMaker,
    Form,
    Group,
    JobSpec,
    Letter,
    ListenSpec,
    Machine,
    Outcome,
    Parameter,
    TextPart,
    TimerSpec,
    Write,
    feel,
    machine,
)

ANTRAG = Form(
    "antrag",
    "Antrag",
    (
        Group(
            "seite",
            "Ihre Angaben",
            "page",
            (
                Field("name", "antrag.name", "Name", FieldType("text")),
                Field("seit", "antrag.seit", "Seit", FieldType("date"), optional=True, not_after=feel("today")),
                Field("betrag", "antrag.betrag", "Betrag", FieldType("money"), compute=feel("gebuehr * 2")),
                Field("notiz", "antrag.notiz", "Notiz", FieldType("text"), optional=True, keep="1 year"),
            ),
        ),
    ),
)
PRUEFUNG = Form(
    "pruefung",
    "Prüfung",
    (Group("seite", "Prüfung", "page", (Field("alle", "pruefung.alle", "Alles da", FieldType("yes_no")),)),),
)


def probe(version: str = "1.0.0") -> Machine:
    """Application by the party; check by an official, released by another; notice; payment; 4 weeks, then lapsed."""
    f = FlowMaker()
    f.task("antragen", by="halter", form="antrag")
    f.move("antragen:done", "outcome", "antragen", "done", ("bearbeitung", "pruefen"), write=(Write("antrag"),))
    f.place(
        "bearbeitung",
        "stage",
        timers=(TimerSpec("after.1", feel("6 months")),),
        listens=(
            ListenSpec("zurueck", "Zurückziehen", ("halter",), reason="Warum?"),
            ListenSpec("storniert", "Storniert"),
        ),
    )
    inside = ("bearbeitung", "pruefen", "freigeben", "senden", "zahlen", "warten")
    f.move("bearbeitung:zurueck", "heard", "bearbeitung", "zurueck", ("ende",), inside, end="withdrawn")
    f.move("bearbeitung:storniert", "heard", "bearbeitung", "storniert", ("ende",), inside, end="lapsed")
    f.move("bearbeitung:after", "due", "bearbeitung", "after.1", ("ende",), inside, end="lapsed")
    f.task(
        "pruefen",
        form="pruefung",
        given=(
            Outcome("gut", "In Ordnung", feel("alle = true")),
            Outcome("schlecht", "Ablehnen", reason="Begründung"),
            Outcome("zurueck", "Zurück"),
        ),
        due=feel("10 working days"),
        timers=(TimerSpec("remind.1", feel("5 working days"), edge="begin"),),
        block="bearbeitung",
        depth=1,
    )
    check = (Write("pruefung"),)
    f.move("pruefen:gut", "outcome", "pruefen", "gut", ("freigeben",), write=check)
    f.move("pruefen:schlecht", "outcome", "pruefen", "schlecht", ("ende",), end="refused", write=check)
    f.move("pruefen:zurueck", "outcome", "pruefen", "zurueck", ("pruefen",), write=check)
    f.move("pruefen:remind", "due", "pruefen", "remind.1", (), ())
    f.task("freigeben", "freigabe", ("ja", "nein"), four_eyes=(("pruefen", "all"),), block="bearbeitung", depth=1)
    f.move("freigeben:ja", "outcome", "freigeben", "ja", ("senden",))
    f.move("freigeben:nein", "outcome", "freigeben", "nein", ("pruefen",))
    f.place("senden", "letter", job=JobSpec("deliver", letter="bescheid", slot="senden"), block="bearbeitung", depth=1)
    f.move("senden:ok", "result", "senden", "ok", ("zahlen",), completes=(("senden", "done"),), way="done")
    f.place(
        "zahlen",
        "pay",
        job=JobSpec("pay", {"amount": feel("antrag.betrag")}, due=feel("1 month after bescheid.served")),
        timers=(TimerSpec("overdue", feel("1 month after bescheid.served")),),
        block="bearbeitung",
        depth=1,
    )
    f.move("zahlen:paid", "result", "zahlen", "paid", ("ende",), completes=(("zahlen", "paid"),), end="granted")
    f.move("zahlen:overdue", "due", "zahlen", "overdue", ("warten",), completes=(("zahlen", "overdue"),))
    f.place("warten", "wait", listens=(ListenSpec("geklaert", inbox=True),), block="bearbeitung", depth=1)
    f.move("warten:geklaert", "heard", "warten", "geklaert", ("ende",), end="settled")
    f.place("ende", "end")
    f.slots = ("antrag", "pruefung")
    return machine(
        f,
        version=version,
        forms={"antrag": ANTRAG, "pruefung": PRUEFUNG},
        parameters={"gebuehr": Parameter("gebuehr", "Gebühr", FieldType("money"))},
        letters={"bescheid": Letter("bescheid", "Bescheid", {"de": (TextPart("Guten Tag"),)}, appeal="widerspruch")},
        letter_steps={"senden": "bescheid"},
        columns=("antrag.name",),
        keep={"draft": "30 days", "closed": "10 years"},
    )


DATA = {"name": "Rex"}
