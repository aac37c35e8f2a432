"""The designer's test cases, run in virtual time on the real engine, with coverage.

In: a loaded procedure with its `cases.yaml`. Out: a `Report`: each case with what was not as expected (findings with
their place, a date with its calculation), and which steps, ways, rows and time limits no case goes through.

    report = run_folder("procedures/hund-anmelden")
    assert report.passed
"""

from amtsweg.play import CannotPlay, Player
from amtsweg.testing.coverage import Coverage
from amtsweg.testing.report import CaseResult, Report, run, run_folder
from amtsweg.testing.suggest import suggestions

__all__ = ["CannotPlay", "CaseResult", "Coverage", "Player", "Report", "run", "run_folder", "suggestions"]
