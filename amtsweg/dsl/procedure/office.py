"""`Office`, one town with its people and values, and `Procedure`, a machine in an office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from amtsweg.dsl.canonical import digest
from amtsweg.dsl.procedure.machine import Machine


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here: id, name, roles (`procedure:role` or `role`), address for notices."""

    id: str
    name: str = ""
    roles: frozenset[str] = frozenset()
    offices: tuple[str, ...] = ()
    email: str = ""
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Deputy:
    """From one day to another (both included), `deputy` may act for `person`, recorded "i. V."."""

    person: str
    deputy: str
    from_day: str
    to_day: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeUnit:
    """An office (Amt): how it is named and where it is."""

    id: str
    title: str
    address: str = ""
    hours: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value that holds from a day on; `value` is plain data of `amtsweg.dsl.feel.codec`."""

    from_day: str
    value: Any


@dataclass(frozen=True)
class Office:
    """One municipality (tenant): its name and Land, calendar facts, dated values, people.

    `values` are per `procedure/parameter`; `tables` are the municipality's own decision tables and lists. Everything
    is data; the calendar object is built from `land`, `municipality_holidays` and `closed_days`.
    """

    id: str
    name: str = ""
    land: str = "HE"
    zone: str = "Europe/Berlin"
    municipality_holidays: tuple[str, ...] = ()
    closed_days: tuple[str, ...] = ("12-24", "12-31")
    values: Mapping[str, tuple[DatedValue, ...]] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    deputies: tuple[Deputy, ...] = ()
    offices: Mapping[str, OfficeUnit] = field(default_factory=dict)
    letterhead: Mapping[str, str] = field(default_factory=dict)
    bank: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    remedies: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ("de",)
    switched_off: tuple[str, ...] = ()

    @cached_property
    def hash(self) -> str:
        """The sha256 of the canonical JSON, named in every journal entry."""
        return digest(self)


@dataclass(frozen=True)
class Procedure:
    """What `step` runs: a machine in an office."""

    machine: Machine
    office: Office
