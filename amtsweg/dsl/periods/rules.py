"""The law of periods as dated data: paragraphs, and which version of a rule of service holds on a day.

In: the name of a code (`VwVfG`, `AO`, `BGB`), as a procedure's `deadline_law` gives it. Out: a frozen `Law`. A Land
with its own administrative procedure act, or a change of the law, is a further entry in `law/periods.json` or a `Law`
that the host builds; no rule below knows a number of days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from amtsweg.dsl.diagnostics import Text
from amtsweg.dsl.periods.holidays import law_data
from amtsweg.dsl.periods.period import Period, parse_period
from amtsweg.errors import AmtswegError

Nature = Literal["deadline", "named day", "benefit", "appointment"]


class LawError(AmtswegError):
    """The law that was asked has no rule for this."""


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """One version of how a way of delivery makes a legal date.

    `period` after the act (posting, sending, provision, announcement) the decision counts as served; None means the
    day of the act itself. `window`: days within which a download must happen. `fixed_source`: the paragraph by which
    the decision may name another day.
    """

    since: date
    period: Period | None
    source: str
    window: Period | None = None
    window_source: str = ""
    fixed_source: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """A code by which periods are counted.

    `counting` gives the paragraph for each rule (`after`, `from`, `days`, `months`, `month end`, `moved`, `hours`,
    `set by office`, `extended`, `arrived`); `unmoved` the paragraphs by which an end stays on a free day, by nature
    of the date; `fiction_moves` whether the day on which service is presumed moves off weekends, with the ruling.
    """

    id: str
    title: Text
    counting: Mapping[str, str]
    unmoved: Mapping[str, str]
    fiction_moves: bool
    fiction_source: Text | None
    service: Mapping[str, tuple[ServiceRule, ...]]

    def paragraph(self, rule: str) -> str:
        """The paragraph of a rule of counting; "" where this code has none of its own."""
        return self.counting.get(rule, "")

    def service_rule(self, way: str, posted: date) -> ServiceRule:
        """The version of the way's rule that holds on the day of the act.

        Raises `LawError` if this law does not know the way, or had no rule for it yet on that day.
        """
        versions = self.service.get(way)
        if versions is None:
            offered = ", ".join(sorted(self.service)) or "none"
            raise LawError(
                f"{self.id} presumes no day of service for “{way}”.", f"Ways with a rule: {offered}; else prove it."
            )
        holding = [version for version in versions if version.since <= posted]
        if not holding:
            raise LawError(
                f"The rule of {versions[0].source} for “{way}” holds from {versions[0].since.isoformat()}.",
                f"On {posted.isoformat()} choose another way, or add the older rule to the law's data.",
            )
        return holding[-1]


@dataclass(frozen=True, slots=True)
class ClockLaw:
    """What a statute says about its clock: lengths, stop window, extension, paragraphs.

    `extend_by` None: the authority sets what is appropriate (VwVfG § 42a (2)).
    """

    id: str
    title: Text
    length: Period
    minor: Period | None
    stop_within: Period | None
    extend_by: Period | None
    extend_times: int
    sources: Mapping[str, str]


def _text(raw: Mapping[str, str] | None) -> Text | None:
    return Text(raw["de"], raw["en"]) if raw else None


def _version(raw: Mapping[str, Any]) -> ServiceRule:
    period = next((Period(raw[unit], unit) for unit in ("days", "weeks", "months") if unit in raw), None)
    return ServiceRule(
        since=date.fromisoformat(raw.get("from", "1900-01-01")),
        period=period,
        source=raw["source"],
        window=Period(raw["window"], "days") if "window" in raw else None,
        window_source=raw.get("window source", ""),
        fixed_source=raw.get("fixed source", ""),
    )


def _law(id: str, raw: Mapping[str, Any]) -> Law:
    return Law(
        id=id,
        title=Text(raw["title"]["de"], raw["title"]["en"]),
        counting=MappingProxyType(raw["counting"]),
        unmoved=MappingProxyType(raw.get("unmoved", {})),
        fiction_moves=raw.get("fiction moves", False),
        fiction_source=_text(raw.get("fiction source")),
        service=MappingProxyType(
            {way: tuple(_version(version) for version in versions) for way, versions in raw.get("service", {}).items()}
        ),
    )


def _clock(id: str, raw: Mapping[str, Any]) -> ClockLaw:
    stop, extend = raw.get("stop", {}), raw.get("extend", {})
    sources = {name: raw[f"{name} source"] for name in ("start", "minor", "effect") if f"{name} source" in raw}
    sources |= {name: part["source"] for name, part in (("stop", stop), ("extend", extend)) if part}
    return ClockLaw(
        id=id,
        title=Text(raw["title"]["de"], raw["title"]["en"]),
        length=parse_period(raw["length"]),
        minor=parse_period(raw["minor"]) if "minor" in raw else None,
        stop_within=parse_period(stop["within"]) if stop else None,
        extend_by=parse_period(extend["by"]) if "by" in extend else None,
        extend_times=extend.get("times", 0),
        sources=MappingProxyType(sources),
    )


@lru_cache(maxsize=1)
def laws() -> Mapping[str, Law]:
    """All codes of the data, by id."""
    return MappingProxyType({id: _law(id, raw) for id, raw in law_data("periods.json")["laws"].items()})


@lru_cache(maxsize=1)
def clock_laws() -> Mapping[str, ClockLaw]:
    """All statutory clocks of the data, by paragraph (`TKG § 127`)."""
    return MappingProxyType({id: _clock(id, raw) for id, raw in law_data("periods.json")["clocks"].items()})


def law(id: str) -> Law:
    """The code a procedure's `deadline_law` names.

    Raises `LawError` for a name that is not in the data.
    """
    found = laws().get(id)
    if found is None:
        raise LawError(f"There is no law of periods “{id}”.", f"Use one of {', '.join(laws())}.")
    return found


def clock_law(id: str) -> ClockLaw:
    """The statutory clock of a paragraph.

    Raises `LawError` for a paragraph that is not in the data.
    """
    found = clock_laws().get(id)
    if found is None:
        raise LawError(f"There is no statutory clock “{id}”.", f"Use one of {', '.join(clock_laws())}.")
    return found
