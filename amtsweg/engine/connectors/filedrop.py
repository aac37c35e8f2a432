"""A folder into which calls are written as JSON files: for systems that pick up files.

In: a `Call`. Out: one file per key, written under another name first and then renamed, so that nobody reads half a
file; the same key writes the same name again.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from amtsweg.engine.handlers import Answer, Call
from amtsweg.engine.plain import encode


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A folder; it must exist (a missing one is an error that is tried again)."""

    folder: Path

    def __call__(self, call: Call) -> Answer:
        """Write the call and answer with the file's name."""
        name = hashlib.sha256(call.key.encode()).hexdigest()[:24] + ".json"
        content = {
            "key": call.key,
            "kind": call.kind,
            "case": call.case,
            "tenant": call.tenant,
            "data": {key: encode(value) for key, value in call.data.items()},
        }
        target = self.folder / name
        draft = self.folder / f".{name}.{os.getpid()}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        return Answer("ok", {"file": name})
