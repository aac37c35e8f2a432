"""Money of a town hall: kinds, rounding, lateness and deferral, plans, reference numbers, IBAN.

Pure functions over `Decimal` amounts in EUR; dates come from `amtsweg.dsl.periods`, and so do the explanations.
"""

from amtsweg.dsl.money.iban import IbanProblem, check_iban, format_iban
from amtsweg.dsl.money.kinds import KINDS, Kind, MoneyError, kind_of
from amtsweg.dsl.money.late import Charge, Payment, deferral_interest, late_surcharge, reminder_end
from amtsweg.dsl.money.plan import (
    Instalment,
    instalments,
    months_of_year,
    pro_rata,
    property_tax_dates,
    split,
    yearly_dates,
)
from amtsweg.dsl.money.reference import Scheme, creditor_reference, is_creditor_reference, scheme
from amtsweg.dsl.money.rounding import Rule, floor_to_fifty, round_money

__all__ = [
    "KINDS",
    "Charge",
    "IbanProblem",
    "Instalment",
    "Kind",
    "MoneyError",
    "Payment",
    "Rule",
    "Scheme",
    "check_iban",
    "creditor_reference",
    "deferral_interest",
    "floor_to_fifty",
    "format_iban",
    "instalments",
    "is_creditor_reference",
    "kind_of",
    "late_surcharge",
    "months_of_year",
    "pro_rata",
    "property_tax_dates",
    "reminder_end",
    "round_money",
    "scheme",
    "split",
    "yearly_dates",
]
