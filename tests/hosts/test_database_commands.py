"""A town keeps its cases from the command line: init, deploy, start, tasks, complete, run, why, show, audit."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from amtsweg.cli import main
from amtsweg.commands import answers, database

SHIPPED = Path(__file__).parents[2] / "amtsweg" / "procedures"
DOG, TOWN = SHIPPED / "hund-anmelden", SHIPPED / "musterstadt" / "tenant.yaml"


class Desk:
    """The command line in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "amt.sqlite3"
        self.env = {"AMTSWEG_DB": f"sqlite:///{self.file}"}

    def call(self, *words: str, input_: str = "") -> Result:
        """What a command answers."""
        return CliRunner().invoke(main, list(words), env=self.env, input=input_)

    def ok(self, *words: str) -> str:
        """What a command prints that must go well."""
        found = self.call(*words)
        assert found.exit_code == 0, found.output
        return found.stdout

    def refused(self, *words: str, code: int = 1) -> str:
        """What a command says that must be refused: on stderr, without a traceback."""
        found = self.call(*words)
        assert found.exit_code == code, found.output
        assert isinstance(found.exception, SystemExit)
        assert found.stdout == ""
        return found.stderr

    def case(self, *more: str) -> str:
        """The number of a new dog registration."""
        told = self.ok("start", "hund-anmelden", "--sample", "labrador", "--as", "ada", *more)
        return number_in(told)

    def decided(self) -> str:
        """A case whose notice waits for its release."""
        number = self.case()
        self.ok("complete", number, "--as", "kaya", "--outcome", "festsetzen", *WITH)
        self.ok("run", "--once")
        return number


def number_in(told: str) -> str:
    """The number of the case that a command speaks of."""
    found = re.search(r"HA-\d{4}-\d{4}", told)
    assert found is not None, told
    return found[0]


WITH = ("--set", "wohnsitz=yes", "--set", "festgesetzt=72 EUR")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the dog registration, made once and copied for each test."""
    desk = Desk(tmp_path_factory.mktemp("made"))
    desk.ok("init")
    desk.ok("deploy", str(DOG), "--tenant", str(TOWN))
    return desk.file


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    """A town that has the dog registration."""
    found = Desk(tmp_path)
    shutil.copy(made, found.file)
    return found


# ----------------------------------------------------------------------------------------------------- the whole way


def test_a_case_goes_from_the_form_to_the_served_notice(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert "angelegt (Version" in desk.ok("init")
    told = desk.ok("deploy", str(DOG), "--tenant", str(TOWN))
    assert "hund-anmelden 1.0.0 ist jetzt in der Datenbank (Fassung Nr. 1)." in told
    assert "Stadt Musterstadt (musterstadt)" in told
    assert re.search(r"Hash +[0-9a-f]{16}\n", told)

    number = desk.case()
    assert f"{number}:pruefen" in desk.ok("tasks", "--as", "kaya")
    told = desk.ok("complete", f"{number}:pruefen", "--as", "kaya", "--outcome", "festsetzen", *WITH)
    assert told == (
        f"{number}: „Anmeldung prüfen“ ist erledigt (Festsetzen), steht bei: Hundesteuerbescheid.\n"
        "Weiter: amtsweg run --once\n"
    )
    assert "Weiter: amtsweg run --once" in desk.ok("why", number)
    assert "Getan: 1 Auftrag erledigt." in desk.ok("run", "--once")
    assert "es bleibt  Lenz Amann" in desk.ok("why", number)
    desk.ok("complete", number, "--as", "lenz", "--outcome", "freigeben")
    desk.ok("run", "--once")
    assert "Wartet auf eine Zahlung." in desk.ok("why", number)
    told = desk.ok("show", number)
    for text in (
        "Hundesteuer zahlen (zahlen)",
        "Hundesteuerbescheid  (versandt, bekannt gegeben am",
        "§ 108 Abs. 1 AO",
    ):
        assert text in told
    assert "die Kette ist ganz, und sie führen wieder zu diesem Vorgang" in desk.ok("audit", "verify", number)


def test_init_twice_changes_nothing(desk: Desk) -> None:
    assert "nichts zu tun" in desk.ok("init")
    assert "nothing to do" in desk.ok("init", "--language", "en")


def test_the_same_version_deployed_again_is_not_a_new_one(desk: Desk) -> None:
    told = json.loads(desk.ok("deploy", str(DOG), "--tenant", str(TOWN), "--json"))
    assert (told["new"], told["versions"], told["tenants"]) == (False, 1, ["musterstadt"])


def test_deploying_another_procedure_keeps_the_values_of_the_first(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "hund-abmelden"
    shutil.copytree(DOG, other)
    text = (other / "procedure.yaml").read_text("utf-8")
    (other / "procedure.yaml").write_text(text.replace("procedure: hund-anmelden", "procedure: hund-abmelden"), "utf-8")
    (tmp_path / "tenant.yaml").write_text(
        TOWN.read_text("utf-8").replace("  hund-anmelden:\n", "  hund-abmelden:\n"), "utf-8"
    )
    desk.ok("deploy", str(other), "--tenant", str(tmp_path / "tenant.yaml"))
    with database.opened(desk.env["AMTSWEG_DB"]) as found:
        names = set(found.office().values)
    assert {"hund-anmelden/satz_erster", "hund-abmelden/satz_erster"} <= names


def test_without_a_town_the_people_of_the_test_cases_work_in_an_example_town(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.ok("init")
    assert "(beispiel)" in (told := desk.ok("deploy", str(DOG)))
    assert "kaya, lenz, jonas" in told
    assert "ada" not in told.partition("Personal")[2].partition("\n")[0]


def test_the_database_is_named_again_in_the_next_step_if_it_was_named_on_the_line(tmp_path: Path) -> None:
    url = str(tmp_path / "other.sqlite3")
    told = CliRunner().invoke(main, ["init", "--db", url])
    assert told.stdout.endswith(f"Weiter: amtsweg deploy FOLDER --tenant tenant.yaml --db {url}\n")


# ------------------------------------------------------------------------------------------------------------- opening


def test_what_is_wrong_in_the_first_form_is_said_field_by_field_and_there_is_no_case(desk: Desk) -> None:
    told = desk.refused(
        "start", "hund-anmelden", "--sample", "labrador",
        "--set", "geburtsdatum=2099-01-01", "--set", "hunde[1].rasse=katze", "--set", "foo=1",
    )  # fmt: skip
    lines = told.splitlines()
    assert lines[0] == "Einige Angaben fehlen oder stimmen nicht."
    assert "  foo             „foo“ gehört nicht zu diesem Formular" in lines
    assert "  hunde[1].rasse  „katze“ steht hier nicht zur Wahl" in lines
    assert any(line.startswith("  geburtsdatum") for line in lines)
    assert "Es gibt noch keinen Vorgang." in desk.ok("audit", "verify")


def test_a_case_without_data_waits_at_its_first_form_for_its_party(desk: Desk) -> None:
    number = number_in(desk.ok("start", "hund-anmelden", "--as", "ada"))
    [task] = json.loads(desk.ok("tasks", "--json", "--case", number))
    assert (task["step"], task["due"]) == ("anmelden", None)
    assert f"{number}:anmelden" in desk.ok("tasks", "--as", "ada", "--role", "halter")


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_the_first_form_may_come_from_a_file(desk: Desk, tmp_path: Path, suffix: str) -> None:
    with database.opened(desk.env["AMTSWEG_DB"]) as found:
        data = answers.from_sample(found, "labrador", str(DOG))
    data["zugezogen"] = False if suffix == "json" else "no"
    file = tmp_path / f"antrag.{suffix}"
    file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    told = json.loads(desk.ok("start", "hund-anmelden", "--data", str(file), "--as", "ada", "--json"))
    assert told["status"] == "open"
    assert told["values"]["antrag"]["zugezogen"] is False
    assert told["values"]["antrag"]["jahressteuer"] == "72 EUR"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "ist kein JSON"),
        ("a.json", "[1]", "stehen keine Angaben „feld: wert“"),
        ("a.yaml", "a: [", "a.yaml, "),
        ("a.yaml", "- a", "stehen keine Angaben „feld: wert“"),
    ],
)
def test_a_file_that_holds_no_answers_is_refused(desk: Desk, tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert says in desk.refused("start", "hund-anmelden", "--data", str(tmp_path / name))


def test_a_sample_that_is_not_there_gets_those_that_are(desk: Desk) -> None:
    told = desk.refused("start", "hund-anmelden", "--sample", "katze")
    assert "ist kein Muster „katze“" in told
    assert "Es gibt: labrador, welpe" in told


@pytest.mark.parametrize("pair", ["x", "bisher.tief=3", "hunde[7].name=Rex", "=1"])
def test_a_setting_that_is_no_pair_or_does_not_fit_is_refused(desk: Desk, pair: str) -> None:
    assert "„" in desk.refused("start", "hund-anmelden", "--sample", "labrador", "--set", pair)


def test_settings_go_inside_and_the_same_field_twice_makes_a_list(desk: Desk) -> None:
    with database.opened(desk.env["AMTSWEG_DB"]) as found:
        data = answers.collect(found, None, ["a.b=1", "h[1].r=x", "h[2].r=y", "f=1", "f=2", "f=3", "g= 2 = 3"])
    assert data == {"a": {"b": "1"}, "h": [{"r": "x"}, {"r": "y"}], "f": ["1", "2", "3"], "g": " 2 = 3"}


# ---------------------------------------------------------------------------------------------------------- completing


def test_an_outcome_must_be_named_where_there_are_several(desk: Desk) -> None:
    told = desk.refused("complete", desk.case(), "--as", "kaya")
    assert told.startswith("Diese Aufgabe kann verschieden ausgehen.\n--outcome: festsetzen (Festsetzen), unvoll")


def test_who_is_not_the_one_to_do_it_is_told_who_is(desk: Desk) -> None:
    number = desk.case()
    for person in ("lenz", "eve"):
        told = desk.refused("complete", number, "--as", person, "--outcome", "festsetzen")
        assert told.splitlines()[-1] == "Zuständig: sachbearbeitung"
    assert desk.call("complete", number).exit_code == 2


def test_four_eyes_hold_on_the_command_line_too(desk: Desk) -> None:
    number = desk.decided()
    assert "Vier Augen" in desk.refused("complete", number, "--as", "kaya", "--outcome", "freigeben")


def test_a_task_that_is_done_is_not_open_any_more(desk: Desk) -> None:
    number = desk.decided()
    told = desk.refused("complete", f"{number}:pruefen", "--as", "kaya", "--outcome", "festsetzen")
    assert told.splitlines() == [
        f"Die Aufgabe „{number}:pruefen“ ist nicht offen.",
        f"Offen: {number}:bescheid_senden",
    ]


def test_the_questions_of_a_form_can_be_asked_at_the_terminal(desk: Desk) -> None:
    found = desk.call(
        "complete", desk.case(), "--as", "kaya", "--outcome", "festsetzen", *WITH, "--ask", input_="\n" * 40
    )
    assert "Wohnsitz in der Gemeinde bestätigt" in found.stdout


# -------------------------------------------------------------------------------------------------------------- looking


def test_a_work_list_shows_what_one_may_do_and_everybodys_shows_all(desk: Desk) -> None:
    number = desk.case()
    assert "Keine offenen Aufgaben." in desk.ok("tasks", "--as", "jonas")
    assert "No open tasks." in desk.ok("tasks", "--kind", "overdue", "--language", "en")
    [task] = json.loads(desk.ok("tasks", "--json"))
    assert (task["number"], task["step"], task["roles"]) == (number, "pruefen", ["sachbearbeitung"])
    heads, row = desk.ok("tasks", "--language", "en").splitlines()[:2]
    assert heads.split() == ["Task", "What", "to", "do", "Who", "may", "Due", "State"]
    assert row.startswith(f"{number}:pruefen") and row.endswith("open")


def test_a_case_is_shown_to_programs_as_json(desk: Desk) -> None:
    number = desk.case()
    told: Any = json.loads(desk.ok("show", number, "--json"))
    assert (told["number"], told["at"], told["version"]) == (number, ["pruefen"], "1.0.0")
    told = json.loads(desk.ok("why", number, "--json"))
    assert number in told["head"]


@pytest.mark.parametrize("words", [("why", "77"), ("show", "77"), ("audit", "show", "77"), ("complete", "77:x")])
def test_a_number_that_is_not_there_is_said_plainly(desk: Desk, words: tuple[str, ...]) -> None:
    more = ("--as", "kaya") if words[0] == "complete" else ()
    assert desk.refused(*words, *more) == "Es gibt hier keinen Vorgang „77“.\nAlle offenen zeigt: amtsweg tasks\n"


def test_a_procedure_that_is_not_there_gets_those_that_are(desk: Desk) -> None:
    assert desk.refused("start", "katze-anmelden").endswith("Es gibt: hund-anmelden\n")


def test_a_town_that_is_not_there_gets_those_that_are(desk: Desk) -> None:
    assert desk.refused("tasks", "--tenant", "nirgends").endswith("--tenant: musterstadt\n")


# ----------------------------------------------------------------------------------------------------------- the worker


def test_the_worker_says_when_something_is_due_next(desk: Desk) -> None:
    desk.case()
    told = desk.ok("run", "--once")
    assert "Es war nichts zu tun." in told
    facts = json.loads(desk.ok("run", "--once", "--json"))
    assert facts["next"] > "20"
    assert facts["jobs"] == 0


def test_the_worker_ends_when_no_job_is_left(desk: Desk) -> None:
    number = desk.case()
    desk.ok("complete", number, "--as", "kaya", "--outcome", "festsetzen", *WITH)
    before = signal.getsignal(signal.SIGTERM)
    assert "Getan: 1 Auftrag erledigt." in desk.ok("run", "--until-idle", "--idle", "0.05")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_cleanly_when_it_is_told_to(desk: Desk, ends: signal.Signals) -> None:
    words = [sys.executable, "-u", "-m", "amtsweg.cli", "run", "--idle", "0.05", "--db", str(desk.file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "Läuft. Ende mit Strg-C.\n"
        worker.send_signal(ends)
        told, wrong = worker.communicate(timeout=60)
    assert (worker.returncode, wrong) == (0, "")
    assert "Es war nichts zu tun." in told


# ------------------------------------------------------------------------------------------------------------- auditing


def test_a_journal_that_was_changed_is_found_at_its_entry(desk: Desk) -> None:
    number, other = desk.decided(), desk.case()
    assert "In Ordnung: 2 Protokolle." in desk.ok("audit", "verify")
    with sqlite3.connect(desk.file) as connection:
        case = connection.execute("SELECT id FROM aw_case WHERE number = ?", (number,)).fetchone()[0]
        [(data,)] = connection.execute("SELECT data FROM aw_entry WHERE case_id = ? AND no = 3", (case,))
        assert "festsetzen" in data
        changed = data.replace("festsetzen", "kein_steuerfall")
        connection.execute("UPDATE aw_entry SET data = ? WHERE case_id = ? AND no = 3", (changed, case))
    connection.close()
    assert desk.refused("audit", "verify", number) == (
        f"{number}: Das Protokoll stimmt bei Eintrag 3 nicht. Entry 3 was changed.\n"
    )
    found = desk.call("audit", "verify")
    assert found.exit_code == 1
    assert "1 von 2 Protokollen stimmen nicht." in found.stdout
    rows = {row["number"]: row for row in json.loads(desk.call("audit", "verify", "--json").stdout)}
    assert (rows[number]["ok"], rows[number]["entry"], rows[other]["ok"]) == (False, 3, True)


def test_a_journal_is_shown_entry_by_entry(desk: Desk) -> None:
    number = desk.decided()
    rows = desk.ok("audit", "show", number).splitlines()
    assert [row.split()[0] for row in rows] == ["Nr.", "1", "2", "3", "4"]
    assert "kaya" in rows[3] and "festsetzen" in rows[3]
    entries = json.loads(desk.ok("audit", "show", number, "--json"))
    assert [one["prev"] for one in entries[1:]] == [one["hash"] for one in entries[:-1]]


# ------------------------------------------------------------------------------------------------------ what is refused


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for words in (("tasks",), ("why", "1"), ("run", "--once"), ("audit", "verify"), ("show", "1")):
        told = desk.refused(*words)
        assert told == f"Unter {desk.file} ist keine Datenbank.\nAnlegen: amtsweg init\n"
    assert not desk.file.exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("memory:", "Im Speicher bleibt nichts"),
        ("sqlite://", "Im Speicher bleibt nichts"),
        ("nosuch://host/name", "The database does not answer"),
        ("://", "The database does not answer"),
        ("{folder}/text.txt", "The database does not answer: file is not a database"),
    ],
)
def test_an_address_that_is_no_database_is_said_plainly(tmp_path: Path, url: str, says: str) -> None:
    (tmp_path / "text.txt").write_text("no database " * 100, "utf-8")
    desk = Desk(tmp_path)
    for words in (("init",), ("tasks",)):
        assert says in desk.refused(*words, "--db", url.format(folder=tmp_path))


def test_a_folder_that_is_not_there_is_said_before_the_database_is_made(tmp_path: Path) -> None:
    told = Desk(tmp_path).refused("init", "--db", str(tmp_path / "no" / "a.sqlite3"))
    assert told.startswith(f"Den Ordner {tmp_path / 'no'} gibt es nicht.\n")


def test_a_database_of_a_newer_program_is_left_alone(desk: Desk) -> None:
    with sqlite3.connect(desk.file) as connection:
        connection.execute("UPDATE aw_version SET version_num = '9999'")
    connection.close()
    assert "Die Datenbank hat die Version 9999" in desk.refused("tasks")
    assert "version 9999" in desk.refused("init")


def test_an_empty_database_says_what_to_deploy(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.ok("init")
    assert desk.refused("tasks") == ("In dieser Datenbank ist noch kein Verfahren.\nWeiter: amtsweg deploy FOLDER\n")


def test_what_is_not_proven_is_refused_with_its_findings_and_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(DOG, bad)
    text = (bad / "procedure.yaml").read_text("utf-8")
    (bad / "procedure.yaml").write_text(text.replace("next: pruefen\n", "next: pruefn\n"), "utf-8")
    told = desk.refused("deploy", str(bad))
    assert "AW103" in told
    assert told.endswith(f"bad kommt so nicht in die Datenbank. Erst beheben: amtsweg validate {bad}\n")
    assert "There is no folder nix." in desk.refused("deploy", "nix")
    with database.opened(desk.env["AMTSWEG_DB"]) as found:
        assert len(found.engine.versions()) == 1


def test_a_password_is_never_shown() -> None:
    assert database.shown("postgresql://ada:secret@host/amt") == "postgresql://ada@host/amt"
    assert database.shown("amt.sqlite3") == "amt.sqlite3"


@pytest.mark.parametrize("name", ["init", "deploy", "start", "tasks", "complete", "why", "run", "audit"])
def test_each_command_has_an_example_in_its_help(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert f"Example: amtsweg {name}" in told.stdout


def test_a_command_imports_nothing_heavy_before_it_is_run() -> None:
    names = ("init", "deploy", "start", "tasks", "complete", "why", "run", "audit")
    code = (
        "import sys, importlib\n"
        f"for name in {names}: importlib.import_module(f'amtsweg.commands.{{name}}')\n"
        "heavy = ('sqlalchemy', 'yaml', 'lark', 'jinja2', 'alembic', 'jsonschema')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
