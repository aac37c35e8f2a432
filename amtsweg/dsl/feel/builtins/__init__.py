"""The built-in functions of the language, by name: those of DMN 1.5 (10.3.4), and what offices need beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from amtsweg.dsl.feel.builtins import dates, lists, numbers, office, spans, texts
from amtsweg.dsl.feel.builtins.registry import Builtin, Call, Param, Signature, call

STANDARD: Mapping[str, Builtin] = MappingProxyType(
    {builtin.name: builtin for room in (texts, numbers, lists, dates, spans) for builtin in room.BUILTINS}
)
"""The built-ins of the standard."""

OFFICE: Mapping[str, Builtin] = MappingProxyType({builtin.name: builtin for builtin in office.BUILTINS})
"""The built-ins beyond it."""

BUILTINS: Mapping[str, Builtin] = MappingProxyType({**STANDARD, **OFFICE})

__all__ = ["BUILTINS", "OFFICE", "STANDARD", "Builtin", "Call", "Param", "Signature", "call"]
