"""The dog registration from form to notice, on a database file, as a story in eight acts.

In: a folder to write to. Out: the acts as plain values (`Act`), and in the folder the database, the form page, the
drawing and the notice. Every act opens the database anew and closes it again: between any two of them the program could
be killed, and nothing would be lost. The clock is set by the acts, so that two months pass in a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.load import Loaded, all_is_well, load_folder
from amtsweg.dsl.periods import say_day
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Actor
from amtsweg.engine.handlers import Answer, Call, File
from amtsweg.engine.messages import as_error
from amtsweg.engine.people import as_actor
from amtsweg.engine.views import CaseView
from amtsweg.errors import AmtswegError, Refused
from amtsweg.hosting import MEDIA, SUFFIX, Shape, document_of, handlers, shown, written
from amtsweg.play import acting, plain_values
from amtsweg.preview import form_view
from amtsweg.renderers import diagram, forms_html

PROCEDURES = Path(__file__).resolve().parent / "procedures"
DATABASE = "hund.sqlite3"
FORM, PICTURE = "formular.html", "ablauf.svg"
CASE = "demo-hund"
SAMPLE = "zwei_hunde"


@dataclass(frozen=True, slots=True)
class Act:
    """What happened, what it says, and the files that were written."""

    title: Text
    lines: tuple[Text, ...]
    files: tuple[str, ...] = ()


class Demonstration:
    """The story; `acts` are its parts in order, each of which can be played by a new object.

    Parameters
    ----------
    out: the folder to write to; it is made. A database of an earlier demonstration in it is replaced by the first act.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.clock = SettableClock(datetime(2026, 2, 2, 8, 0, tzinfo=UTC))
        self._loaded: Loaded | None = None

    @property
    def acts(self) -> tuple[Callable[[], Act], ...]:
        """The acts in order."""
        return (
            self.check, self.deploy, self.apply, self.decide, self.four_eyes, self.restart, self.release, self.pay,
        )  # fmt: skip

    def play(self) -> Iterator[Act]:
        """Play all acts."""
        for act in self.acts:
            yield act()

    # ------------------------------------------------------------------------------------------------------------ acts

    def check(self) -> Act:
        """The text is read, checked and proven; form and drawing are made from it."""
        self.out.mkdir(parents=True, exist_ok=True)
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (self.out / name).unlink(missing_ok=True)
        loaded = self.loaded
        (self.out / FORM).write_text(forms_html.whole(form_view(loaded, sample=SAMPLE)), "utf-8")
        graph = diagram.extract(loaded.procedure().machine)
        (self.out / PICTURE).write_text(diagram.to_svg(graph), "utf-8")
        return Act(
            Text("Das Verfahren wird gelesen und geprüft", "The procedure is read and proven"),
            (Text(all_is_well(loaded, "de"), all_is_well(loaded, "en")),),
            (FORM, PICTURE),
        )

    def deploy(self) -> Act:
        """The compiled procedure goes into a new database."""
        with self.engine() as engine:
            procedure = self.loaded.procedure()
            digest = engine.deploy(procedure.machine)
            engine.set_office(procedure.office)
        name, version = procedure.machine.title, procedure.machine.version
        return Act(
            Text("Es kommt in eine Datenbank", "It goes into a database"),
            (
                Text(
                    f"„{name}“, Version {version} (Prüfsumme {digest[:12]}), für {procedure.office.name}.",
                    f"“{name}”, version {version} (hash {digest[:12]}), for {procedure.office.name}.",
                ),
            ),
            (DATABASE,),
        )

    def apply(self) -> Act:
        """Ada registers two dogs; the tax is computed as the statute says."""
        self.at(2026, 2, 2, 8)
        ada, sample = self.loaded.cases.person("ada"), self.loaded.cases.sample(SAMPLE)
        assert ada is not None and sample is not None
        actor = acting(self.loaded.procedure().machine, self.loaded.office, ada)
        with self.engine() as engine:
            view = engine.start("hund-anmelden", actor, data=plain_values(sample.values), case=CASE)
            engine.work()
        tax = self.said(view, "antrag", "steuer")
        dogs = ", ".join(dog["name"] for dog in view.values["antrag"]["hunde"])
        return Act(
            Text("Ada Beispiel meldet zwei Hunde an", "Ada Beispiel registers two dogs"),
            (
                Text(f"Vorgang {view.number}: {dogs}.", f"Case {view.number}: {dogs}."),
                Text(f"Berechnete Hundesteuer in diesem Jahr: {tax.de}.", f"Computed dog tax this year: {tax.en}."),
            ),
        )

    def decide(self) -> Act:
        """Kaya finds the task in her work-list and decides."""
        self.at(2026, 2, 4, 9)
        with self.engine() as engine:
            kaya = self.person("kaya")
            (task,) = [task for task in engine.tasks(kaya) if task.case == CASE]
            due = datetime.fromisoformat(task.due_day).date()
            opened = engine.task(task.id, kaya)
            assert opened.form is not None
            amount = opened.form.values["festgesetzt"]
            engine.complete(task.id, kaya, "festsetzen", {"wohnsitz": True, "festgesetzt": amount}, base=opened.base)
            engine.work()
        who = self.loaded.office.people["kaya"].name
        return Act(
            Text(f"{who} prüft und setzt fest", f"{who} checks and decides"),
            (
                Text(
                    f"In der Arbeitsliste: „{task.title}“, fällig bis {say_day(due, 'de')}.",
                    f"In the work-list: “{task.title}”, due by {say_day(due, 'en')}.",
                ),
                Text("Der Bescheid wird geschrieben und wartet auf die Freigabe.", "The notice awaits its release."),
            ),
            tuple(sorted(file.name for file in self.out.glob("bescheid.*"))),
        )

    def four_eyes(self) -> Act:
        """Kaya tries to release her own decision."""
        self.at(2026, 2, 4, 10)
        with self.engine() as engine:
            kaya = self.person("kaya")
            try:
                engine.complete(self.task(engine), kaya, "freigeben")
            except Refused as error:
                sentence = error
            else:
                raise AmtswegError("The four eyes were not looked at.", "This is a defect; please report it.")
        english = as_error(sentence.value, "en")
        return Act(
            Text("Vier Augen", "Four eyes"),
            (
                Text(
                    f"Kaya Orth will selbst freigeben. {sentence.sentence}", f"Kaya Orth tries too. {english.sentence}"
                ),
            ),
        )

    def restart(self) -> Act:
        """The program is started again: everything is still there, and the journal proves it."""
        self.at(2026, 2, 4, 11)
        with self.engine() as engine:
            view = engine.case(CASE, self.admin)
            broken = engine.verify(CASE, self.tenant) or engine.replay(CASE, self.tenant)
        if broken is not None:
            raise AmtswegError(broken.sentence, "This is a defect; please report it.")
        title = view.tasks[0].title
        return Act(
            Text("Neustart", "Restart"),
            (
                Text(
                    f"Das Programm wurde beendet und neu gestartet. Offen ist noch: „{title}“.",
                    f"The program was ended and started again. Still open: “{title}”.",
                ),
                Text(
                    f"Das Protokoll hat {view.entries} Einträge; noch einmal abgespielt ergeben sie denselben Vorgang.",
                    f"The journal has {view.entries} entries; replayed, they give the same case.",
                ),
            ),
        )

    def release(self) -> Act:
        """Lenz releases; the notice is sent and counts as served by law."""
        self.at(2026, 2, 5, 9)
        with self.engine() as engine:
            engine.complete(self.task(engine), self.person("lenz"), "freigeben")
            engine.work()
            view = engine.case(CASE, self.admin)
        served = view.steps["bescheid_senden"]["served"]
        day = datetime.fromisoformat(str(served)).date()
        due = datetime.fromisoformat(str(view.steps["zahlen"]["due"])).date()
        return Act(
            Text("Lenz Amann gibt frei, der Bescheid geht zur Post", "Lenz Amann releases, the notice is posted"),
            (
                Text(
                    f"Bekannt gegeben: {say_day(day, 'de')} (§ 122 AO). Zahlbar bis {say_day(due, 'de')}.",
                    f"Served: {say_day(day, 'en')} (§ 122 AO). Payable by {say_day(due, 'en')}.",
                ),
            ),
            tuple(sorted(file.name for file in self.out.glob("bescheid.*"))),
        )

    def pay(self) -> Act:
        """Weeks pass, the money arrives, the case ends."""
        self.at(2026, 2, 26, 9)
        with self.engine() as engine:
            engine.work()
            with engine.shell.transaction() as tx:
                key = next(row.key for row in tx.jobs_of(CASE) if row.kind == "pay" and row.state != "cancelled")
            engine.answer(key, "paid", {"amount": None}, tenant=self.tenant)
            engine.work()
            view = engine.case(CASE, self.admin)
            broken = engine.verify(CASE, self.tenant)
        if broken is not None or view.status != "ended":
            raise AmtswegError("The case did not end as it should.", "This is a defect; please report it.")
        graph = diagram.extract(self.loaded.procedure().machine)
        (self.out / PICTURE).write_text(diagram.to_svg(graph, view.at, view.visited), "utf-8")
        return Act(
            Text("Drei Wochen später ist das Geld da", "Three weeks later the money is there"),
            (
                Text(
                    f"Der Vorgang {view.number} ist abgeschlossen. {view.entries} Einträge im Protokoll, alle heil.",
                    f"Case {view.number} is closed. {view.entries} entries in the journal, all of them intact.",
                ),
            ),
            (PICTURE,),
        )

    # --------------------------------------------------------------------------------------------------------- helpers

    @property
    def loaded(self) -> Loaded:
        """The shipped procedure in its town."""
        if self._loaded is None:
            self._loaded = load_folder(PROCEDURES / "hund-anmelden", PROCEDURES / "musterstadt")
        return self._loaded

    @property
    def tenant(self) -> str:
        return self.loaded.office.id

    @property
    def admin(self) -> Actor:
        return Actor("amtsweg", "system", frozenset({"admin"}), tenant=self.tenant)

    def at(self, year: int, month: int, day: int, hour: int) -> None:
        """Set the clock (UTC)."""
        self.clock.set(datetime(year, month, day, hour, tzinfo=UTC))

    def person(self, name: str) -> Actor:
        """Somebody of the office."""
        return as_actor(self.loaded.office, name)

    def task(self, engine: Engine) -> str:
        """The id of the open task."""
        return engine.case(CASE, self.admin).tasks[0].id

    def said(self, view: CaseView, slot: str, name: str) -> Text:
        """A value of the case as people read it."""
        machine, value = self.loaded.procedure().machine, view.values[slot][name]
        return Text(shown(value, "", machine), shown(value, "", machine, "en"))

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The engine over the database file, opened anew."""
        made = Engine.open(
            f"sqlite:///{self.out / DATABASE}",
            clock=self.clock,
            handlers=handlers("html", {"letters.produce": self.produce}),
        )
        try:
            yield made
        finally:
            made.close()

    def produce(self, call: Call) -> Answer:
        """Write a letter as HTML for the file of the case, and beside the database as HTML, text and PDF."""
        document = document_of(call.procedure, str(call.data["letter"]), call.data, call.now)
        name = str(call.data["letter"]).rpartition("/")[2]
        shapes: tuple[Shape, ...] = ("html", "text", "pdf")
        made: dict[Shape, bytes] = {}
        for shape in shapes:
            try:
                made[shape] = written(document, shape)
            except AmtswegError:
                continue  # without the extra `pdf` there is no PDF
            (self.out / f"{name}.{SUFFIX[shape]}").write_bytes(made[shape])
        title = call.procedure.machine.letters[str(call.data["letter"])].title
        return Answer("ok", {}, File(f"{name}.html", made["html"], MEDIA["html"], title))
