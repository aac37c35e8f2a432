"""Running a conformance suite in the published XML form of the DMN TCK (github.com/dmn-tck/tck, `TestCases/`).

In: a folder with any number of `*.dmn` and test files beside them. Out: a `Report`: each case with its nodes, and four
numbers: cases passed, value nodes passed, average over folders, and the strict oracle (which share of the nodes that
the suite marks as errors raise in strict mode, and how many others do). `passed` speaks of spec mode, `error_raised` of
strict mode. Numbers are equal within 10^-8, as the suite's own runner has it; everything else must be equal exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from amtsweg.dsl.dmn import values
from amtsweg.dsl.dmn.evaluate import Evaluator
from amtsweg.dsl.dmn.items import ANY, Shape
from amtsweg.dsl.dmn.library import open_library
from amtsweg.dsl.dmn.markup import XSI, MarkupError, Node, parse_file
from amtsweg.dsl.feel.env import Env
from amtsweg.errors import AmtswegError

Value = Any

NAMESPACE = "http://www.omg.org/spec/DMN/20160719/testcase"
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class NodeResult:
    """One asked value: expected and got as text, whether they are equal, and what strict mode did."""

    name: str
    expected: str
    got: str
    passed: bool
    error_expected: bool
    error_raised: bool
    message: str = ""

    def to_data(self) -> dict[str, Any]:
        """The published JSON form."""
        return {
            "name": self.name,
            "expected": self.expected,
            "got": self.got,
            "passed": self.passed,
            "error_expected": self.error_expected,
            "error_raised": self.error_raised,
        }


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One test case."""

    folder: str
    file: str
    id: str
    nodes: tuple[NodeResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every node passed."""
        return all(node.passed for node in self.nodes)

    def to_data(self) -> dict[str, Any]:
        """The published JSON form."""
        return {
            "folder": self.folder,
            "file": self.file,
            "id": self.id,
            "passed": self.passed,
            "nodes": [node.to_data() for node in self.nodes],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All cases of a suite and what they say together."""

    cases: tuple[CaseResult, ...] = field(default=())

    @property
    def nodes(self) -> tuple[NodeResult, ...]:
        """All asked values."""
        return tuple(node for case in self.cases for node in case.nodes)

    def folders(self) -> dict[str, tuple[int, int]]:
        """Cases passed and cases there are, by folder."""
        counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for case in self.cases:
            counted[case.folder][0] += case.passed
            counted[case.folder][1] += 1
        return {folder: (passed, total) for folder, (passed, total) in sorted(counted.items())}

    def summary(self) -> dict[str, Any]:
        """The four numbers, with what they are shares of; shares lie between 0 and 1, rounded to four places."""
        nodes = self.nodes
        errors = [node for node in nodes if node.error_expected]
        others = [node for node in nodes if not node.error_expected]
        folders = self.folders()
        shares = [passed / total for passed, total in folders.values()]
        return {
            "cases_passed": sum(case.passed for case in self.cases),
            "cases_total": len(self.cases),
            "value_nodes_passed": sum(node.passed for node in others),
            "value_nodes_total": len(others),
            "folder_average": round(sum(shares) / len(shares), 4) if shares else 0.0,
            "folders": len(folders),
            "strict_oracle": {
                "errors_raised": _share(sum(node.error_raised for node in errors), len(errors)),
                "error_nodes": len(errors),
                "false_alarms": _share(sum(node.error_raised for node in others), len(others)),
                "other_nodes": len(others),
            },
        }

    def to_data(self) -> dict[str, Any]:
        """The published JSON form."""
        return {"summary": self.summary(), "cases": [case.to_data() for case in self.cases]}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def run(folder: Path, env: Env | None = None, only: Callable[[str], bool] = lambda folder: True) -> Report:
    """Runs every test file under `folder`.

    Parameters
    ----------
    env: clock for `now()` and `today()`.
    only: which folders (by the name of the test file's own folder) are run.

    Raises `MarkupError` where there is no test file at all.
    """
    found: list[CaseResult] = []
    files = 0
    for file in sorted(folder.rglob("*.xml")):
        if not only(file.parent.name):
            continue
        try:
            root = parse_file(file, file.name)
        except MarkupError:
            continue
        if root.name == "testCases" and root.namespace == NAMESPACE:
            files += 1
            found.extend(_run_file(file, root, env))
    if not files:
        raise MarkupError(f"There is no test file under {folder}.", "Give the folder of a suite in the TCK's XML form.")
    return Report(tuple(found))


def _run_file(file: Path, root: Node, env: Env | None) -> Iterator[CaseResult]:
    named = root.first("modelName")
    path = file.parent / (named.text.strip() if named is not None and named.text.strip() else f"{file.parent.name}.dmn")
    try:
        library = open_library(path)
        spec, strict = Evaluator(library, "spec"), Evaluator(library, "strict")
    except AmtswegError as problem:
        for case in root.all("testCase"):
            yield _unread(file, case, str(problem))
        return
    for case in root.all("testCase"):
        yield _run_case(file, case, spec, strict, env)


def _unread(file: Path, case: Node, message: str) -> CaseResult:
    """The model itself could not be read: nothing passes."""
    nodes = tuple(
        NodeResult(node.get("name"), _expected_text(node), "", False, _is_error(node), True, message)
        for node in case.all("resultNode")
    )
    return CaseResult(file.parent.name, file.name, case.get("id"), nodes)


def _run_case(file: Path, case: Node, spec: Evaluator, strict: Evaluator, env: Env | None) -> CaseResult:
    inputs = {}
    for node in case.all("inputNode"):
        inputs[node.get("name")] = read_value(node, spec.declared_shape(node.get("name")))
    nodes = []
    for node in case.all("resultNode"):
        wanted = read_expected(node, spec.declared_shape(node.get("name")))
        got, failure = _attempt(case, node, spec, inputs, env)
        _, message = _attempt(case, node, strict, inputs, env)
        nodes.append(
            NodeResult(
                node.get("name"),
                values.show(wanted),
                failure or values.show(got),
                not failure and same(wanted, got),
                _is_error(node),
                bool(message),
                message or failure,
            )
        )
    return CaseResult(file.parent.name, file.name, case.get("id"), tuple(nodes))


def _attempt(
    case: Node, node: Node, evaluator: Evaluator, inputs: dict[str, Value], env: Env | None
) -> tuple[Value, str]:
    """The value, or what kept it from being computed. A mistake of ours fails its node, not the whole run."""
    try:
        return _ask(case, node, evaluator, inputs, env), ""
    except AmtswegError as problem:
        return None, str(problem) or type(problem).__name__
    except Exception as mistake:
        return None, f"!! {type(mistake).__name__}: {mistake}"


def _ask(case: Node, node: Node, evaluator: Evaluator, inputs: dict[str, Value], env: Env | None) -> Value:
    """The value of a result node, by the kind of the case (a node's own kind wins)."""
    name = node.get("name")
    namespace = node.get("namespace") or case.get("namespace")
    kind = node.get("type") or case.get("type", "decision")
    if case.get("type") == "decisionService" and case.get("invocableName"):
        answer = evaluator.service(case.get("invocableName"), inputs, env, namespace)
        if len(list(case.all("resultNode"))) > 1 and type(answer) is dict and name in answer:
            return answer[name]
        return answer
    if kind == "bkm":
        return evaluator.knowledge(case.get("invocableName") or name, inputs, env)
    if kind == "decisionService":
        return evaluator.service(name, inputs, env, namespace)
    return evaluator.decision(name, inputs, env, namespace)


def _is_error(node: Node) -> bool:
    return node.get("errorResult") in ("true", "1")


def read_expected(node: Node, shape: Shape = ANY) -> Value:
    """The value that a result node expects; without one it is null."""
    found = node.first("expected")
    return read_value(found, shape) if found is not None else None


def _expected_text(node: Node) -> str:
    return values.show(read_expected(node))


def read_value(node: Node, shape: Shape = ANY) -> Value:
    """A value in the suite's notation: `value`, `list` of `item`, or `component`s by name.

    Parameters
    ----------
    shape: the declared type of the value; it says how a text without an xsi:type is read.

    Raises `MarkupError` for a text that its type does not allow.
    """
    if node.foreign.get((XSI, "nil")) in ("true", "1"):
        return None
    single = node.first("value")
    if single is not None:
        return _read_single(single, shape)
    listed = node.first("list")
    if listed is not None:
        if listed.foreign.get((XSI, "nil")) in ("true", "1"):
            return None
        element = shape.core.element or ANY
        return [read_value(item, element) for item in listed.all("item")]
    parts = shape.core.components or {}
    components = {" ".join(one.get("name").split()): one for one in node.all("component")}
    return {name: read_value(one, parts.get(name, ANY)) for name, one in components.items()} or None


def _read_single(node: Node, shape: Shape) -> Value:
    if node.foreign.get((XSI, "nil")) in ("true", "1"):
        return None
    if (XSI, "type") not in node.foreign and not node.text:
        return None
    declared = values.XSD_NAMES.get(shape.core.base, "string")
    kind = node.foreign.get((XSI, "type"), declared).rpartition(":")[2]
    try:
        return values.from_xsd(kind, node.text)
    except ValueError as problem:
        raise MarkupError(f"`{node.text}` is no {kind}.", "Correct the test file.", node.place) from problem


def same(wanted: Value, got: Value) -> bool:
    """Whether two values are equal for the suite: numbers within 10^-8, structures part by part."""
    if isinstance(wanted, Decimal) and isinstance(got, Decimal):
        return wanted == got or abs(wanted - got) <= TOLERANCE
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(same(left, right) for left, right in zip(wanted, got, strict=True))
    if isinstance(wanted, dict) and isinstance(got, dict):
        return wanted.keys() == got.keys() and all(same(wanted[name], got[name]) for name in wanted)
    return type(wanted) is type(got) and bool(wanted == got)
