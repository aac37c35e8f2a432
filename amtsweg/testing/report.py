"""All cases of a folder, played, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from amtsweg.dsl.cases import CaseSource, Do, Expect, Happens, Refused, Wait
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.diagnostics import Diagnostic, Text
from amtsweg.dsl.load import Loaded, load_folder
from amtsweg.dsl.periods import PeriodError
from amtsweg.dsl.source import Span
from amtsweg.engine.handlers import Handler
from amtsweg.errors import AmtswegError
from amtsweg.errors import Refused as RefusedError
from amtsweg.testing.coverage import Coverage
from amtsweg.testing.expect import differences, finding
from amtsweg.testing.play import DEFAULT_DAY, CannotPlay, Player


@dataclass(frozen=True)
class CaseResult:
    """What came of one case. `trace` are the (step, way) pairs it went, in order."""

    name: str
    passed: bool
    findings: tuple[Diagnostic, ...] = ()
    trace: tuple[tuple[str, str], ...] = ()
    steps: int = 0


@dataclass(frozen=True)
class Report:
    """What came of all cases of a procedure."""

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
        """Everything that was not as expected."""
        return tuple(found for case in self.cases for found in case.findings)

    def to_data(self) -> dict[str, Any]:
        """The report as plain data for programs."""
        gone, every = self.coverage.steps() if self.coverage else (0, 0)
        return {
            "procedure": self.procedure,
            "passed": self.passed,
            "cases": [
                {
                    "case": case.name,
                    "passed": case.passed,
                    "findings": [{"code": d.code, "place": str(d.span), "text": d.headline.en} for d in case.findings],
                }
                for case in self.cases
            ],
            "coverage": {
                "steps": [gone, every],
                "ways": round(self.coverage.share, 4) if self.coverage else 0.0,
                "missing": [f"{way.step}: {way.way}" for _, way in (self.coverage.missing() if self.coverage else [])],
            },
        }


def run_folder(
    path: str | Path,
    tenant: str | Path | None = None,
    *,
    library: Sequence[str | Path] = (),
    only: str = "",
    handlers: Mapping[str, Handler] | None = None,
) -> Report:
    """Load a folder and play its cases. `only` picks the cases whose name contains it."""
    return run(load_folder(path, tenant, library=library), only=only, handlers=handlers)


def run(loaded: Loaded, *, only: str = "", handlers: Mapping[str, Handler] | None = None) -> Report:
    """Play the cases of a loaded procedure. A procedure with errors plays nothing."""
    machine = loaded.machine
    if machine is None:
        return Report(loaded.path.name, loaded.path.name, (), None, loaded, loaded.sources)
    coverage = Coverage(machine)
    results = []
    for case in loaded.cases.cases:
        if only and only.lower() not in case.name.lower():
            continue
        player = Player(machine, loaded.office, loaded.cases, _day(case), handlers or {})
        results.append(_play(player, case, coverage))
    return Report(machine.id, machine.title, tuple(results), coverage, loaded, loaded.sources)


def suggestions(report: Report) -> list[str]:
    """Beginnings of cases for ways that no case goes, as lines for `cases.yaml`."""
    if report.coverage is None:
        return []
    found = []
    for _, way in report.coverage.missing():
        step = way.step.rpartition("/")[2]
        if way.cause.kind == "outcome":
            line = f"- {{do: {way.step}, by: …, outcome: {way.way}}}"
        elif way.cause.kind == "due":
            line = "- wait: until next"
        elif way.cause.kind == "heard":
            line = f"- {{event: {way.cause.name}, by: …}}"
        else:
            line = f"- expect: {{at: {way.put[-1] if way.put else step}}}"
        found.append(f"# {step}: {way.way}\n{line}")
    return found


def _day(case: CaseSource) -> date:
    if case.today is None:
        return DEFAULT_DAY
    try:
        return date.fromisoformat(case.today.text.strip())
    except ValueError:
        return DEFAULT_DAY


def _play(player: Player, case: CaseSource, coverage: Coverage) -> CaseResult:
    found: list[Diagnostic] = []
    done = 0
    for step in case.steps:
        try:
            if isinstance(step, Do):
                player.do(step)
            elif isinstance(step, Happens):
                player.happens(step)
            elif isinstance(step, Wait):
                player.wait(step)
            elif isinstance(step, Expect):
                found += [finding(one) for one in differences(player, step)]
            else:
                refused = _refused(player, step)
                found += [refused] if refused is not None else []
        except (AmtswegError, CannotPlay, PeriodError) as error:
            found.append(_failed(step, error))
            break
        done += 1
    trace = _trace(player, coverage)
    return CaseResult(case.name, not found, tuple(found), trace, done)


def _trace(player: Player, coverage: Coverage) -> tuple[tuple[str, str], ...]:
    if not player.case_id:
        return ()
    case = player.state()
    with player.engine.shell.transaction() as tx:
        entries = tuple(tx.entries(player.case_id))
    flows = {run.id: run.flow for run in case.runs.values()}
    coverage.add(entries, flows)
    by_id = {(flow.id, t.id): t for flow in player.machine.flows.values() for t in flow.transitions}
    trace = []
    for entry in entries:
        for fired in entry.fired:
            run, name = (fired.run, fired.transition) if hasattr(fired, "run") else fired
            way = by_id.get((flows.get(run, ""), name))
            if way is not None and way.own:
                trace.append((way.step, way.way))
    return tuple(trace)


def _refused(player: Player, step: Refused) -> Diagnostic | None:
    """An act that must be refused; None if it was, for the reason that was given."""
    try:
        if isinstance(step.act, Do):
            player.do(step.act)
        else:
            player.happens(step.act)
    except RefusedError as error:
        wanted = step.because.text.strip() if step.because is not None else ""
        codes = {error.code, {"same_person": "four_eyes"}.get(error.code, "")}
        if not wanted or wanted in codes or wanted.lower() in str(error).lower():
            return None
        assert step.because is not None
        return Diagnostic(
            "AW901",
            "error",
            step.because.span,
            Text(
                f"Abgelehnt wurde es, aber aus einem anderen Grund: {error.sentence}",
                f"It was refused, but for another reason: {error.code}",
            ),
        )
    except (CannotPlay, AmtswegError):
        return None
    return Diagnostic(
        "AW901",
        "error",
        _place(step),
        Text("Das hätte abgelehnt werden müssen, ging aber durch", "This should have been refused, but went through"),
    )


def _failed(step: Any, error: Exception) -> Diagnostic:
    if isinstance(error, CannotPlay):
        wanted, _, here = str(error).partition("|")
        text = (
            Text(
                f"„{wanted}“ ist hier nicht offen; der Vorgang steht in: {here}",
                f"“{wanted}” is not open here; the case stands in: {here}",
            )
            if wanted
            else Text("Der Vorgang ist noch nicht eröffnet", "The case has not been opened yet")
        )
        return Diagnostic("AW903", "error", _place(step), text)
    if isinstance(error, RefusedError):
        problems = "; ".join(f"{path}: {code}" for path, code in error.errors)
        more = f" ({problems})" if problems else ""
        return Diagnostic(
            "AW903",
            "error",
            _place(step),
            Text(f"{error.sentence}{more}", f"Refused: {error.code}{more}"),
        )
    return Diagnostic("AW903", "error", _place(step), Text(str(error), str(error)))


def _place(step: Any) -> Span:
    if isinstance(step, Refused):
        return _place(step.act)
    if isinstance(step, Do):
        return step.step.span
    if isinstance(step, Happens):
        return step.name.span
    if isinstance(step, Wait):
        return step.until.span
    return step.span or Span.at("cases.yaml", 1, 1)


__all__ = ["CaseResult", "Report", "Subject", "run", "run_folder", "suggestions"]
