"""The one small tree of exceptions that hosts see.

Each docstring is the message's first sentence; each instance says where (if there is a where), what is so in one plain
sentence, and what to do next. Diagnostics of the language are values (`amtsweg.dsl.diagnostics`), never exceptions;
`NotValid` carries them to a host that asked for a valid procedure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amtsweg.dsl.diagnostics import Diagnostic
    from amtsweg.dsl.formview import Problem


class AmtswegError(Exception):
    """Something did not work; the message says what, and what to do next.

    Parameters
    ----------
    sentence: one plain sentence that says what is so.
    next_step: what the reader can do about it ("" if nothing).
    """

    def __init__(self, sentence: str = "", next_step: str = "") -> None:
        self.sentence = sentence or (type(self).__doc__ or "").strip().splitlines()[0]
        self.next_step = next_step
        super().__init__(f"{self.sentence} {next_step}".strip())


class NotValid(AmtswegError):
    """The procedure has findings that must be mended before it may run.

    `diagnostics` holds all of them, sorted by place.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], sentence: str = "", next_step: str = "") -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(sentence, next_step)


class NotFound(AmtswegError):
    """There is no such case, task, procedure or version here."""


class Refused(AmtswegError):
    """The engine refused an act; nothing was changed.

    `code` is stable (`stale`, `not_allowed`, `same_person`, `unknown_outcome`, `changed`, `invalid`, `not_offered`,
    `closed`, `early`, `due_first`, `nobody_waits`, `late`, `dead_end`, `unmapped`, `failed`, `unsafe`, `limit`,
    `taken`); `errors` are (field path, code) pairs where a form was refused; `problems` the same with their sentences
    (`amtsweg.dsl.formview.Problem`); `value` is the refusal as the engine made it, from which
    `amtsweg.engine.messages.as_error` says the same in another language.
    """

    def __init__(
        self,
        code: str,
        sentence: str = "",
        next_step: str = "",
        errors: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.code = code
        self.errors = tuple(errors)
        self.problems: tuple[Problem, ...] = ()
        self.value: Any = None
        super().__init__(sentence, next_step)


class Conflict(AmtswegError):
    """Somebody else changed this case in the meantime; load it again and look."""


class StoreError(AmtswegError):
    """The database does not answer, or holds something that cannot be right."""


class JournalBroken(StoreError):
    """The journal of a case was changed outside the engine; the first bad entry is named."""

    def __init__(self, case: str, entry: int, sentence: str = "", next_step: str = "") -> None:
        self.case = case
        self.entry = entry
        super().__init__(sentence, next_step)


class ExpressionError(AmtswegError):
    """An expression could not be read or computed; the place inside it is named."""

    def __init__(
        self,
        code: str,
        sentence: str = "",
        next_step: str = "",
        *,
        line: int = 1,
        column: int = 1,
        end_line: int | None = None,
        end_column: int | None = None,
    ) -> None:
        self.code = code
        self.line, self.column = line, column
        self.end_line = end_line if end_line is not None else line
        self.end_column = end_column if end_column is not None else column + 1
        super().__init__(sentence, next_step)
