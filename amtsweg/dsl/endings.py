"""How a case ended, in the words of people: one table for drawings, walks, lists and letters."""

from __future__ import annotations

from amtsweg.dsl.diagnostics import Text

ENDINGS = {
    "granted": Text("bewilligt", "granted"),
    "partly_granted": Text("teilweise bewilligt", "partly granted"),
    "refused": Text("abgelehnt", "refused"),
    "withdrawn": Text("zurückgenommen", "withdrawn"),
    "settled": Text("erledigt", "settled"),
    "deemed_granted": Text("gilt als bewilligt", "deemed granted"),
    "deemed_refused": Text("gilt als abgelehnt", "deemed refused"),
    "by_law": Text("kraft Gesetzes", "by law"),
    "lapsed": Text("verfristet", "lapsed"),
    "cancelled": Text("abgebrochen", "cancelled"),
    "abandoned": Text("nicht abgeschickt", "never sent"),
    "decided": Text("entschieden", "decided"),
}


def ending(outcome: str) -> Text:
    """The outcome of a case as people say it; one that nobody named stays as it is written."""
    return ENDINGS.get(outcome, Text(outcome, outcome))
