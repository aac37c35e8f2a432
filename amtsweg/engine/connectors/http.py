"""A service that speaks JSON over HTTP: one operation is one POST.

In: a `Call`. Out: the service's answer as values. The call's key goes along as `Idempotency-Key`. A 4xx with a JSON
body `{"error": code}` is an error the service declares; 408, 425, 429 and 5xx are tried again.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amtsweg.dsl.feel.values import from_python
from amtsweg.engine.handlers import PENDING, Answer, Call, Pending, ServiceError
from amtsweg.engine.plain import encode

AGAIN = frozenset({408, 425, 429})
LARGEST = 5_000_000

Send = Callable[[str, bytes, Mapping[str, str], float], tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class HttpService:
    """A JSON service.

    Parameters
    ----------
    base: address before `/<operation>`; given by the host, never by a procedure.
    headers: sent along (authorisation from the host's secrets).
    send: does the request (tests hand in their own).
    """

    base: str
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 20.0
    send: Send | None = None

    def __post_init__(self) -> None:
        if not self.base.startswith(("https://", "http://")):
            raise ValueError("The address of a service begins with https:// or http://.")

    def __call__(self, call: Call) -> Answer | Pending:
        """Ask the service. 202 means that the answer comes later."""
        operation = str(call.data.get("operation") or call.kind)
        body = {"case": call.case, "tenant": call.tenant, "input": {n: _json(v) for n, v in call.input.items()}}
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Idempotency-Key": call.key,
            **self.headers,
        }
        sent = json.dumps(body, ensure_ascii=False).encode()
        status, found = (self.send or _post)(f"{self.base.rstrip('/')}/{operation}", sent, headers, self.timeout)
        if status == 202:
            return PENDING
        if 200 <= status < 300:
            return Answer("ok", _values(found))
        if 400 <= status < 500 and status not in AGAIN:
            code = _values(found).get("error")
            raise ServiceError(str(code or f"http_{status}"), f"Der Dienst lehnt ab ({code or status}).")
        raise ConnectionError(f"the service answered {status}")


def _post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[int, bytes]:
    request = urllib.request.Request(url, body, dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return int(response.status), bytes(response.read(LARGEST))
    except urllib.error.HTTPError as error:
        return int(error.code), bytes(error.read(LARGEST))


def _values(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    found = json.loads(body)
    if not isinstance(found, dict):
        return {"value": from_python(found)}
    return {str(name): from_python(value) for name, value in found.items()}


def _json(value: Any) -> Any:
    """Values as other programs read them: numbers as texts of digits, dates as ISO texts."""
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    plain = encode(value)
    if not isinstance(plain, dict):
        return plain
    return plain["v"] if isinstance(plain.get("v"), str) else str(value)
