"""Rounding of money, with the rule named: never by default of a language or a database."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from typing import Final, Literal

from amtsweg.dsl.money.kinds import MoneyError, exact

Rule = Literal["half up", "half down", "half even", "up", "down"]

CENT: Final = Decimal("0.01")
EURO: Final = Decimal("1.00")
FIFTY: Final = Decimal("50.00")
_MODES: Final[dict[str, str]] = {
    "half up": ROUND_HALF_UP,
    "half down": ROUND_HALF_DOWN,
    "half even": ROUND_HALF_EVEN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}


def round_money(amount: Decimal | int, step: Decimal = CENT, rule: Rule = "half up") -> Decimal:
    """The amount as a multiple of `step`.

    Parameters
    ----------
    amount: in the currency's unit.
    step: what it becomes a multiple of: `0.01`, `0.05`, `1`, `50`; above zero.
    rule: `half up` (kaufmännisch, DIN 1333), `half down`, `half even`, `up` (away from zero), `down` (towards zero).

    Raises `MoneyError` for an inexact amount, an unknown rule or a step that is not above zero.
    """
    mode = _MODES.get(rule)
    if mode is None:
        raise MoneyError(f"“{rule}” is not a rule of rounding.", f"Use one of {', '.join(_MODES)}.")
    if exact(step) <= 0:
        raise MoneyError(f"One cannot round to {step}.", "Give a step above zero.")
    with localcontext() as context:
        context.prec = 60
        steps = (exact(amount) / step).quantize(Decimal(1), rounding=mode)
        rounded = steps * step
        return rounded if rounded.as_tuple().exponent == -2 else rounded.quantize(CENT) if step >= CENT else rounded


def floor_to_fifty(amount: Decimal | int) -> Decimal:
    """Rounded down to the next amount divisible by 50 EUR (AO §§ 238 (2), 240 (1))."""
    return round_money(amount, FIFTY, "down")
