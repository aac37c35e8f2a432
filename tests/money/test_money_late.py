"""Surcharges for late payment, interest for deferral."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.dsl.money import MoneyError, Payment, deferral_interest, late_surcharge, reminder_end
from amtsweg.dsl.periods import Calendar, explain

HESSE = Calendar()


def surcharge(amount: str, due_day: date, paid: date, **options) -> tuple[str, int]:
    charge = late_surcharge(Decimal(amount), due_day, [Payment(paid, Decimal(amount))], paid, HESSE, **options)
    return str(charge.amount), charge.months


@pytest.mark.parametrize(
    ("due_day", "paid", "months"),
    [
        (date(2023, 7, 20), date(2023, 10, 10), 3),  # due 20 July, paid 10 October: 3 %
        (date(2024, 5, 10), date(2024, 6, 12), 2),  # Haufe: due 10 May, paid 12 June: 2 %
        (date(2026, 3, 10), date(2026, 3, 10), 0),
        (date(2026, 3, 10), date(2026, 3, 13), 0),  # the third day
        (date(2026, 3, 10), date(2026, 3, 14), 1),
        (date(2026, 3, 10), date(2026, 4, 10), 1),
        (date(2026, 3, 10), date(2026, 4, 11), 2),
        # BFH V B 16/09: due on a Friday, grace ends on Monday, Tuesday is late
        (date(2026, 3, 13), date(2026, 3, 16), 0),
        (date(2026, 3, 13), date(2026, 3, 17), 1),
        # Haufe: due on a Thursday, the third day is a Sunday, Monday is still in time
        (date(2026, 3, 12), date(2026, 3, 16), 0),
        (date(2026, 3, 12), date(2026, 3, 17), 1),
        # due on a Sunday means Monday
        (date(2026, 3, 15), date(2026, 3, 19), 0),
        (date(2026, 3, 15), date(2026, 3, 20), 1),
    ],
)
def test_each_started_month_costs_one_per_cent_of_the_rounded_amount(due_day: date, paid: date, months: int) -> None:
    assert surcharge("1249.99", due_day, paid) == (f"{12 * months}.00", months)


def test_cash_has_no_days_of_grace() -> None:
    assert surcharge("100.00", date(2026, 3, 10), date(2026, 3, 11), grace=False) == ("1.00", 1)


def test_a_month_of_default_that_ends_on_a_free_day_goes_on_unless_told_otherwise() -> None:
    # The first month would end on Saturday 11 July.
    assert surcharge("100.00", date(2026, 6, 11), date(2026, 7, 13)) == ("1.00", 1)
    assert surcharge("100.00", date(2026, 6, 11), date(2026, 7, 13), months_move=False) == ("2.00", 2)


def test_less_than_fifty_euro_bears_no_surcharge() -> None:
    assert surcharge("49.99", date(2026, 3, 10), date(2026, 6, 1))[0] == "0.00"


def test_part_payments_lower_the_months_that_begin_after_them() -> None:
    payments = [Payment(date(2026, 3, 30), Decimal(400)), Payment(date(2026, 5, 4), Decimal(600))]
    charge = late_surcharge(Decimal(1000), date(2026, 3, 10), payments, date(2026, 5, 4), HESSE)
    assert (str(charge.amount), charge.months) == ("16.00", 2)  # 10.00 on 1000, then 6.00 on 600


def test_what_came_inside_the_days_of_grace_bears_nothing() -> None:
    payments = [Payment(date(2026, 3, 12), Decimal(400)), Payment(date(2026, 3, 20), Decimal(600))]
    charge = late_surcharge(Decimal(1000), date(2026, 3, 10), payments, date(2026, 3, 20), HESSE)
    assert str(charge.amount) == "6.00"


def test_a_surcharge_explains_itself() -> None:
    charge = late_surcharge(Decimal("1249.99"), date(2026, 3, 15), [], date(2026, 5, 4), HESSE)
    assert explain(charge, "de") == (
        "fällig                                        So, 15. März 2026",
        "Sonntag                                       Mo, 16. März 2026    (§ 108 Abs. 3 AO)",
        "1. angefangener Monat, 1 % von 1.200,00 EUR   Di, 17. März 2026    12,00 EUR   (§ 240 Abs. 1 Satz 1 AO)",
        "2. angefangener Monat, 1 % von 1.200,00 EUR   Fr, 17. April 2026   12,00 EUR   (§ 240 Abs. 1 Satz 1 AO)",
    )


@given(
    st.decimals(min_value=0, max_value=100_000, places=2),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(0, 900),
)
def test_paying_later_never_costs_less(amount, due_day, late) -> None:
    paid = due_day + timedelta(days=late)
    now = late_surcharge(amount, due_day, [Payment(paid, amount)], paid, HESSE)
    then = late_surcharge(amount, due_day, [Payment(paid + timedelta(days=1), amount)], paid + timedelta(days=1), HESSE)
    assert now.amount <= then.amount
    assert now.amount <= amount * Decimal("0.01") * now.months


def test_deferral_costs_half_a_per_cent_for_each_full_month() -> None:
    # Due 13 March, deferred to 14 September 2026 (a Monday): 14 March to 13 September are six months.
    charge = deferral_interest([(date(2026, 9, 14), Decimal("4999.99"))], date(2026, 3, 13), HESSE)
    assert (str(charge.amount), charge.months) == ("148.00", 6)  # 4,950 x 3 % = 148.50, rounded down


@pytest.mark.parametrize(
    ("until", "months"), [(date(2026, 4, 9), 0), (date(2026, 4, 10), 1), (date(2026, 5, 8), 1), (date(2026, 5, 11), 2)]
)
def test_a_month_of_interest_is_full_on_the_day_before_the_same_number(until: date, months: int) -> None:
    """Interest begins on 11 March: full on 10 April (AEAO on § 238 no. 1)."""
    assert deferral_interest([(until, Decimal(10_000))], date(2026, 3, 10), HESSE).months == months


def test_instalments_are_rounded_once_and_the_rest_comes_off_the_last() -> None:
    parts = [(date(2026, 5, 11), Decimal("1020.00")), (date(2026, 7, 10), Decimal("1020.00"))]
    charge = deferral_interest(parts, date(2026, 3, 10), HESSE)
    # 1,020 for two months is 10.20; 980 (40 cut off) for four is 19.60; together 29.80.
    assert (str(charge.amount), charge.months) == ("29.00", 4)


def test_interest_below_ten_euro_is_not_charged() -> None:
    assert str(deferral_interest([(date(2026, 5, 11), Decimal(999))], date(2026, 3, 10), HESSE).amount) == "0.00"
    assert str(deferral_interest([(date(2026, 5, 11), Decimal(1000))], date(2026, 3, 10), HESSE).amount) == "10.00"


def test_a_reminder_gives_a_week() -> None:
    assert reminder_end(date(2026, 3, 30), HESSE).end == date(2026, 4, 7)  # Easter Monday is the 6th


def test_nothing_deferred_and_negative_amounts_are_refused() -> None:
    with pytest.raises(MoneyError, match="nothing deferred"):
        deferral_interest([], date(2026, 3, 10), HESSE)
    with pytest.raises(MoneyError, match="is negative"):
        late_surcharge(Decimal(-1), date(2026, 3, 10), [], date(2026, 5, 1), HESSE)
