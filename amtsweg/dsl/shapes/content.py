"""The shapes of what a procedure holds: forms, lists, decisions, letters, stages, and the ways between steps."""

from __future__ import annotations

from amtsweg.dsl.shapes.pieces import (
    ID,
    TARGET,
    TEXT_TYPES,
    WHOLE,
    Schema,
    free,
    ids,
    list_of,
    one_of,
    or_list,
    record,
    ref,
    text,
    words,
    yes_no,
)


def event_map() -> Schema:
    """`events:`, wherever it stands."""
    return ref("events")


def after_map() -> Schema:
    """`after:`, wherever it stands."""
    return ref("after")


def reminders() -> Schema:
    """`remind:`, wherever it stands."""
    return ref("remind")


def outcome_map() -> Schema:
    """`outcomes:`, wherever it stands."""
    return ref("outcomes")


def branch_lines() -> Schema:
    """`branch:`, wherever it stands."""
    return ref("branch")


def rules() -> Schema:
    """`rules:`, wherever it stands."""
    return ref("rules")


def four_eyes_shape() -> Schema:
    """`four_eyes:`, wherever it stands."""
    return ref("four_eyes")


def _rules() -> Schema:
    """`checks:` and `notes:`."""
    return list_of(record("rule", {"when": text("expression"), "say": text()}, ("when", "say")))


def _event_map() -> Schema:
    event = record(
        "event",
        {
            "title": text(),
            "by": or_list(text("role")),
            "form": text("form"),
            "reason": text(),
            "when": text("expression"),
            "next": text("target", TARGET),
            "also": text("target", TARGET),
            "key": text("expression"),
            "fresh": yes_no(),
        },
        short=text("target", TARGET),
    )
    return ids(event, "events")


def _after_map() -> Schema:
    item = record(
        "after_item",
        {
            "next": text("target", TARGET),
            "also": text("target", TARGET),
            "say": text(),
            "to": or_list(text("role")),
            "grace": text("period"),
            "shift": yes_no(),
        },
        short=text("target", TARGET),
    )
    return free(item)


def _reminders() -> Schema:
    item = record(
        "reminder",
        {
            "when": text("period"),
            "every": text("period"),
            "max": text("whole", WHOLE),
            "say": text(),
            "to": or_list(text("role")),
        },
        ("when",),
        short=text("period"),
    )
    return {**item, "type": [*TEXT_TYPES, "object", "array"], "items": item, "minItems": 1}


def _outcome_map() -> Schema:
    outcome = record(
        "outcome",
        {"title": text(), "next": text("target", TARGET), "when": text("expression"), "reason": text()},
        ("next",),
        short=text("target", TARGET),
    )
    return ids(outcome, "outcomes")


def _branch_lines() -> Schema:
    way = record("way", {"when": text("expression"), "next": text("target", TARGET), "else": text("target", TARGET)})
    way["if"] = {"required": ["else"]}
    way["then"] = {"not": {"required": ["when"]}, "x-both": ["else", "when"]}
    way["else"] = {"required": ["when", "next"]}
    return list_of(way)


def given() -> Schema:
    return free(text("expression"))


def field_shape() -> Schema:
    keys: Schema = {
        "title": text(),
        "type": text("type"),
        "options": text("list"),
        "only": text("expression"),
        "when": text("expression"),
        "optional": text("expression"),
        "compute": text("expression"),
        "default": text("expression"),
        "prefill": text("expression"),
        "hint": text(),
        "unknown": text(),
        "min": text("expression"),
        "max": text("expression"),
        "not_before": text("expression"),
        "not_after": text("expression"),
        "pattern": text(),
        "accept": or_list(text()),
        "max_mb": text("whole", WHOLE),
        "many": yes_no(),
        "currency": text("", "^[A-Z]{3}$"),
        "checks": rules(),
        "notes": rules(),
        "purpose": text(),
        "see": or_list(text("role")),
        "special": yes_no(),
        "keep": text("period"),
    }
    field = record("field", keys, short=text())
    section = record(
        "section",
        {
            "title": text(),
            "hint": text(),
            "when": text("expression"),
            "repeat": ref("repeat"),
            "fields": ids(ref("field"), "fields"),
            "checks": rules(),
            "notes": rules(),
        },
        ("title", "fields"),
    )
    return {"if": {"type": "object", "required": ["fields"]}, "then": section, "else": field}


def repeat_shape() -> Schema:
    keys: Schema = {
        "title": text(),
        "min": text("whole", WHOLE),
        "max": text("whole", WHOLE),
        "for": text("expression"),
        "over": text("expression"),
        "as": text("id", ID),
    }
    return record("repeat", keys, short=text())


def form_shape() -> Schema:
    page = record(
        "page",
        {
            "title": text(),
            "hint": text(),
            "when": text("expression"),
            "repeat": ref("repeat"),
            "fields": ids(ref("field"), "fields"),
            "checks": rules(),
            "notes": rules(),
        },
        ("title", "fields"),
    )
    return record(
        "form",
        {
            "title": text(),
            "pages": ids(page, "pages"),
            "fields": ids(ref("field"), "fields"),
            "checks": rules(),
            "notes": rules(),
            "review": record("review", {"declaration": text()}),
            "receipt": text(),
            "many": yes_no(),
            "keep": text("period"),
        },
        ("title",),
    ) | one_of("pages", "fields")


def list_shape() -> Schema:
    option = record("option", {"title": text(), "when": text("expression")}, ("title",), short=text())
    whole = record(
        "list",
        {
            "title": text(),
            "options": {"type": ["object", "array"], "additionalProperties": option, "items": text("id", ID)},
            "part_of": text("list"),
            "by": words("tenant"),
            "law": or_list(text()),
        },
    )
    entries = ids(option, "options")
    return {
        "if": {"type": "array"},
        "then": list_of(text("id", ID)),
        "else": {
            "if": {"type": "object", "anyOf": [{"required": ["options"]}, {"required": ["part_of"]}]},
            "then": whole,
            "else": {
                "if": {"type": "object", "properties": {"by": {"const": "tenant"}}, "required": ["by"]},
                "then": {"type": "object", "additionalProperties": option},
                "else": entries,
            },
        },
    }


def decision_shape() -> Schema:
    typed = {"type": [*TEXT_TYPES, "object"], "minLength": 1, "x-wants": "type"}
    policies = ("unique", "first", "priority", "any", "collect", "rule_order", "output_order", "collect_sum",
                "collect_count", "collect_min", "collect_max")  # fmt: skip
    return record(
        "decision",
        {
            "title": text(),
            "law": text(),
            "inputs": free(typed),
            "output": text("type"),
            "outputs": free(typed),
            "hit_policy": words(*policies),
            "table": text(),
            "value": text("expression"),
            "by": words("tenant"),
        },
    ) | one_of("table", "value")


def letter_shape() -> Schema:
    return record(
        "letter",
        {
            "title": text(),
            "kind": text(),
            "template": text(),
            "appeal": text(),
            "approve_by": text("role"),
            "four_eyes": four_eyes_shape(),
            "back": text("target", TARGET),
            "attach": or_list(text()),
            "way": text(),
        },
        ("title",),
        short=text(),
    )


def _four_eyes_shape() -> Schema:
    return {
        "type": [*TEXT_TYPES, "array", "object"],
        "minLength": 1,
        "items": text("step"),
        "minItems": 1,
        "additionalProperties": words("last", "all"),
    }


def stage_shape() -> Schema:
    extend = record("extend", {"once": text("period"), "by_period": text("period"), "by": or_list(text("role")),
                               "at": text("expression")})  # fmt: skip
    stop = record("stop", {"at": text("expression"), "within": text("period")}, ("at",), short=text("expression"))
    deadline = record(
        "deadline",
        {
            "length": text("period"),
            "starts": text("expression"),
            "when": text("expression"),
            "extend": extend,
            "restarts_on": or_list(text("expression")),
            "stop": stop,
            "next": text("target", TARGET),
        },
        ("length",),
    )
    return record(
        "stage",
        {
            "title": text(),
            "steps": list_of(text("step"), least=0),
            "stages": ids(ref("stage"), "stages"),
            "events": event_map(),
            "after": after_map(),
            "remind": reminders(),
            "deadline": deadline,
        },
        ("title",),
    )


SHARED = {
    "events": _event_map,
    "after": _after_map,
    "remind": _reminders,
    "outcomes": _outcome_map,
    "branch": _branch_lines,
    "rules": _rules,
    "four_eyes": _four_eyes_shape,
}
"""Shapes that stand in many places; a schema holds each of them once."""
