"""The one door to Jinja: sandboxed, escaping, strict about what is undefined.

Templates are the project's own files; nothing a designer, citizen or clerk writes is ever read as a template. Holes in
letters are expressions of the language and arrive here as finished text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The environment of all frames."""
    made = ImmutableSandboxedEnvironment(
        loader=PackageLoader("amtsweg.renderers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["anchor"] = anchor
    return made


def anchor(path: str) -> str:
    """The id of a field's or group's element on a page: `hunde[2].name` is `f-hunde-2-name`."""
    return "f-" + path.replace(".", "-").replace("[", "-").replace("]", "")


def render(template: str, values: Mapping[str, Any]) -> str:
    """Fill one of the project's templates."""
    return environment().get_template(template).render(values)
