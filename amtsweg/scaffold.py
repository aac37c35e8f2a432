"""A new procedure: eight answers become a folder that validates, tests green and runs at once.

In: `Answers`. Out: the files of the folder as texts, or written. Nothing is asked here; the command asks. What can be
changed in one word later (version, retention) gets a default; "I do not know" is an answer and leaves a line that says
what is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from amtsweg.dsl.suggest import fold
from amtsweg.errors import NotValid

Kind = Literal["apply", "report", "order"]
Access = Literal["all", "account", "bundid", "eid"]
Cost = Literal["none", "fee", "tax", "price"]
Second = Literal["never", "always", "sometimes"]
Law = Literal["VwVfG", "AO", "BGB", "unknown"]

TRUST = {"all": "none", "account": "basic", "bundid": "substantial", "eid": "high"}
PAY = {"fee": ("fee", "Gebühr"), "tax": ("tax", "Steuer"), "price": ("charge", "Entgelt")}
LETTER = {"apply": "bewilligung", "report": "eingangsbestaetigung", "order": "bestaetigung"}
FIRST = {"apply": "stellen", "report": "melden", "order": "bestellen"}
"""The id of the first step."""
GOOD = {
    "apply": ("bewilligen", "Bewilligen", "Grant"),
    "report": ("annehmen", "Annehmen", "Accept"),
    "order": ("ausfuehren", "Ausführen", "Carry out"),
}
"""The outcome of the check that people hope for: id, German, English."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is asked.

    Parameters
    ----------
    title: what people want to do („Fundsache melden“).
    id: the name of folder and procedure; made from the title if empty.
    office: which office works on it.
    kind: apply (the office decides), report (it takes note), order (it delivers).
    access: who may use it.
    cost: whether it costs something.
    second: whether a second person must agree.
    law: by which law time limits are counted.
    """

    title: str
    id: str = ""
    office: str = "Bürgerbüro"
    kind: Kind = "apply"
    access: Access = "all"
    cost: Cost = "none"
    second: Second = "never"
    law: Law = "unknown"

    @property
    def name(self) -> str:
        """The id of the procedure."""
        return self.id or slug(self.title, "-")


def slug(title: str, between: str = "_") -> str:
    """An id made of a title: small letters without umlauts."""
    found = re.sub(r"[^a-z0-9]+", between, fold(title).replace("_", " ")).strip(between)
    return found if found[:1].isalpha() else f"verfahren{between}{found}".rstrip(between)


def files(answers: Answers) -> Mapping[str, str]:
    """The files of the folder by name."""
    made = {
        "procedure.yaml": _procedure(answers),
        f"{LETTER[answers.kind]}.md": _letter(answers),
        "texts.en.yaml": _texts(answers),
        "cases.yaml": _cases(answers),
    }
    if answers.kind == "apply":
        made["ablehnung.md"] = _refusal()
    return made


def write(answers: Answers, parent: Path) -> Path:
    """Write the folder below `parent`. Raises NotValid where it exists already and is not empty."""
    folder = parent / answers.name
    if folder.exists() and any(folder.iterdir()):
        raise NotValid((), f"The folder {folder.name} is there already.", "Choose another name with --id.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(answers).items():
        (folder / name).write_text(text, "utf-8")
    return folder


# ---------------------------------------------------------------------------------------------------------- procedure


def _procedure(answers: Answers) -> str:
    noun = {"apply": "Antrag", "report": "Meldung", "order": "Bestellung"}[answers.kind]
    office = slug(answers.office)
    law = answers.law if answers.law != "unknown" else "VwVfG"
    unknown = (
        "  # hier weiter: Stimmt das? Nach welchem Gesetz rechnen die Fristen?" if answers.law == "unknown" else ""
    )
    parts = [
        f"# {answers.title}: ein Anfang, der schon läuft. Ändern Sie, was nicht passt.",
        f"procedure: {answers.name}",
        "version: 1.0.0",
        f"title: {_text(answers.title)}",
        f"summary: {_text(answers.title + ' – online und ohne Termin.')}",
        f"office: {office}",
        f"deadline_law: {law}{unknown}",
        f"trust_level: {TRUST[answers.access]}",
        "keep: {draft: 30 days, closed: 3 years}",
        "",
        _roles(answers, office),
        _parameters(answers),
        _forms(answers, noun),
        _letters(answers),
        _flow(answers, noun),
    ]
    return "\n".join(part for part in parts if part is not None).replace("\n\n\n", "\n\n").rstrip() + "\n"


def _roles(answers: Answers, office: str) -> str:
    who = {"apply": "Antragstellerin oder Antragsteller", "report": "Wer meldet", "order": "Wer bestellt"}
    lines = ["roles:", "  buerger:", f"    title: {who[answers.kind]}", "    party: applicant"]
    lines += ["  sachbearbeitung:", f"    title: {_text(answers.office)}", f"    office: {office}"]
    if answers.second != "never":
        lines += ["  leitung:", f"    title: {_text('Leitung ' + answers.office)}", f"    office: {office}"]
    return "\n".join([*lines, ""])


def _parameters(answers: Answers) -> str:
    if answers.cost == "none":
        return ""
    return f"""parameters:
  betrag:
    title: {PAY[answers.cost][1]}
    type: money
    example: 20 EUR
"""


def _forms(answers: Answers, noun: str) -> str:
    reason = """
      begruendung:
        title: Begründung
        type: long_text
        when: outcome = ablehnen"""
    second = """
      zweite_person:
        title: Soll eine zweite Person zustimmen?
        type: yes_no"""
    return f"""# hier weiter: Was müssen Sie wissen? Fragen Sie nur, was Sie für die Entscheidung brauchen.
forms:
  angaben:
    title: {_text(answers.title)}
    fields:
      person:
        title: Ihre Angaben
        type: person
        purpose: Damit wir Ihnen antworten können
      anliegen:
        title: Worum geht es?
        type: long_text
        hint: Schreiben Sie es so, wie Sie es erzählen würden.
      unterlage:
        title: Unterlage
        type: file
        accept: [pdf, jpg, png]
        optional: yes
    review:
      declaration: Ich versichere, dass meine Angaben richtig sind.

  pruefung:
    title: {noun} prüfen
    fields:
      vollstaendig:
        title: Die Angaben sind vollständig
        type: yes_no{second if answers.second == "sometimes" else ""}{reason if answers.kind == "apply" else ""}
"""


def _letters(answers: Answers) -> str:
    name = LETTER[answers.kind]
    title = {"apply": "Bewilligung", "report": "Bestätigung Ihrer Meldung", "order": "Bestätigung Ihrer Bestellung"}
    checks = "\n    approve_by: leitung\n    four_eyes: pruefen" if answers.second == "always" else ""
    if answers.kind != "apply":
        return f"""letters:
  {name}:
    title: {title[answers.kind]}
    kind: letter
    appeal: none{checks}
"""
    return f"""letters:
  bewilligung:
    title: Bewilligung
    kind: bescheid
    appeal: widerspruch{checks}
  ablehnung:
    title: Ablehnung
    kind: bescheid
    appeal: widerspruch{checks}
"""


def _flow(answers: Answers, noun: str) -> str:
    send = f"{LETTER[answers.kind]}_senden"
    good, good_title, _ = GOOD[answers.kind]
    target = "zweite_noetig" if answers.second == "sometimes" else send
    outcomes = [f"      {good}: {{title: {good_title}, next: {target}}}"]
    if answers.kind == "apply":
        outcomes.append("      ablehnen: {title: Ablehnen, next: ablehnung_senden}")
    else:
        outcomes.append("      nicht_zustaendig: {title: Nicht zuständig, next: abgegeben}")
    steps = [
        f"# hier weiter: Welche Schritte fehlen noch? Sehen Sie sich den Weg an: amtsweg draw {answers.name}",
        "flow:",
        f"  {FIRST[answers.kind]}:",
        f"    task: {_text(answers.title)}",
        "    form: angaben",
        "    by: buerger",
        "    next: pruefen",
        "",
        "  pruefen:",
        f"    task: {noun} prüfen",
        "    form: pruefung",
        "    by: sachbearbeitung",
        "    due: 10 working days",
        "    remind: 2 working days before due",
        "    outcomes:",
        *outcomes,
        "",
    ]
    if answers.second == "sometimes":
        steps += [
            "  zweite_noetig:",
            "    branch:",
            "      - {when: pruefung.zweite_person, next: zustimmen}",
            f"      - {{else: {send}}}",
            "",
            "  zustimmen:",
            "    task: Zustimmen",
            "    by: leitung",
            "    four_eyes: pruefen",
            "    due: 3 working days",
            "    outcomes:",
            f"      zustimmen: {{title: Zustimmen, next: {send}}}",
            "      zurueck: {title: Zurückgeben, next: pruefen}",
            "",
        ]
    after = "zahlen" if answers.cost != "none" else "erledigt"
    steps += [f"  {send}:", f"    letter: {LETTER[answers.kind]}", "    to: buerger", f"    next: {after}", ""]
    if answers.kind == "apply":
        steps += ["  ablehnung_senden:", "    letter: ablehnung", "    to: buerger", "    next: abgelehnt", ""]
    if answers.cost != "none":
        kind, title = PAY[answers.cost]
        steps += [
            "  zahlen:",
            "    pay: betrag",
            f"    kind: {kind}",
            "    by: buerger",
            f"    purpose: {title}",
            f"    due: 1 month after {LETTER[answers.kind]}.served",
            "    outcomes: {paid: erledigt, overdue: mahnen}",
            "",
            "  mahnen:",
            "    task: Zahlung anmahnen",
            "    by: sachbearbeitung",
            "    due: 5 working days",
            "    next: erledigt",
            "",
        ]
    steps += ["  erledigt: {end: granted}"] if answers.kind == "apply" else ["  erledigt: {end: settled}"]
    steps += ["  abgelehnt: {end: refused}"] if answers.kind == "apply" else ["  abgegeben: {end: settled}"]
    return "\n".join([*steps, ""])


# ---------------------------------------------------------------------------------------------------- letters, texts


def _letter(answers: Answers) -> str:
    middle = {
        "apply": "Ihrem Antrag vom {{ case.received }} geben wir statt.",
        "report": "wir haben Ihre Meldung vom {{ case.received }} bekommen. Vielen Dank.",
        "order": "wir haben Ihre Bestellung vom {{ case.received }} bekommen und führen sie aus.",
    }[answers.kind]
    cost = ""
    if answers.cost != "none":
        noun = PAY[answers.cost][1]
        until = "innerhalb eines Monats, nachdem Sie dieses Schreiben bekommen haben"
        cost = f"\n\n## {noun}\n\nBitte überweisen Sie {{{{ betrag }}}} {until}."
    reasons = "\n\n## Begründung\n\nDie Voraussetzungen liegen vor." if answers.kind == "apply" else ""
    return f"# {answers.title}\n\n{{{{ angaben.person.greeting }}}},\n\n{middle}{reasons}{cost}\n"


def _refusal() -> str:
    return """# Ihr Antrag

{{ angaben.person.greeting }},

Ihren Antrag vom {{ case.received }} lehnen wir ab.

## Begründung

{{ default(pruefung.begruendung, "Die Voraussetzungen liegen nicht vor.") }}
"""


def _texts(answers: Answers) -> str:
    """The English captions; what the answers name stays German until somebody changes it."""
    noun = {"apply": "application", "report": "report", "order": "order"}[answers.kind]
    who = {"apply": "Applicant", "report": "Person reporting", "order": "Person ordering"}[answers.kind]
    title, office = _text(answers.title), _text(answers.office)
    good, _, good_title = GOOD[answers.kind]
    bad = "ablehnen: Refuse" if answers.kind == "apply" else "nicht_zustaendig: Not our responsibility"
    letter = {"apply": "Approval", "report": "Confirmation of your report", "order": "Confirmation of your order"}
    lines = [
        "# English texts; the names of things in your town are still German here.",
        f"title: {title}",
        f"summary: {_text(answers.title + ' – online')}",
        "roles:",
        f"  buerger: {who}",
        f"  sachbearbeitung: {office}",
        f"  leitung: {_text('Head of ' + answers.office)}" if answers.second != "never" else "",
        "forms:",
        "  angaben:",
        f"    title: {title}",
        "    person: Your details",
        "    anliegen:",
        "      title: What is it about?",
        "      hint: Write it the way you would tell it.",
        "    unterlage: Document",
        "    declaration: I confirm that my details are correct.",
        "  pruefung:",
        f"    title: Check the {noun}",
        "    vollstaendig: The details are complete",
        "    zweite_person: Shall a second person agree?" if answers.second == "sometimes" else "",
        "    begruendung: Reasons" if answers.kind == "apply" else "",
        "letters:",
        f"  {LETTER[answers.kind]}: {letter[answers.kind]}",
        "  ablehnung: Refusal" if answers.kind == "apply" else "",
        "flow:",
        f"  {FIRST[answers.kind]}: {title}",
        "  pruefen:",
        f"    title: Check the {noun}",
        f"    {good}: {good_title}",
        f"    {bad}",
    ]
    if answers.second == "sometimes":
        lines += ["  zustimmen:", "    title: Agree", "    zustimmen: Agree", "    zurueck: Give back"]
    lines += ["  mahnen: Send a payment reminder"] if answers.cost != "none" else []
    return "\n".join([*(line for line in lines if line), ""])


# --------------------------------------------------------------------------------------------------------------- cases


def _cases(answers: Answers) -> str:
    return _people(answers) + "\ncases:\n" + "\n".join(_case_texts(answers))


def _people(answers: Answers) -> str:
    lines = ["people:", "  ada: [buerger]", "  kaya: [sachbearbeitung, leitung]", "  lenz: [leitung]"]
    if answers.second == "never":
        lines = ["people:", "  ada: [buerger]", "  kaya: [sachbearbeitung]"]
    return "\n".join([*lines, "", """samples:
  beispiel:
    person:
      vorname: Ada
      nachname: Beispiel
      anrede: frau
      anschrift: {strasse: Am Bach, hausnummer: 3, plz: 12345, ort: Musterstadt}
    anliegen: Ein Beispiel, damit man etwas sieht.
"""])  # fmt: skip


def _case_texts(answers: Answers) -> list[str]:
    good, letter = GOOD[answers.kind][0], LETTER[answers.kind]
    begin = f"      - {{do: {FIRST[answers.kind]}, by: ada, with: beispiel}}"
    plain = "with: {vollstaendig: yes%s}, " % (", zweite_person: no" if answers.second == "sometimes" else "")
    done = [begin, f"      - {{do: pruefen, by: kaya, {plain}outcome: {good}}}"]
    if answers.second == "always":
        done += [
            f"      - refused: {{do: {letter} freigeben, by: kaya, because: four_eyes}}",
            f"      - {{do: {letter} freigeben, by: lenz}}",
        ]
    made = [_case("Alles geht gut", [*done, *_end(answers, letter)])]
    if answers.cost != "none":
        late = [
            "      - wait: until zahlen overdue",
            "      - {do: mahnen, by: kaya}",
            "      - expect: {at: erledigt}",
        ]
        made.append(_case("Wer nicht zahlt, wird gemahnt", [*done, *late]))
    if answers.second == "sometimes":
        asked = plain.replace("zweite_person: no", "zweite_person: yes")
        steps = [begin, f"      - {{do: pruefen, by: kaya, {asked}outcome: {good}}}"]
        steps += [
            "      - refused: {do: zustimmen, by: kaya, outcome: zustimmen, because: four_eyes}",
            "      - {do: zustimmen, by: lenz, outcome: zurueck}",
            "      - expect: {at: pruefen}",
            steps[1],
            "      - {do: zustimmen, by: lenz, outcome: zustimmen}",
            f"      - expect: {{letters: [{letter}]}}",
        ]
        made.append(_case("Eine zweite Person stimmt zu", steps))
    bad = "ablehnen" if answers.kind == "apply" else "nicht_zustaendig"
    steps = [begin, f"      - {{do: pruefen, by: kaya, {plain}outcome: {bad}}}"]
    if answers.kind == "apply":
        steps[1] = steps[1].replace("vollstaendig: yes", "vollstaendig: yes, begruendung: Es fehlt ein Nachweis")
        steps += ["      - {do: ablehnung freigeben, by: lenz}"] if answers.second == "always" else []
        steps += ["      - expect: {letters: [ablehnung], outcome: refused}"]
    else:
        steps += ["      - expect: {letters: [], at: abgegeben}"]
    made.append(_case("Abgelehnt" if answers.kind == "apply" else "Hier ist niemand zuständig", steps))
    made.append(
        _case(
            "Zwei Tage vor dem Ende der Frist wird erinnert",
            [begin, "      - wait: until pruefen remind", "      - expect: {at: pruefen}"],
        )
    )
    if answers.second == "always":
        back = [*done[:2], f"      - {{do: {letter} zurueck, by: lenz, reason: Bitte noch einmal ansehen}}"]
        made.append(_case("Die Freigabe gibt zurück", [*back, "      - expect: {at: pruefen, letters: []}"]))
        if answers.kind == "apply":
            back = [*steps[:2], "      - {do: ablehnung zurueck, by: lenz, reason: Bitte noch einmal ansehen}"]
            made.append(_case("Die Freigabe gibt die Ablehnung zurück", [*back, "      - expect: {at: pruefen}"]))
    return made


def _end(answers: Answers, letter: str) -> list[str]:
    if answers.cost == "none":
        return [f"      - expect: {{letters: [{letter}], at: erledigt}}"]
    return [
        f"      - expect: {{letters: [{letter}], at: zahlen, amount: 20 EUR}}",
        "      - {event: paid of zahlen}",
        "      - expect: {at: erledigt}",
    ]


def _case(name: str, steps: list[str]) -> str:
    return "\n".join([f"  - case: {name}", "    today: 2026-02-02", "    steps:", *steps, ""])


def _text(text: str) -> str:
    """A text as YAML takes it."""
    plain = re.fullmatch(r"[^\W\d_][^:#\n\"'{}\[\],&*!|>%@`]*", text) is not None
    if plain and text.strip().lower() not in ("yes", "no", "true", "false", "null", "ja", "nein"):
        return text.strip()
    return '"' + text.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
