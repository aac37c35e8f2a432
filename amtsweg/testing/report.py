"""All cases of a folder, played, and what came of it.

In: a folder with `procedure.yaml` and `cases.yaml`, or a loaded one. Out: `Report`. Nothing is printed here; the
command and the web host show the same report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amtsweg.dsl.cases import CaseSource, CaseStep, Expect, Refused
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import Diagnostic
from amtsweg.dsl.load import Loaded, load_folder
from amtsweg.dsl.report import to_json
from amtsweg.engine.handlers import Handler
from amtsweg.errors import AmtswegError
from amtsweg.play import CannotPlay, Player, cases_named, perform, player_for
from amtsweg.testing import failures
from amtsweg.testing.coverage import Coverage
from amtsweg.testing.expect import differences, finding

NOT_OPEN = "not_open"
"""`because:` of an act that must not go because its task is not open at that moment."""


@dataclass(frozen=True)
class CaseResult:
    """What came of one case.

    Parameters
    ----------
    name: the designer's sentence.
    passed: whether everything was as expected.
    findings: what was not.
    trace: the (step, way) pairs it went, in order.
    stood: where it stood after each line, for suggestions and pictures; shorter than the case if it broke off.
    """

    name: str
    passed: bool
    findings: tuple[Diagnostic, ...] = ()
    trace: tuple[tuple[str, str], ...] = ()
    stood: tuple[tuple[str, ...], ...] = ()
    source: CaseSource | None = None


@dataclass(frozen=True)
class Report:
    """What came of all cases of a procedure; `coverage` is None if it could not be run."""

    procedure: str
    title: str
    cases: tuple[CaseResult, ...]
    coverage: Coverage | None
    loaded: Loaded
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the procedure is valid, has cases, and all are as expected."""
        return bool(self.cases) and all(case.passed for case in self.cases)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Everything that was not as expected; the procedure's own errors where it could not be run."""
        if self.coverage is None:
            return tuple(one for one in self.loaded.diagnostics if one.severity == "error")
        return tuple(found for case in self.cases for found in case.findings)

    @property
    def gaps(self) -> tuple[Diagnostic, ...]:
        """AW902: what no case goes through."""
        if self.coverage is None:
            return ()
        return tuple(self.coverage.findings(Subject(self.coverage.machine, None, self.sources)))

    def to_data(self) -> dict[str, Any]:
        """The report as plain data for programs."""
        return {
            "procedure": self.procedure,
            "passed": self.passed,
            "findings": to_json(self.findings),
            "cases": [
                {
                    "case": case.name,
                    "passed": case.passed,
                    "findings": [str(one.span) for one in case.findings],
                    "path": [f"{step}: {way}" if way else step for step, way in case.trace],
                }
                for case in self.cases
            ],
            "coverage": self.coverage.to_data() if self.coverage is not None else None,
        }


def run_folder(
    path: str | Path,
    tenant: str | Path | None = None,
    *,
    library: Sequence[str | Path] = (),
    only: str = "",
    handlers: Mapping[str, Handler] | None = None,
) -> Report:
    """Load a folder and play its cases.

    Parameters
    ----------
    tenant: a `tenant.yaml` (or its folder): values, people and calendar of a municipality.
    only: pick the cases whose name contains these words.
    handlers: the host's own, in place of ours (`engine.handlers`).

    Raises NotFound where there is no procedure.
    """
    return run(load_folder(path, tenant, library=library), only=only, handlers=handlers)


def run(loaded: Loaded, *, only: str = "", handlers: Mapping[str, Handler] | None = None) -> Report:
    """Play the cases of a loaded procedure. A procedure with errors plays nothing."""
    machine = loaded.machine
    if machine is None:
        return Report(loaded.path.name, loaded.path.name, (), None, loaded, loaded.sources)
    coverage = Coverage(machine)
    results = tuple(play(player_for(loaded, case, handlers), case, coverage) for case in cases_named(loaded, only))
    return Report(machine.id, machine.title, results, coverage, loaded, loaded.sources)


def play(player: Player, case: CaseSource, coverage: Coverage | None = None) -> CaseResult:
    """Play one case to its end, or to the first act that does not go."""
    found: list[Diagnostic] = []
    stood: list[tuple[str, ...]] = []
    for step in case.steps:
        told, goes_on = take(player, step)
        found += told
        if not goes_on:
            break
        stood.append(tuple(player.standing()) if player.case_id else ())
    trace = tuple(_trace(player, coverage))
    return CaseResult(case.name, not found, tuple(found), trace, tuple(stood), case)


def take(player: Player, step: CaseStep) -> tuple[list[Diagnostic], bool]:
    """One line of a case: what was not as expected, and whether the case can go on."""
    try:
        if isinstance(step, Expect):
            return [finding(one) for one in differences(player, step)], True
        if isinstance(step, Refused):
            return _refused(player, step), True
        perform(player, step)
        return list(failures.incidents(player, step)), True
    except CannotPlay as error:
        return [failures.impossible(step, error)], False
    except AmtswegError as error:
        return list(failures.failed(step, error, player.cases)), False


def _refused(player: Player, step: Refused) -> list[Diagnostic]:
    try:
        perform(player, step.act)
    except CannotPlay as error:
        if error.what == "task" and step.because is not None and step.because.text.strip() == NOT_OPEN:
            return []
        raise
    except AmtswegError as error:
        list(failures.incidents(player, step.act))  # a message that nobody takes leaves one; here it is expected
        wrong = failures.wrong_reason(step, error)
        return [wrong] if wrong is not None else []
    return [failures.not_refused(step)]


def _trace(player: Player, coverage: Coverage | None) -> Iterator[tuple[str, str]]:
    if not player.case_id:
        return
    flows = {run.id: run.flow for run in player.state().runs.values()}
    with player.engine.shell.transaction() as tx:
        entries, parts = tuple(tx.entries(player.case_id)), tuple(tx.parts(player.case_id))
    if coverage is not None:
        coverage.add(entries, parts, flows)
    known = {(flow.id, way.id): way for flow in player.machine.flows.values() for way in flow.transitions}
    for entry in entries:
        for run, name in entry.fired:
            way = known.get((flows.get(run, ""), name))
            if way is not None and way.own:
                yield way.step, way.way
