"""Time in law: calendars, periods, service, statutory clocks, and how each date came about.

Pure functions over days, instants and dated law; `docs/fristen.md` is the handbook chapter. Everything that computes a
date returns its calculation with it (`explain`).
"""

from amtsweg.dsl.periods.calendar import Calendar, office_calendar
from amtsweg.dsl.periods.clock import ClockFacts, ClockState, Extension, Stop, clock_end, statutory
from amtsweg.dsl.periods.due import Due, Moment, Relation, add_months, due, extended, on_day
from amtsweg.dsl.periods.explain import ExplainStep, explain, say_day
from amtsweg.dsl.periods.holidays import CalendarError, easter, known_years, optional_holidays, statutory_holidays
from amtsweg.dsl.periods.period import UNITS, Period, PeriodError, PeriodLike, in_words, parse_period, unit_of
from amtsweg.dsl.periods.rules import ClockLaw, Law, LawError, Nature, clock_law, law, laws
from amtsweg.dsl.periods.service import Served, served

__all__ = [
    "UNITS",
    "Calendar",
    "CalendarError",
    "ClockFacts",
    "ClockLaw",
    "ClockState",
    "Due",
    "ExplainStep",
    "Extension",
    "Law",
    "LawError",
    "Moment",
    "Nature",
    "Period",
    "PeriodError",
    "PeriodLike",
    "Relation",
    "Served",
    "Stop",
    "add_months",
    "clock_end",
    "clock_law",
    "due",
    "easter",
    "explain",
    "extended",
    "in_words",
    "known_years",
    "law",
    "laws",
    "office_calendar",
    "on_day",
    "optional_holidays",
    "parse_period",
    "say_day",
    "served",
    "statutory",
    "statutory_holidays",
    "unit_of",
]
