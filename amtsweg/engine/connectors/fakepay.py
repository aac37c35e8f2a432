"""A payment provider for tests and demonstrations that behaves badly on demand.

In: a `Call` of kind `pay`. Out: what its `plan` says for the n-th request: paid at once, later, never, in parts,
declined, or an error. It keeps a ledger by idempotency key, so that a test can see whether anybody paid twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from amtsweg.dsl.feel.values import Money
from amtsweg.engine.handlers import PENDING, Answer, Call, Pending, ServiceError

Behaviour = Literal["paid", "later", "partly", "declined", "error", "timeout", "paid_then_timeout"]


@dataclass
class FakePay:
    """The provider.

    Parameters
    ----------
    plan: what happens at each new request, in order; the last one repeats.
    """

    plan: Iterable[Behaviour] = ("paid",)
    ledger: dict[str, Money] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    open: dict[str, Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._plan = list(self.plan) or ["paid"]

    def __call__(self, call: Call) -> Answer | Pending:
        """Answer a payment request as planned."""
        self.requests.append(call.key)
        if call.key in self.ledger:
            return Answer("paid", {"amount": self.ledger[call.key]})
        behaviour = self._plan.pop(0) if len(self._plan) > 1 else self._plan[0]
        amount = call.data.get("amount")
        assert isinstance(amount, Money)
        if behaviour == "later":
            self.open[call.key] = call
            return PENDING
        if behaviour == "declined":
            return Answer("declined", {})
        if behaviour == "partly":
            self.open[call.key] = call
            return Answer("partly", {"amount_paid": Money(amount.amount / 2, amount.currency)})
        if behaviour == "error":
            raise ServiceError("account_unknown", "Das Konto ist unbekannt.")
        if behaviour == "timeout":
            raise TimeoutError("no answer within 20 s")
        self.ledger[call.key] = amount
        if behaviour == "paid_then_timeout":
            raise TimeoutError("no answer within 20 s")
        return Answer("paid", {"amount": amount})

    def pay_all(self, report: Callable[[str, str, dict[str, Money]], None]) -> int:
        """Everybody pays what is open; `report` is told (key, name, data), twice as providers do. How many paid."""
        paid = 0
        for key, call in list(self.open.items()):
            amount = call.data["amount"]
            self.ledger[key] = amount
            del self.open[key]
            report(key, "paid", {"amount": amount})
            report(key, "paid", {"amount": amount})
            paid += 1
        return paid

    @property
    def total(self) -> Decimal:
        """What was paid in all."""
        return sum((money.amount for money in self.ledger.values()), Decimal(0))
