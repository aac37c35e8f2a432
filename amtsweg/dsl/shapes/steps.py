"""The shapes of steps: one per kind, chosen by the key that names the kind."""

from __future__ import annotations

from amtsweg.dsl.keywords import STEP_KINDS
from amtsweg.dsl.shapes.content import (
    after_map,
    branch_lines,
    event_map,
    four_eyes_shape,
    given,
    outcome_map,
    reminders,
)
from amtsweg.dsl.shapes.pieces import (
    ID,
    TARGET,
    WHOLE,
    Schema,
    free,
    ids,
    list_of,
    or_list,
    record,
    ref,
    text,
    words,
    yes_no,
)

ENDS = (
    "granted", "partly_granted", "refused", "withdrawn", "settled", "deemed_granted", "deemed_refused", "by_law",
    "lapsed", "cancelled", "abandoned", "decided",
)  # fmt: skip


def _step_keys(place: str, kind: str, value: Schema, more: Schema, required: tuple[str, ...] = ()) -> Schema:
    common: Schema = {
        "title": text(),
        "when": text("expression"),
        "else": text("target", TARGET),
        "next": text("target", TARGET),
        "branch": branch_lines(),
        "events": event_map(),
        "after": after_map(),
        "remind": reminders(),
        "lock": text(),
        "result": text("id"),
        "by": or_list(text("role")),
    }
    return record(place, {kind: value, **common, **more}, (kind, *required))


def step_shapes() -> dict[str, Schema]:
    step_map = ids(ref("step"), "steps")
    branch = record(
        "parallel_branch",
        {"title": text(), "when": text("expression"), "steps": step_map, "events": event_map(), "after": after_map()},
        ("steps",),
    )
    branch_or_step = {"if": {"type": "object", "required": ["steps"], "not": {"required": ["for_each"]}},
                      "then": branch, "else": ref("step")}  # fmt: skip
    kinds: dict[str, Schema] = {
        "task": _step_keys(
            "task",
            "task",
            text(),
            {
                "form": text("form"),
                "outcomes": outcome_map(),
                "due": text("period"),
                "four_eyes": four_eyes_shape(),
                "reopen": words("filled", "empty"),
                "open": text("expression"),
                "shows": or_list(text("expression")),
                "start": text(),
                "text": text(),
                "as": text("id", ID),
            },
            ("by",),
        ),
        "set": _step_keys("set", "set", free(text("expression")), {}),
        "branch": _step_keys("branch", "branch", branch_lines(), {"ways": words("one", "many")}),
        "service": _step_keys(
            "service",
            "service",
            text(),
            {"with": given(), "retry": text("whole", WHOLE), "outcomes": outcome_map()},
        ),
        "letter": _step_keys(
            "letter_step",
            "letter",
            text("letter"),
            {
                "to": or_list(text("role")),
                "back": text("target", TARGET),
                "attach": or_list(text()),
                "due": text("period"),
            },
            ("to",),
        ),
        "pay": _step_keys(
            "pay",
            "pay",
            text("expression"),
            {
                "purpose": text(),
                "kind": text(),
                "due": text("period"),
                "outcomes": outcome_map(),
                "forever": text(),
            },
            ("by",),
        ),
        "notify": _step_keys("notify", "notify", text(), {"to": or_list(text("role")), "with": given()}, ("to",)),
        "open_case": _step_keys(
            "open_case",
            "open_case",
            text(),
            {"with": given(), "wait": yes_no(), "when_left": words("left", "leave"), "outcomes": outcome_map()},
        ),
        "wait": _step_keys(
            "wait",
            "wait",
            text("period"),
            {
                "shift": yes_no(),
                "forever": text(),
                "form": text("form"),
                "key": text("expression"),
                "fresh": yes_no(),
                "outcomes": outcome_map(),
            },
        ),
        "parallel": _step_keys(
            "parallel",
            "parallel",
            ids(branch_or_step, "parallel"),
            {"join": text(), "rest": words("wait", "cancel", "ignore"), "outcomes": outcome_map()},
        ),
        "for_each": _step_keys(
            "for_each",
            "for_each",
            text("expression"),
            {
                "steps": step_map,
                "key": text("expression"),
                "max": text("whole", WHOLE),
                "order": words("together", "one by one"),
                "grow": or_list(text("role")),
                "join": text(),
                "rest": words("wait", "cancel", "ignore"),
                "as": text("id", ID),
                "outcomes": outcome_map(),
            },
            ("steps",),
        ),
        "use": _step_keys(
            "use",
            "use",
            text(),
            {"with": given(), "roles": ids(text("role"), "roles"), "outcomes": outcome_map()},
        ),
        "book": _step_keys(
            "book",
            "book",
            text(),
            {
                "with": given(),
                "from": text("expression"),
                "until": text("expression"),
                "outcomes": outcome_map(),
            },
        ),
        "publish": _step_keys(
            "publish",
            "publish",
            text(),
            {"with": given(), "from": text("expression"), "until": text("expression"), "to": text()},
        ),
        "send": _step_keys("send", "send", text(), {"to": text(), "with": given()}),
        "fork": _step_keys("fork", "fork", list_of(text("step")), {}),
        "join": _step_keys(
            "join",
            "join",
            record(
                "join",
                {"of": text(), "clear": or_list(text("step")), "none": or_list(text("step"))},
                short=text(),
            ),
            {},
        ),
        "end": _step_keys("end", "end", words(*ENDS), {"rest": words("wait")}),
    }
    return kinds


def step_choice() -> Schema:
    """One shape by the kind of the step: if it has this key then that shape, else look on."""
    found: Schema = {"not": {}, "x-no-kind": True}
    for kind in reversed(STEP_KINDS):
        found = {"if": {"required": [kind]}, "then": ref(f"step_{kind}"), "else": found}
    return {"type": "object", "title": "Schritt", **found}
