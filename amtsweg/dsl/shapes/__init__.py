"""The shapes of all files as JSON Schema 2020-12, made from the table of keywords.

In: nothing. Out: a schema per kind of file, for editors (every key with its German and English description) and for
`schema.check`. There are no unions: what may be a text or a map says so by `type`, and a step is chosen by its kind
with if/then/else, so that an error always names one cause. Wherever the reader reads text, a generic YAML editor may
read a number, yes/no or nothing; the published schema accepts these as well.

Annotations of ours begin with `x-`: `x-place` (which place of the keyword table an object is), `x-ids` (what its keys
name), `x-wants` (what a text should be).
"""

from __future__ import annotations

from amtsweg.dsl.shapes.content import (
    SHARED,
    after_map,
    decision_shape,
    event_map,
    field_shape,
    form_shape,
    letter_shape,
    list_shape,
    repeat_shape,
    stage_shape,
)
from amtsweg.dsl.shapes.pieces import (
    BLOCK_ID,
    CASE_VALUE,
    DATE,
    DRAFT,
    PROCEDURE_ID,
    TEXT_TYPES,
    VERSION,
    Schema,
    explained,
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
from amtsweg.dsl.shapes.steps import step_choice, step_shapes


def _connectors() -> Schema:
    typed = record("connector_value", {"type": text("type")}, ("type",), short=text("type"))
    keys: Schema = {
        "title": text(),
        "inputs": free(typed),
        "outputs": free(typed),
        "errors": or_list(text()),
        "trust_level": words("none", "basic", "substantial", "high"),
    }
    operation = record("operation", keys)
    connector = record("connector", {**keys, "operations": ids(operation, "operations")})
    return ids(connector, "connectors", "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?$")


def _content(place: str) -> Schema:
    """What a procedure and a building block have in common."""
    fields = ids(ref("field"), "fields")
    return {
        "version": text("version", VERSION),
        "title": text(),
        "law": or_list(text()),
        "lists": ids(list_shape(), "lists"),
        "types": ids(record("type", {"title": text(), "fields": fields}, ("fields",)), "types"),
        "forms": ids(form_shape(), "forms"),
        "decisions": ids(decision_shape(), "decisions"),
        "letters": ids(letter_shape(), "letters"),
        "stages": ids(ref("stage"), "stages"),
        "flow": ids(ref("step"), "flow"),
    }


def _definitions() -> Schema:
    return {
        "field": field_shape(),
        "repeat": repeat_shape(),
        "stage": stage_shape(),
        "step": step_choice(),
        **{name: shape() for name, shape in SHARED.items()},
        **{f"step_{kind}": shape for kind, shape in step_shapes().items()},
    }


def procedure() -> Schema:
    """`procedure.yaml`."""
    role = record(
        "role",
        {"title": text(), "party": text("expression"), "office": text("office"), "per": text("list")},
        ("title",),
        short=text(),
    )
    parameter = record(
        "parameter",
        {
            "title": text(),
            "type": text("type"),
            "example": text(),
            "valid_on": text("expression"),
            "currency": text("", "^[A-Z]{3}$"),
            "law": or_list(text()),
        },
        ("title", "type", "example"),
    )
    message = record(
        "message",
        {"title": text(), "from": text(), "key": text("expression"), "fields": ids(ref("field"), "fields"),
         "by": or_list(text("role"))},
        ("title",),
        short=text(),
    )  # fmt: skip
    keep = record("keep", {"draft": text("period"), "closed": text("period")})
    head: Schema = {
        "procedure": text("procedure_id", PROCEDURE_ID),
        "version": text("version", VERSION),
        "title": text(),
        "summary": text(),
        "office": text("office"),
        "leika": text("leika", "^[0-9]{5,20}$"),
        "law": or_list(text()),
        "deadline_law": words("AO", "VwVfG", "BGB"),
        "trust_level": words("none", "basic", "substantial", "high"),
        "keep": keep,
        "language": text("", "^[a-z]{2}$"),
        "roles": ids(role, "roles"),
        "parameters": ids(parameter, "parameters"),
        "messages": ids(message, "messages"),
        "connectors": _connectors(),
        "events": event_map(),
        "after": after_map(),
    }
    found = record("procedure", {**head, **_content("procedure")}, ("procedure", "version", "title", "office", "flow"))
    return _file("procedure", "Verfahren (procedure.yaml)", found)


def block() -> Schema:
    """A building block: `block.yaml`."""
    given = record(
        "input",
        {"type": text("type"), "many": yes_no(), "optional": yes_no(), "default": text("expression")},
        ("type",),
        short=text("type"),
    )
    head: Schema = {
        "block": text("block_id", BLOCK_ID),
        "in": ids(given, "in"),
        "out": free(text("expression")),
        "outcomes": ids(text(), "outcomes"),
        "roles": or_list(text("role")),
    }
    found = record("block", {**head, **_content("block")}, ("block", "version", "title"))
    return _file("block", "Baustein (block.yaml)", found)


def tenant() -> Schema:
    """A municipality: `tenant.yaml`."""
    office = record("office", {"title": text(), "address": text(), "hours": text(), "phone": text(), "email": text()},
                    ("title",), short=text())  # fmt: skip
    person = record(
        "person",
        {"name": text(), "roles": or_list(text("role")), "offices": or_list(text("office")), "email": text(),
         "phone": text(), "superior": text("person")},
        short=text(),
    )  # fmt: skip
    deputy = record(
        "deputy",
        {"person": text("person"), "deputy": text("person"), "from": text("date", DATE), "to": text("date", DATE),
         "roles": or_list(text("role"))},
        ("person", "deputy"),
    )  # fmt: skip
    dated = list_of(record("dated_value", {"from": text("date", DATE), "value": text()}, ("from", "value")))
    head = record("letterhead", {word: text() for word in ("name", "body", "street", "town", "address", "phone",
                                                           "email", "web")})  # fmt: skip
    bank = record("bank", {word: text() for word in ("name", "iban", "bic")})
    found = record(
        "tenant",
        {
            "tenant": text("procedure_id", PROCEDURE_ID),
            "name": text(),
            "land": text(),
            "zone": text(),
            "languages": or_list(text()),
            "offices": ids(office, "offices"),
            "people": ids(person, "people"),
            "deputies": list_of(deputy),
            "roles": ids(ids(or_list(text("person")), "roles"), "procedure", PROCEDURE_ID),
            "parameters": ids(ids(dated, "parameters"), "procedure", PROCEDURE_ID),
            "letterhead": head,
            "bank": bank,
            "numbers": free(text()),
            "holidays": or_list(text()),
            "closed_days": or_list(text()),
            "remedies": free(text()),
            "switched_off": or_list(text()),
            "overlays": ids({"type": "object"}, "procedure", PROCEDURE_ID),
        },
        ("name", "land"),
    )
    return _file("tenant", "Gemeinde (tenant.yaml)", found)


def cases() -> Schema:
    """Test cases: `cases.yaml`."""
    like = {"like": explained("like", "sample", text("sample"))}
    sample = {"type": "object", "x-place": "sample", "properties": like, "additionalProperties": CASE_VALUE}
    given: Schema = {"type": [*TEXT_TYPES, "object"], "additionalProperties": CASE_VALUE, "x-wants": "sample"}
    act: Schema = {"by": text("person"), "with": given}
    do = record("do", {"do": text("step"), "outcome": text(), "reason": text(), **act}, ("do",))
    event = record("event_act", {"event": text(), "reason": text(), **act}, ("event",))
    wait = record("wait_act", {"wait": text("period")}, ("wait",))
    expect = record("expect_act", {"expect": {"type": "object", "additionalProperties": CASE_VALUE}}, ("expect",))
    inner = record(
        "refused",
        {"do": text("step"), "event": text(), "outcome": text(), "reason": text(), "because": text(), **act},
        short=text(),
    ) | one_of("do", "event")
    refused = record("refused_act", {"refused": inner, **act}, ("refused",))
    refused["properties"]["because"] = text()
    refused["properties"]["outcome"] = text()
    line: Schema = {"not": {}, "x-no-verb": True}
    for verb, shape in (("refused", refused), ("expect", expect), ("wait", wait), ("event", event), ("do", do)):
        line = {"if": {"required": [verb]}, "then": shape, "else": line}
    case = record(
        "case",
        {
            "case": text(),
            "today": text("date"),
            "tenant": text(),
            "answers": {"type": "object", "additionalProperties": CASE_VALUE},
            "steps": list_of({"type": "object", **line}),
        },
        ("case", "today", "steps"),
    )
    found = record(
        "cases",
        {"people": ids(or_list(text("role")), "people"), "samples": ids(sample, "samples"), "cases": list_of(case)},
        ("cases",),
    )
    made = _file("cases", "Testfälle (cases.yaml)", found)
    made["$defs"] = {"value": _any_value()}
    return made


def texts() -> Schema:
    """Translations: `texts.<language>.yaml`, ids of the procedure with their captions."""
    found: Schema = {"type": "object", "additionalProperties": ref("value"), "title": "Texte (texts.yaml)"}
    return {
        "$schema": DRAFT,
        "$id": "urn:amtsweg:schema:texts",
        "description": "Die Beschriftungen in einer anderen Sprache, unter denselben Kennungen wie im Verfahren.\n\n"
        "The captions in another language, under the same ids as in the procedure.",
        **found,
        "$defs": {"value": {"type": [*TEXT_TYPES, "object"], "additionalProperties": ref("value")}},
    }


def _any_value() -> Schema:
    return {
        "type": [*TEXT_TYPES, "object", "array"],
        "additionalProperties": ref("value"),
        "items": ref("value"),
    }


def _file(name: str, title: str, found: Schema) -> Schema:
    definitions = _definitions() if name in ("procedure", "block") else {}
    return {
        "$schema": DRAFT,
        "$id": f"urn:amtsweg:schema:{name}",
        **found,
        "title": title,
        **({"$defs": definitions} if definitions else {}),
    }
