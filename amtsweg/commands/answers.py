"""Answers to a form from the command line: a file, a sample of `cases.yaml`, `--set field=value`.

In: options. Out: plain data as a form would send it (texts stay as they were typed; the form's types judge them).
Raises NotFound and NotValid with sentences; what is wrong in the answers themselves is the engine's to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amtsweg.commands.database import Database

_PART = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


def collect(
    db: Database, data: str | None, settings: Sequence[str], sample: str | None = None, folder: str | None = None
) -> dict[str, Any] | None:
    """The answers of all options, later ones on top: sample, file, single values; None if there are none."""
    found: dict[str, Any] = {}
    if sample is not None:
        found |= from_sample(db, sample, folder)
    if data is not None:
        found |= from_file(db, Path(data))
    told: set[str] = set()
    for one in settings:
        path = one.partition("=")[0].strip()
        put(db, found, one, again=path in told)
        told.add(path)
    return found if sample is not None or data is not None or settings else None


def folder_of(procedure: str) -> str | None:
    """Where the folder of a procedure is found if nobody says it: here, in `procedures/`, or with the program."""
    shipped = Path(__file__).resolve().parent.parent / "procedures"
    for folder in (Path(procedure), Path("procedures") / procedure, shipped / procedure):
        if (folder / "cases.yaml").is_file():
            return str(folder)
    return None


def from_sample(db: Database, name: str, folder: str | None) -> dict[str, Any]:
    """The values of a sample."""
    from amtsweg.dsl.cases import read_cases
    from amtsweg.dsl.reader import read_file
    from amtsweg.dsl.shapecheck import check_shape
    from amtsweg.errors import NotFound, NotValid
    from amtsweg.play import plain_values

    if folder is None or not (Path(folder) / "cases.yaml").is_file():
        raise NotFound(
            db.say("Es ist keine cases.yaml zu finden.", "There is no cases.yaml to be found."), "--from FOLDER"
        )
    path = Path(folder) / "cases.yaml"
    read = read_file(path, f"{path.parent.name}/{path.name}")
    if read.tree is None:
        raise NotValid(read.diagnostics, f"{path}: {read.diagnostics[0].headline.in_language(db.language)}")
    cases, _ = read_cases(check_shape(read.tree, "cases")[0], str(path))
    sample = cases.sample(name)
    if sample is None:
        known = ", ".join(one.id for one in cases.samples)
        raise NotFound(
            db.say(f"In {path} ist kein Muster „{name}“.", f"There is no sample “{name}” in {path}."),
            db.say(f"Es gibt: {known}", f"There are: {known}") if known else "",
        )
    return plain_values(sample.values)


def from_file(db: Database, path: Path) -> dict[str, Any]:
    """The answers in a YAML or JSON file."""
    import json

    from amtsweg.dsl.reader import read_file
    from amtsweg.errors import NotValid
    from amtsweg.play import plain

    given: Any
    if path.suffix == ".json":
        try:
            given = json.loads(path.read_text("utf-8"))
        except (ValueError, RecursionError) as error:
            raise NotValid((), db.say(f"{path} ist kein JSON: {error}", f"{path} is not JSON: {error}")) from error
    else:
        read = read_file(path, path.name)
        wrong = next((one for one in read.diagnostics if one.severity == "error"), None)
        if wrong is not None or read.tree is None:
            at = f", {wrong.span.start.line}: {wrong.headline.in_language(db.language)}" if wrong is not None else ""
            raise NotValid(read.diagnostics, f"{path}{at}")
        given = plain(read.tree)
    if not isinstance(given, dict):
        raise NotValid((), db.say(f"In {path} stehen keine Angaben „feld: wert“.", f"{path} holds no “field: value”."))
    return given


def put(db: Database, data: dict[str, Any], text: str, *, again: bool = False) -> None:
    """Put one `field=value`; `hunde[1].rasse=labrador` goes inside; `again`: what was said before makes a list with it.

    Raises NotValid for what is no such pair, or does not fit what is there.
    """
    from amtsweg.errors import NotValid

    path, equals, value = text.partition("=")
    parts = [_PART.fullmatch(part) for part in path.strip().split(".")]
    if not equals or any(part is None for part in parts):
        raise NotValid((), db.say(f"„{text}“ ist kein feld=wert.", f"“{text}” is no field=value."), "--set feld=wert")
    steps: list[str | int] = []
    for part in parts:
        assert part is not None
        steps += [part[1], *(int(number) for number in re.findall(r"\d+", part[2]))]
    target: Any = data
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        following: Any = None if last else [] if isinstance(steps[at + 1], int) else {}
        if isinstance(step, int):
            if not isinstance(target, list) or not 1 <= step <= len(target) + 1:
                raise NotValid((), db.say(f"„{path}“: Die Nummern zählen ab 1.", f"“{path}”: numbers count from 1."))
            if step > len(target):
                target.append(following)
            key: Any = step - 1
        elif isinstance(target, dict):
            key = step
            target.setdefault(key, following)
        else:
            raise NotValid((), db.say(f"„{path}“ passt nicht zu den Angaben.", f"“{path}” does not fit the data."))
        if last:
            known = target[key]
            target[key] = [*(known if isinstance(known, list) else [known]), value] if again else value
        else:
            target = target[key]
