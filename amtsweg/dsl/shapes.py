"""The shapes of all files as JSON Schema 2020-12, made from the table of keywords.

In: nothing. Out: a schema per kind of file, for editors (every key with its German and English description) and for
`schema.check`. There are no unions: what may be a text or a map says so by `type`, and a step is chosen by its kind
with if/then/else, so that an error always names one cause. Wherever the reader reads text, a generic YAML editor may
read a number, yes/no or nothing; the published schema accepts these as well.

Annotations of ours begin with `x-`: `x-place` (which place of the keyword table an object is), `x-ids` (what its keys
name), `x-wants` (what a text should be).
"""

from __future__ import annotations

from typing import Any

from amtsweg.dsl.fieldtypes import FIELD_TYPES
from amtsweg.dsl.keywords import PLACES, STEP_KINDS, keyword

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT_TYPES = ["string", "number", "boolean", "null"]
ID = "^[a-z][a-z0-9_]*$"
PROCEDURE_ID = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
BLOCK_ID = "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
TARGET = "^\\s*(?:(?:done|end)(?:\\s+[a-z][a-z0-9_]*)?|[a-z][a-z0-9_]*)\\s*$"
VERSION = "^[0-9]{1,6}(\\.[0-9]{1,6}){0,2}$"
WHOLE = "^[0-9]{1,9}$"
DATE = "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}\\.[0-9]{2}\\.[0-9]{4})$"

ENDS = (
    "granted", "partly_granted", "refused", "withdrawn", "settled", "deemed_granted", "deemed_refused", "by_law",
    "lapsed", "cancelled", "abandoned", "decided",
)  # fmt: skip
YES_NO = ("yes", "no", "true", "false", "ja", "nein", True, False)

CASE_VALUE: Schema = {"$ref": "#/$defs/value"}


def text(wants: str = "", pattern: str = "") -> Schema:
    """A text; `wants` says in one word what should stand there."""
    found: Schema = {"type": TEXT_TYPES, "minLength": 1}
    if wants:
        found["x-wants"] = wants
    if wants == "type":
        found["examples"] = list(FIELD_TYPES)
    if pattern:
        found["pattern"] = pattern
    return found


def words(*allowed: str) -> Schema:
    """One of a closed list of words."""
    return {"type": TEXT_TYPES, "enum": list(allowed), "x-wants": "word"}


def yes_no() -> Schema:
    """`yes` or `no`."""
    return {"type": TEXT_TYPES, "enum": list(YES_NO), "x-wants": "yes_no"}


def list_of(items: Schema, *, least: int = 1) -> Schema:
    """A list with dashes or in brackets."""
    return {"type": "array", "items": items, "minItems": least}


def or_list(items: Schema) -> Schema:
    """One text or a list of them."""
    return {**items, "type": [*TEXT_TYPES, "array"], "items": items, "minItems": 1}


def ids(values: Schema, noun: str, pattern: str = ID) -> Schema:
    """A map from ids to what they name."""
    return {
        "type": "object",
        "x-ids": noun,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": values,
        "minProperties": 1,
    }


def free(values: Schema) -> Schema:
    """A map whose keys are names, paths or expressions of any form."""
    return {"type": "object", "additionalProperties": values, "minProperties": 1}


def ref(name: str) -> Schema:
    """A shape that is used in several places."""
    return {"$ref": f"#/$defs/{name}"}


def record(place: str, keys: Schema, required: tuple[str, ...] = (), *, short: Schema | None = None) -> Schema:
    """A map of keywords; with `short`, a single text may stand in its place."""
    found: Schema = {
        "type": [*TEXT_TYPES, "object"] if short is not None else "object",
        "x-place": place,
        "title": PLACES[place].de,
        "properties": {word: _explained(word, place, shape) for word, shape in keys.items()},
        "additionalProperties": False,
    }
    if required:
        found["required"] = list(required)
    if short is not None:
        found |= {key: value for key, value in short.items() if key not in ("type", "title")}
    return found


def _explained(word: str, place: str, shape: Schema) -> Schema:
    """The shape of a key's value with what an editor shows for the key."""
    found = keyword(word, place)
    if found is None:
        raise LookupError(f"the table of keywords lacks {word} at {place}")
    notes: Schema = {
        "title": f"{found.name} · {word}",
        "description": f"{found.name}: {found.says.de}.\n\n{word}: {found.says.en}.\n\n    {found.example}",
    }
    if "$ref" in shape:
        return {**notes, "allOf": [shape]}
    return {**shape, **notes}


# ------------------------------------------------------------------------------------------------------- shared pieces


def _one_of(*keys: str) -> Schema:
    """At least one of these keys must be there (if it is a map at all)."""
    return {"anyOf": [{"required": [key]} for key in keys], "x-one-of": list(keys)}


def rules() -> Schema:
    """`checks:` and `notes:`."""
    return list_of(record("rule", {"when": text("expression"), "say": text()}, ("when", "say")))


def _events() -> Schema:
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


def _after() -> Schema:
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


def _remind() -> Schema:
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


def _outcomes() -> Schema:
    outcome = record(
        "outcome",
        {"title": text(), "next": text("target", TARGET), "when": text("expression"), "reason": text()},
        ("next",),
        short=text("target", TARGET),
    )
    return ids(outcome, "outcomes")


def _branch() -> Schema:
    way = record("way", {"when": text("expression"), "next": text("target", TARGET), "else": text("target", TARGET)})
    way["if"] = {"required": ["else"]}
    way["then"] = {"not": {"required": ["when"]}, "x-both": ["else", "when"]}
    way["else"] = {"required": ["when", "next"]}
    return list_of(way)


def _given() -> Schema:
    return free(text("expression"))


def _field() -> Schema:
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


def _repeat() -> Schema:
    keys: Schema = {
        "title": text(),
        "min": text("whole", WHOLE),
        "max": text("whole", WHOLE),
        "for": text("expression"),
        "over": text("expression"),
        "as": text("id", ID),
    }
    return record("repeat", keys, short=text())


def _form() -> Schema:
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
    ) | _one_of("pages", "fields")


def _list() -> Schema:
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


def _decision() -> Schema:
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
    ) | _one_of("table", "value")


def _letter() -> Schema:
    return record(
        "letter",
        {
            "title": text(),
            "kind": text(),
            "template": text(),
            "appeal": text(),
            "approve_by": text("role"),
            "four_eyes": _four_eyes(),
            "back": text("target", TARGET),
            "attach": or_list(text()),
            "way": text(),
        },
        ("title",),
        short=text(),
    )


def _four_eyes() -> Schema:
    return {
        "type": [*TEXT_TYPES, "array", "object"],
        "minLength": 1,
        "items": text("step"),
        "minItems": 1,
        "additionalProperties": words("last", "all"),
    }


def _stage() -> Schema:
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
            "events": _events(),
            "after": _after(),
            "remind": _remind(),
            "deadline": deadline,
        },
        ("title",),
    )


# --------------------------------------------------------------------------------------------------------------- steps


def _step_keys(place: str, kind: str, value: Schema, more: Schema, required: tuple[str, ...] = ()) -> Schema:
    common: Schema = {
        "title": text(),
        "when": text("expression"),
        "else": text("target", TARGET),
        "next": text("target", TARGET),
        "branch": _branch(),
        "events": _events(),
        "after": _after(),
        "remind": _remind(),
        "lock": text(),
        "result": text("id"),
        "by": or_list(text("role")),
    }
    return record(place, {kind: value, **common, **more}, (kind, *required))


def _steps() -> dict[str, Schema]:
    step_map = ids(ref("step"), "steps")
    branch = record(
        "parallel_branch",
        {"title": text(), "when": text("expression"), "steps": step_map, "events": _events(), "after": _after()},
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
                "outcomes": _outcomes(),
                "due": text("period"),
                "four_eyes": _four_eyes(),
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
        "branch": _step_keys("branch", "branch", _branch(), {"ways": words("one", "many")}),
        "service": _step_keys(
            "service",
            "service",
            text(),
            {"with": _given(), "retry": text("whole", WHOLE), "outcomes": _outcomes()},
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
                "outcomes": _outcomes(),
                "forever": text(),
            },
            ("by",),
        ),
        "notify": _step_keys("notify", "notify", text(), {"to": or_list(text("role")), "with": _given()}, ("to",)),
        "open_case": _step_keys(
            "open_case",
            "open_case",
            text(),
            {"with": _given(), "wait": yes_no(), "when_left": words("left", "leave"), "outcomes": _outcomes()},
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
                "outcomes": _outcomes(),
            },
        ),
        "parallel": _step_keys(
            "parallel",
            "parallel",
            ids(branch_or_step, "parallel"),
            {"join": text(), "rest": words("wait", "cancel", "ignore"), "outcomes": _outcomes()},
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
                "outcomes": _outcomes(),
            },
            ("steps",),
        ),
        "use": _step_keys(
            "use", "use", text(), {"with": _given(), "roles": ids(text("role"), "roles"), "outcomes": _outcomes()}
        ),
        "book": _step_keys(
            "book",
            "book",
            text(),
            {"with": _given(), "from": text("expression"), "until": text("expression"), "outcomes": _outcomes()},
        ),
        "publish": _step_keys(
            "publish",
            "publish",
            text(),
            {"with": _given(), "from": text("expression"), "until": text("expression"), "to": text()},
        ),
        "send": _step_keys("send", "send", text(), {"to": text(), "with": _given()}),
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


def _step_choice() -> Schema:
    """One shape by the kind of the step: if it has this key then that shape, else look on."""
    found: Schema = {"not": {}, "x-no-kind": True}
    for kind in reversed(STEP_KINDS):
        found = {"if": {"required": [kind]}, "then": ref(f"step_{kind}"), "else": found}
    return {"type": "object", "title": "Schritt", **found}


# --------------------------------------------------------------------------------------------------------------- files


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
        "lists": ids(_list(), "lists"),
        "types": ids(record("type", {"title": text(), "fields": fields}, ("fields",)), "types"),
        "forms": ids(_form(), "forms"),
        "decisions": ids(_decision(), "decisions"),
        "letters": ids(_letter(), "letters"),
        "stages": ids(ref("stage"), "stages"),
        "flow": ids(ref("step"), "flow"),
    }


def _definitions() -> Schema:
    return {
        "field": _field(),
        "repeat": _repeat(),
        "stage": _stage(),
        "step": _step_choice(),
        **{f"step_{kind}": shape for kind, shape in _steps().items()},
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
        "events": _events(),
        "after": _after(),
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
    like = {"like": _explained("like", "sample", text("sample"))}
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
    ) | _one_of("do", "event")
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
