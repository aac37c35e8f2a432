"""Kinds of money a town hall asks for, and what hangs on the kind.

Remedy text, surcharge, VAT and refund all follow from the kind, so a procedure says it once (`as: gebuehr`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from amtsweg.dsl.diagnostics import Text
from amtsweg.errors import AmtswegError


class MoneyError(AmtswegError):
    """The amount cannot be computed as it is given."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of money.

    Parameters
    ----------
    id: stable English word; `word` is what a procedure writes.
    public: asked for by a notice with a remedy; an objection does not put off payment (VwGO § 80 (2) no. 1). Otherwise
        a claim of private law or a security, without remedy text.
    surcharge: late payment costs 1 % per started month (AO § 240; through the Land's KAG for fees and contributions).
    vat: value added tax may be due.
    returned: held for somebody and settled at the end.
    """

    id: str
    word: str
    name: Text
    public: bool
    surcharge: bool
    vat: bool
    returned: bool


KINDS: Final[tuple[Kind, ...]] = (
    Kind("tax", "steuer", Text("Steuer", "tax"), True, True, False, False),
    Kind("fee", "gebuehr", Text("Gebühr", "fee"), True, True, False, False),
    Kind("contribution", "beitrag", Text("Beitrag", "contribution"), True, True, False, False),
    Kind("private_charge", "entgelt", Text("Entgelt", "private charge"), False, False, True, False),
    Kind("deposit", "kaution", Text("Kaution", "deposit"), False, False, False, True),
    # AO § 240 (2): no surcharge on ancillary claims; disbursements are such.
    Kind("disbursement", "auslagen", Text("Auslagen", "disbursement"), True, False, False, False),
)


def kind_of(word: str) -> Kind:
    """The kind behind an English id or the word of a procedure.

    Raises `MoneyError` for any other word.
    """
    plain = word.casefold().replace("ü", "ue").replace(" ", "_")
    for kind in KINDS:
        if plain in (kind.id, kind.word):
            return kind
    raise MoneyError(f"“{word}” is not a kind of money.", f"Use one of {', '.join(kind.word for kind in KINDS)}.")


def exact(amount: Decimal | int) -> Decimal:
    """The amount as a finite Decimal.

    Raises `MoneyError` for a float (it is never exactly what was meant), a truth value, NaN or infinity.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise MoneyError(f"{amount!r} is not an exact amount.", "Give a Decimal.")
    value = Decimal(amount)
    if not value.is_finite():
        raise MoneyError(f"{amount} is not an amount.", "Give a finite Decimal.")
    return value
