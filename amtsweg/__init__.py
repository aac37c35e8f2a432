"""Amtsweg: the procedures of a town hall as text, proven and run.

The public names are imported when they are first used (PEP 562), so that `import amtsweg` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from amtsweg.dsl.load import load
    from amtsweg.dsl.procedure import Machine, Office, Procedure
    from amtsweg.engine.clock import SettableClock, SystemClock
    from amtsweg.engine.engine import Engine
    from amtsweg.engine.event import Actor, Change
    from amtsweg.engine.handlers import PENDING, Answer, Call, File, Handlers, ServiceError
    from amtsweg.errors import AmtswegError, Conflict, NotFound, NotValid, Refused, StoreError

_PUBLIC = {
    "load": "amtsweg.dsl.load",
    "Machine": "amtsweg.dsl.procedure",
    "Office": "amtsweg.dsl.procedure",
    "Procedure": "amtsweg.dsl.procedure",
    "SettableClock": "amtsweg.engine.clock",
    "SystemClock": "amtsweg.engine.clock",
    "Engine": "amtsweg.engine.engine",
    "Actor": "amtsweg.engine.event",
    "Change": "amtsweg.engine.event",
    "PENDING": "amtsweg.engine.handlers",
    "Answer": "amtsweg.engine.handlers",
    "Call": "amtsweg.engine.handlers",
    "File": "amtsweg.engine.handlers",
    "Handlers": "amtsweg.engine.handlers",
    "ServiceError": "amtsweg.engine.handlers",
    "AmtswegError": "amtsweg.errors",
    "Conflict": "amtsweg.errors",
    "NotFound": "amtsweg.errors",
    "NotValid": "amtsweg.errors",
    "Refused": "amtsweg.errors",
    "StoreError": "amtsweg.errors",
}

__all__ = [
    "PENDING",
    "Actor",
    "AmtswegError",
    "Answer",
    "Call",
    "Change",
    "Conflict",
    "Engine",
    "File",
    "Handlers",
    "Machine",
    "NotFound",
    "NotValid",
    "Office",
    "Procedure",
    "Refused",
    "ServiceError",
    "SettableClock",
    "StoreError",
    "SystemClock",
    "load",
]


def __getattr__(name: str) -> Any:
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(module), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
