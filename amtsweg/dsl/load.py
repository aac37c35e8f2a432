"""A folder becomes a procedure: read, check the shape, compile, prove; all findings at once, sorted by place.

In: the path of a folder (or of its `procedure.yaml`), perhaps a `tenant.yaml`, and where building blocks are. Out:
`Loaded` with the machine (None while there are errors), the office, the cases and everything found. `load` is the door
for hosts: a `Procedure`, or `NotValid` with the findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from amtsweg.dsl import reader
from amtsweg.dsl.cases import CaseFile, read_cases
from amtsweg.dsl.check.registry import CHECKS, Check
from amtsweg.dsl.check.subject import Subject
from amtsweg.dsl.compile.files import Files
from amtsweg.dsl.compile.literals import read_value
from amtsweg.dsl.compile.texts import check_texts, read_texts, texts_of
from amtsweg.dsl.compile.whole import Compiled, compile_procedure
from amtsweg.dsl.diagnostics import Diagnostic, Label, Text
from amtsweg.dsl.procedure import DatedValue, Machine, Office, Parameter, Procedure
from amtsweg.dsl.renames import across
from amtsweg.dsl.shapecheck import check_shape
from amtsweg.dsl.source import Span
from amtsweg.dsl.tenant import TenantFile, merge, read_tenant, with_values
from amtsweg.dsl.yamltree import Mapping, Node, Scalar
from amtsweg.errors import NotFound, NotValid

LIBRARY = (Path(__file__).resolve().parent.parent / "procedures" / "blocks",)
"""The building blocks that come with the program."""

EXAMPLE_TOWN = Office(id="beispiel", name="Beispielstadt", land="HE")
"""Where a procedure runs that was loaded without a town: example values, no people."""


@dataclass(eq=False)
class Loaded:
    """Everything known of a folder.

    Parameters
    ----------
    machine: the compiled procedure; None while something keeps it from running.
    draft: what could be compiled, errors or not (for previews, drawings, editors).
    office: the town, or the example town.
    diagnostics: all findings, sorted by place.
    sources: every text that was read, by the name that findings use.
    cases: the designer's test cases.
    compiled: the compiler's view (scopes, types), for editors; None if the file could not be read.
    """

    path: Path
    machine: Machine | None
    draft: Machine | None
    office: Office
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, str]
    cases: CaseFile
    compiled: Compiled | None = None
    tree: Mapping | None = None

    @property
    def is_valid(self) -> bool:
        """Whether nothing keeps the procedure from running."""
        return self.machine is not None

    def procedure(self) -> Procedure:
        """The procedure in its office. Raises `NotValid` with all findings."""
        if self.machine is None:
            errors = sum(one.severity == "error" for one in self.diagnostics)
            raise NotValid(
                self.diagnostics,
                f"{self.path.name}: {errors} findings keep this procedure from running.",
                f"Run: amtsweg validate {self.path.name}",
            )
        return Procedure(self.machine, self.office)


def load(path: str | Path, tenant: str | Path | None = None, *, library: Sequence[str | Path] = ()) -> Procedure:
    """The procedure of a folder, ready to run.

    Parameters
    ----------
    path: the folder, or its `procedure.yaml`.
    tenant: a `tenant.yaml`; without one the parameters have their example values.
    library: further folders of building blocks.

    Raises `NotFound` where there is no procedure, `NotValid` (with all findings) where it must be mended first.
    """
    return load_folder(path, tenant, library=library).procedure()


def load_folder(
    path: str | Path,
    tenant: str | Path | None = None,
    *,
    library: Sequence[str | Path] = (),
    checks: Sequence[Check] | None = None,
) -> Loaded:
    """Read, compile and check a folder; never raises for what stands in its files."""
    folder = procedure_folder(path)
    files = Files(folder, (*(Path(one) for one in library), *LIBRARY))
    findings: list[Diagnostic] = []
    tree = _read(files.folder / "procedure.yaml", files.name("procedure.yaml"), "procedure", files, findings)
    town = _tenant(tenant, files, findings)
    cases = _cases(files, findings)
    if not isinstance(tree, Mapping):
        return _loaded(folder, None, None, EXAMPLE_TOWN, findings, files, cases, None, None)
    name = tree.get("procedure")
    procedure = name.text.strip() if isinstance(name, Scalar) else folder.name
    overlay = town.overlay(procedure) if town is not None else None
    if overlay is not None:
        merged, told = check_shape(merge(tree, overlay), "procedure")
        findings.extend(told)
        tree = merged if isinstance(merged, Mapping) else tree
    compiled = compile_procedure(tree, files)
    machine = _translated(compiled.machine, files, findings)
    office = _office(town, compiled, machine)
    findings.extend(compiled.context.diagnostics)
    if not any(one.severity == "error" for one in findings):
        subject = Subject(machine, office if town is not None else None, files.sources, cases)
        for check in CHECKS if checks is None else checks:
            findings.extend(check(subject))
    return _loaded(folder, machine, machine, office, findings, files, cases, compiled, tree)


def procedure_folder(path: str | Path) -> Path:
    """The folder of a procedure. Raises `NotFound` where there is none."""
    folder = Path(path).resolve()
    if folder.name == "procedure.yaml":
        folder = folder.parent
    if not folder.is_dir():
        raise NotFound(f"There is no folder {Path(path).name}.", "Name the folder that holds procedure.yaml.")
    if not (folder / "procedure.yaml").is_file():
        raise NotFound(f"The folder {folder.name} holds no procedure.yaml.", "Begin one with: amtsweg new NAME")
    return folder


def _loaded(
    folder: Path,
    machine: Machine | None,
    draft: Machine | None,
    office: Office,
    findings: list[Diagnostic],
    files: Files,
    cases: CaseFile,
    compiled: Compiled | None,
    tree: Mapping | None,
) -> Loaded:
    findings = across(findings, files.sources)
    # the procedure first, then its other files, in the order of places
    order = {name: number for number, name in enumerate(files.sources)}
    ordered = once_per_cause(
        sorted(dict.fromkeys(findings), key=lambda one: (order.get(one.span.file, len(order)), *one.sort_key))
    )
    failed = any(one.severity == "error" for one in ordered)
    runs = None if failed else machine
    return Loaded(folder, runs, draft, office, ordered, files.sources, cases, compiled, tree)


def once_per_cause(findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """A name missing in nine places is one finding with nine places; what two rooms say of one place is said once."""
    first: dict[tuple[str, str, str], int] = {}
    kept: list[Diagnostic] = []
    told: set[tuple[str, Span]] = set()
    for one in findings:
        if (one.code, one.span) in told:
            continue
        key = (one.code, one.headline.de, one.span.file)
        if one.code != "AW102" or key not in first:
            first.setdefault(key, len(kept))
            kept.append(one)
            told.add((one.code, one.span))
            continue
        known = kept[first[key]]
        kept[first[key]] = replace(known, related=(*known.related, Label(one.span, Text("auch hier", "here, too"))))
    return tuple(kept)


def _read(path: Path, name: str, kind: str, files: Files, findings: list[Diagnostic]) -> Node | None:
    read = reader.read_file(path, name)
    files.sources[name] = read.text
    findings.extend(read.diagnostics)
    if read.tree is None:
        return None
    tree, told = check_shape(read.tree, kind)
    findings.extend(told)
    return tree


def _tenant(tenant: str | Path | None, files: Files, findings: list[Diagnostic]) -> TenantFile | None:
    if tenant is None:
        return None
    path = Path(tenant).resolve()
    if path.is_dir():
        path = path / "tenant.yaml"
    if not path.is_file():
        raise NotFound(f"There is no file {path.name}.", "Name the tenant.yaml of a municipality.")
    name = f"{path.parent.name}/{path.name}"
    tree = _read(path, name, "tenant", files, findings)
    found, told = read_tenant(tree, name)
    findings.extend(told)
    return found


def _cases(files: Files, findings: list[Diagnostic]) -> CaseFile:
    path = files.folder / "cases.yaml"
    name = files.name("cases.yaml")
    if not path.is_file():
        return CaseFile(name)
    tree = _read(path, name, "cases", files, findings)
    found, told = read_cases(tree, name)
    findings.extend(told)
    return found


def _office(town: TenantFile | None, compiled: Compiled, machine: Machine) -> Office:
    if town is None:
        return example_town(machine)
    ctx = compiled.context

    def read(scalar: Scalar, parameter: Parameter) -> object | None:
        return read_value(ctx, scalar, parameter)

    office, findings = with_values(town, machine.id, dict(machine.parameters), read)
    for finding in findings:
        ctx.report(finding)
    return office


def example_town(machine: Machine) -> Office:
    """The example town with the example values of a procedure's parameters, valid from long ago."""
    values = {
        f"{machine.id}/{name}": (DatedValue("1900-01-01", parameter.example),)
        for name, parameter in machine.parameters.items()
        if parameter.example is not None
    }
    return replace(EXAMPLE_TOWN, values=values) if values else EXAMPLE_TOWN


def _translated(machine: Machine, files: Files, findings: list[Diagnostic]) -> Machine:
    """The machine with the texts of every `texts.<language>.yaml` of the folder."""
    texts: dict[str, dict[str, str]] = {}
    wanted = texts_of(machine)
    for language, file in files.translations():
        name = files.name(file)
        tree = _read(files.folder / file, name, "texts", files, findings)
        given = read_texts(tree)
        first = next(iter(tree.entries))[0] if isinstance(tree, Mapping) and tree.entries else None
        findings.extend(check_texts(language, given, wanted, first))
        texts[language] = {path: text for path, (text, _) in given.items()}
    return replace(machine, texts=texts) if texts else machine


def all_is_well(loaded: Loaded, language: str) -> str:
    """The sentence that says what was found to be in order (counts of steps, ways and test cases)."""
    machine = loaded.machine
    if machine is None:
        return ""
    steps = sum(step.kind not in ("event", "stage") and "/" not in step.id for step in machine.steps.values())
    ways = sum(one.own for flow in machine.flows.values() for one in flow.transitions)
    cases = len(loaded.cases.cases)
    german, english = (
        f"In Ordnung: {loaded.path.name}. {_count(steps, 'Schritt', 'Schritte')}, {_count(ways, 'Weg', 'Wege')}, "
        f"{_count(cases, 'Testfall', 'Testfälle')}. Jeder Vorgang kommt an ein Ende.",
        f"All is well: {loaded.path.name}. {_count(steps, 'step', 'steps')}, {_count(ways, 'way', 'ways')}, "
        f"{_count(cases, 'case', 'cases')}. Every case comes to an end.",
    )
    return german if language == "de" else english


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
