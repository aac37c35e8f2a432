"""Workflow resource patterns that a procedure writes down: who gets a task follows from the case itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from amtsweg.dsl.load import load_folder
from amtsweg.engine.clock import SettableClock
from amtsweg.engine.engine import Engine
from amtsweg.engine.event import Actor
from amtsweg.errors import Refused

PROCEDURE = """\
procedure: probe
version: 1.0.0
title: Probe
office: amt
deadline_law: VwVfG
keep: {draft: 30 days, closed: 1 year}
roles:
  sachbearbeitung: {title: Sachbearbeitung, office: amt}
flow:
  annehmen: {task: Annehmen, by: sachbearbeitung, next: weiter}
  weiter: {task: Weiter bearbeiten, by: annehmen.by, next: pruefen}
  pruefen: {task: Prüfen, by: sachbearbeitung, four_eyes: annehmen, next: end settled}
"""
KAYA = Actor("kaya", roles=frozenset({"sachbearbeitung"}), tenant="beispiel")
LENZ = Actor("lenz", roles=frozenset({"sachbearbeitung"}), tenant="beispiel")


@pytest.fixture
def engine(tmp_path: Path, request: pytest.FixtureRequest) -> Engine:
    """An engine over memory with the probe deployed."""
    (tmp_path / "procedure.yaml").write_text(PROCEDURE, "utf-8")
    procedure = load_folder(tmp_path).procedure()
    opened = Engine.open("memory:", clock=SettableClock(datetime(2026, 3, 2, 9, tzinfo=UTC)))
    request.addfinalizer(opened.close)
    opened.deploy(procedure.machine)
    opened.set_office(procedure.office)
    return opened


def test_who_began_goes_on(engine: Engine) -> None:
    """Retain familiar (R-RF): `by: annehmen.by` offers the task to that person and to nobody else."""
    case = engine.start("probe", KAYA, data={}, outcome="done").id
    assert [task.step for task in engine.tasks(KAYA, "all")] == ["weiter"]
    assert list(engine.tasks(LENZ, "all")) == []
    with pytest.raises(Refused) as refused:
        engine.complete(f"{case}:weiter#1", LENZ, "done")
    assert refused.value.code == "not_allowed"
    engine.complete(f"{case}:weiter#1", KAYA, "done")


def test_who_began_does_not_check(engine: Engine) -> None:
    """Separation of duties (R-SOD): four eyes keep the first person out, any other of the role may."""
    case = engine.start("probe", KAYA, data={}, outcome="done").id
    engine.complete(f"{case}:weiter#1", KAYA, "done")
    with pytest.raises(Refused) as refused:
        engine.complete(f"{case}:pruefen#1", KAYA, "done")
    assert refused.value.code == "same_person"
    engine.complete(f"{case}:pruefen#1", LENZ, "done")
    assert engine.state(case, "beispiel").outcome == "settled"
