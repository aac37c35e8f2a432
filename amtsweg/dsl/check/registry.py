"""The list of proofs: every check is entered here once, in the order in which findings are worked out.

A check is a function from a `Subject` to findings. `amtsweg.dsl.load` calls all of them once a procedure compiles
without errors; what they find is sorted by place together with everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from amtsweg.dsl.check.assigned import check_assigned
from amtsweg.dsl.check.branches import check_branches
from amtsweg.dsl.check.events import check_events
from amtsweg.dsl.check.people import check_people
from amtsweg.dsl.check.privacy import check_privacy
from amtsweg.dsl.check.soundness import check_soundness
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.check.tables import check_tables
from amtsweg.dsl.check.testcases import check_cases
from amtsweg.dsl.check.times import check_times
from amtsweg.dsl.diagnostics import Diagnostic

Check = Callable[[Subject], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    check_soundness,
    check_events,
    check_branches,
    check_tables,
    check_assigned,
    check_people,
    check_times,
    check_privacy,
    check_cases,
)
