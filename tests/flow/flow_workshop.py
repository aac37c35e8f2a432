"""Small procedures for the tests of the flow compiler: written as text, compiled, and looked up by name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from textwrap import dedent

from amtsweg.dsl.load import Loaded, load_folder
from amtsweg.dsl.procedure import Machine, Transition

HEAD = """\
procedure: probe
version: 1.0.0
title: Probe
office: amt
deadline_law: VwVfG
keep: {draft: 30 days, closed: 1 year}
roles:
  buergerin: {title: Bürgerin, party: applicant}
  amt: {title: Amt, office: amt}
"""


def load(text: str, **files: str) -> Loaded:
    """The procedure whose head is ours and whose rest is `text`; `files` are further files, `__` for `/`, `_dot_`."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "probe"
        folder.mkdir()
        (folder / "procedure.yaml").write_text(HEAD + dedent(text), "utf-8")
        for name, content in files.items():
            path = Path(place) / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(content), "utf-8")
        return load_folder(folder, library=(Path(place) / "blocks",))


def machine(text: str, **files: str) -> Machine:
    """The compiled machine; an error of the compiler fails the test with the findings."""
    one = load(text, **files)
    assert one.draft is not None
    errors = [f"{found.code} {found.headline.en}" for found in one.diagnostics if found.severity == "error"]
    assert not errors, errors
    return one.draft


def codes(text: str, **files: str) -> set[str]:
    """The codes of all errors and warnings."""
    return {found.code for found in load(text, **files).diagnostics if found.severity != "note"}


def way(of: Machine, name: str, flow: str = "") -> Transition:
    """The transition of that name."""
    return next(one for one in of.flows[flow].transitions if one.id == name)


def names(of: Machine, flow: str = "") -> set[str]:
    """The names of all transitions of a flow."""
    return {one.id for one in of.flows[flow].transitions}
