"""Numbers as DMN 1.5, 10.3.2.3.1 wants them: IEEE 754-2008 decimal128, 34 digits, half-even."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Clamped, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

CONTEXT = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, capitals=0, clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)  # fmt: skip

ZERO, ONE = Decimal(0), Decimal(1)
ARITHMETIC_ERRORS = (InvalidOperation, DivisionByZero, Overflow, Clamped)


def number_text(value: Decimal) -> str:
    """A number as FEEL's `string` writes it: plain digits, no exponent, no trailing zeros after the point."""
    if value == value.to_integral_value() and abs(value.adjusted()) < 40:
        text = format(value.quantize(ONE, context=CONTEXT) if value.adjusted() < 34 else value, "f")
        return "0" if text in ("-0", "0") else text
    if abs(value.adjusted()) > 60:
        return str(value.normalize(CONTEXT))
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
