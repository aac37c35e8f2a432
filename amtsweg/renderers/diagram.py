"""The flow as a picture: extracted once as nodes and edges, then drawn as Mermaid or SVG.

In: a compiled machine and, if wanted, the places where a case stands and the ways a test has gone. Out: text.
Nodes are the steps a designer wrote (not the net's places), coloured by who acts; edges are the ways on.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from amtsweg.dsl.endings import ENDINGS, ending
from amtsweg.dsl.periods import PeriodError, in_words, parse_period
from amtsweg.dsl.procedure import Flow, Machine, Transition
from amtsweg.renderers.layers import Layout, lay_out

KIND_SIGN = {
    "task": "👤", "service": "⚙", "letter": "✉", "pay": "€", "wait": "⏱", "branch": "◇", "notify": "✉", "set": "=",
    "parallel": "∥", "for_each": "≡", "use": "▣", "open_case": "↪", "book": "▦", "publish": "☍", "end": "●",
    "send": "➤", "fork": "⫷", "join": "⫸",
}  # fmt: skip

# Colours that keep 4.5:1 with the dark text on them, in the order in which roles appear.
ROLE_COLOURS = ("#dbeafe", "#dcfce7", "#fef3c7", "#fce7f3", "#ede9fe", "#cffafe", "#ffedd5", "#e2e8f0")
NEUTRAL, ENDED = "#f8fafc", "#e5e7eb"


@dataclass(frozen=True, slots=True)
class Node:
    """A step: id, caption, kind, who acts (role id and title), stage, whether it begins or ends the flow."""

    id: str
    title: str
    kind: str
    role: str = ""
    role_title: str = ""
    stage: str = ""
    starts: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A way on, with what people read along it; `late` ways are taken by time, `aside` ones begin a side branch."""

    source: str
    target: str
    label: str = ""
    late: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture before it is drawn."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    roles: tuple[tuple[str, str], ...]


def extract(machine: Machine) -> Graph:
    """The steps of a machine as nodes and its ways as edges, in written order."""
    nodes: dict[str, Node] = {}
    main = machine.flows.get("")
    starts = {main.places[place].step for place in main.start if place in main.places} if main is not None else set()
    for step in machine.steps.values():
        if step.kind == "event" or "/" in step.id or step.id.endswith(".check"):
            continue
        role = step.role.split(" ")[0] if step.role else ""
        title = machine.roles[role].title if role in machine.roles else role
        shown = step.title or step.id
        if step.kind == "end":
            shown = _end_name(machine, step.id) or shown
        nodes[step.id] = Node(
            step.id, shown, step.kind, role, title, step.stage,
            starts=step.flow == "" and step.id in starts,
            ends=step.kind == "end",
        )  # fmt: skip
    edges: dict[tuple[str, str, str], Edge] = {}
    added: set[tuple[str, str, str]] = set()
    for flow in machine.flows.values():
        for place in flow.places.values():
            if place.kind == "end" and place.step not in nodes:
                nodes[place.step] = Node(place.step, _end_title(place.title), "end", ends=True)
        for transition in flow.transitions:
            for edge in _edges(machine, flow, transition, nodes):
                key = (edge.source, edge.target, edge.label)
                if key not in edges and not transition.own:
                    added.add(key)  # made by the compiler: drawn only where no way of the designer leads there
                edges.setdefault(key, edge)
    said = {key[:2] for key in edges if key not in added}
    edges = {key: edge for key, edge in edges.items() if key not in added or key[:2] not in said}
    roles = tuple(dict.fromkeys((n.role, n.role_title) for n in nodes.values() if n.role))
    return Graph(machine.title, tuple(nodes.values()), tuple(edges.values()), roles)


def _edges(machine: Machine, flow: Flow, transition: Transition, nodes: dict[str, Node]) -> Iterable[Edge]:
    source = _visible(transition.step, nodes)
    if not source and transition.step in machine.stages:
        members = [name for name in machine.stages[transition.step].steps if name in nodes]
        source = members[0] if members else ""
    late = transition.cause.kind == "due"
    if transition.spawn:
        for place in machine.flows[transition.spawn].start:
            target = _visible(machine.flows[transition.spawn].places[place].step, nodes)
            if source and target and source != target:
                yield Edge(source, target, _label(flow, transition), late, aside=True)
        return
    runs = flow.places[transition.put[0]].runs if len(transition.put) == 1 else None
    for place in transition.put:
        runs = runs or flow.places[place].runs
        target = _visible(flow.places[place].step, nodes)
        if not target or not source:
            continue
        if target == source and not (transition.own and _is_loop(flow, transition)):
            continue
        of_stage = transition.step in machine.stages
        yield Edge(source, target, _label(flow, transition), late or of_stage)
    if runs is not None and runs.flow in machine.flows:
        for place in machine.flows[runs.flow].start:
            target = _visible(machine.flows[runs.flow].places[place].step, nodes)
            if source and target and source != target:
                yield Edge(source, target, "je Element", aside=True)


def _is_loop(flow: Flow, transition: Transition) -> bool:
    return transition.cause.kind in ("outcome", "heard") and bool(set(transition.put) & set(transition.clear))


def _visible(step: str, nodes: dict[str, Node]) -> str:
    """The step that is drawn for a step of a block or a release task: the one around it."""
    name = step
    while name and name not in nodes:
        if name.endswith(".check"):
            name = name.removesuffix(".check")
        elif "/" in name:
            name = name.rpartition("/")[0]
        else:
            return ""
    return name


def _label(flow: Flow, transition: Transition) -> str:
    cause = transition.cause
    where = flow.places.get(cause.place)
    if cause.kind == "outcome" and where is not None and where.task is not None:
        if len(where.task.outcomes) == 1 and cause.name == "done":
            return ""
        return next((o.title for o in where.task.outcomes if o.id == cause.name), cause.name)
    if cause.kind == "heard" and where is not None:
        return next((item.title or item.name for item in where.listens if item.name == cause.name), cause.name)
    if cause.kind == "due":
        return RESULTS.get(transition.way) or _after(transition.way.removeprefix("after "))
    if cause.kind in ("result", "failed") and cause.name not in ("ok", ""):
        return RESULTS.get(cause.name, cause.name)
    if transition.guard is not None and transition.own:
        return transition.guard.text
    if transition.way == "else":
        return "sonst"
    return ""


def _after(text: str) -> str:
    """`14 days` as people read it along a way: „nach 14 Tagen“; a formula stays as it is."""
    try:
        german = in_words(parse_period(text)).de
    except PeriodError:
        return text
    return f"nach {german}n" if german.endswith("e") else f"nach {german}"


RESULTS = {
    "paid": "bezahlt", "declined": "abgelehnt", "overdue": "überfällig", "error": "Fehler", "booked": "gebucht",
    "full": "ausgebucht", "expired": "verfallen", "deadline": "Frist ist um", "done": "",
}  # fmt: skip


def _end_name(machine: Machine, step: str) -> str:
    """What an end means, in German: the outcome of the ways that lead there."""
    for flow in machine.flows.values():
        for transition in flow.transitions:
            if transition.end and step in transition.put:
                return _end_title(transition.end)
    return ""


def _end_title(outcome: str) -> str:
    said = ending(outcome).de
    return said[:1].upper() + said[1:] if outcome in ENDINGS else said


# ------------------------------------------------------------------------------------------------------------- mermaid


def to_mermaid(graph: Graph, here: Iterable[str] = (), gone: Iterable[str] = ()) -> str:
    """The flow in Mermaid's flowchart language; `here` are the steps where a case stands, `gone` those it has done."""
    standing, passed = set(here), set(gone)
    lines = ["flowchart TD"]
    shapes = {"branch": ("{", "}"), "end": ("([", "])"), "wait": ("[/", "/]"), "use": ("[[", "]]")}
    for node in graph.nodes:
        left, right = shapes.get(node.kind, ("[", "]"))
        text = _mermaid_text(f"{KIND_SIGN.get(node.kind, '')} {node.title}".strip())
        role = f"<br/><small>{_mermaid_text(node.role_title)}</small>" if node.role_title else ""
        lines.append(f'  {_mermaid_id(node.id)}{left}"{text}{role}"{right}')
    for edge in graph.edges:
        arrow = "-.->" if edge.late or edge.aside else "-->"
        label = f'|"{_mermaid_text(edge.label)}"|' if edge.label else ""
        lines.append(f"  {_mermaid_id(edge.source)} {arrow}{label} {_mermaid_id(edge.target)}")
    for number, (role, _) in enumerate(graph.roles):
        members = ",".join(_mermaid_id(n.id) for n in graph.nodes if n.role == role)
        colour = ROLE_COLOURS[number % len(ROLE_COLOURS)]
        lines.append(f"  classDef r{number} fill:{colour},stroke:#475569,color:#0f172a")
        lines.append(f"  class {members} r{number}")
    for name, style, marked in (
        ("gone", "stroke:#15803d,stroke-width:2px", passed - standing),
        ("here", "stroke:#b91c1c,stroke-width:4px", standing),
    ):
        drawn = ",".join(_mermaid_id(n.id) for n in graph.nodes if n.id in marked)
        if drawn:
            lines += [f"  classDef {name} {style}", f"  class {drawn} {name}"]
    return "\n".join(lines) + "\n"


def _mermaid_id(name: str) -> str:
    return "s_" + re.sub(r"[^A-Za-z0-9_]", "_", name)


def _mermaid_text(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")


# ----------------------------------------------------------------------------------------------------------------- svg

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 216, 58, 56, 78, 32


def to_svg(graph: Graph, here: Iterable[str] = (), gone: Iterable[str] = ()) -> str:
    """The flow as an accessible SVG picture.

    States are coloured by role; `here` (where a case stands) has a thick red frame and says so to screen readers.
    """
    standing, passed = set(here), set(gone)
    layout = lay_out([n.id for n in graph.nodes], [(e.source, e.target) for e in graph.edges])
    width = max(layout.width * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN, 480)
    legend = 34 * ((len(graph.roles) + 2) // 3) + 20 if graph.roles else 0
    height = layout.height * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN + 40 + legend
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-labelledby="t d" font-family="\'Fira Sans\', \'Liberation Sans\', '
        f'Arial, sans-serif" font-size="13" lang="de">',
        f'<title id="t">Ablauf: {escape(graph.title)}</title>',
        f'<desc id="d">{escape(describe(graph, sorted(standing)))}</desc>',
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#334155"/></marker></defs>',
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
        f'<text x="{MARGIN}" y="{MARGIN + 4}" font-size="17" font-weight="600" fill="#0f172a">'
        f"{escape(graph.title)}</text>",
    ]
    labels: list[str] = []
    boxes = [(x, y, x + WIDTH, y + HEIGHT) for x, y in (_point(layout, node.id) for node in graph.nodes)]
    for edge, path in zip(graph.edges, layout.paths, strict=True):
        out.append(_draw_edge(edge, path, labels, boxes))
    colours = {role: ROLE_COLOURS[i % len(ROLE_COLOURS)] for i, (role, _) in enumerate(graph.roles)}
    for node in graph.nodes:
        out.append(_draw_node(node, layout, colours, node.id in standing, node.id in passed))
    out += labels
    top = layout.height * (HEIGHT + GAP_Y) - GAP_Y + MARGIN + 60
    for number, (role, title) in enumerate(graph.roles):
        x, y = MARGIN + (number % 3) * 230, top + (number // 3) * 34
        out.append(
            f'<g><rect x="{x}" y="{y}" width="18" height="18" rx="4" fill="{colours[role]}" stroke="#475569"/>'
            f'<text x="{x + 26}" y="{y + 14}" fill="#0f172a">{escape(title or role)}</text></g>'
        )
    out.append("</svg>")
    return "\n".join(out) + "\n"


def describe(graph: Graph, here: Iterable[str] = ()) -> str:
    """The picture in words, for those who do not see it."""
    titles = {node.id: node.title for node in graph.nodes}
    sentences = []
    for node in graph.nodes:
        ways = [e for e in graph.edges if e.source == node.id]
        if ways:
            targets = ", ".join(f"{e.label + ': ' if e.label else ''}{titles[e.target]}" for e in ways)
            sentences.append(f"{node.title} führt zu {targets}.")
    standing = [titles[name] for name in here if name in titles]
    if standing:
        sentences.append(f"Der Vorgang steht in: {', '.join(standing)}.")
    return " ".join(sentences)


def _point(layout: Layout, node: str) -> tuple[float, float]:
    column, row = layout.spots[node]
    return MARGIN + column * (WIDTH + GAP_X), MARGIN + 30 + row * (HEIGHT + GAP_Y)


def _draw_node(node: Node, layout: Layout, colours: dict[str, str], standing: bool, passed: bool) -> str:
    x, y = _point(layout, node.id)
    fill = ENDED if node.ends else colours.get(node.role, NEUTRAL)
    stroke, thick = ("#b91c1c", 4) if standing else ("#15803d", 2.5) if passed else ("#475569", 1.2)
    radius = 28 if node.ends else 8
    lines = _wrap(node.title, 26)
    has_role = bool(node.role_title)
    first = y + HEIGHT / 2 + 5 - (len(lines) - 1) * 8 - (7 if has_role else 0)
    said = f"{node.title}" + (f", {node.role_title}" if has_role else "") + (", hier steht der Vorgang" * standing)
    text = "".join(
        f'<text x="{x + WIDTH / 2:g}" y="{first + i * 16:g}" text-anchor="middle" fill="#0f172a">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    role = (
        f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT - 8:g}" text-anchor="middle" font-size="11" '
        f'fill="#334155">{escape(_wrap(node.role_title, 32)[0])}</text>'
        if has_role
        else ""
    )
    sign = KIND_SIGN.get(node.kind, "")
    mark = (
        f'<text x="{x + 9}" y="{y + 17}" font-size="12" fill="#475569" aria-hidden="true">{sign}</text>'
        if sign and node.kind not in ("task", "end")
        else ""
    )
    return (
        f'<g data-step="{escape(node.id)}"><title>{escape(said)}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="{radius}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="{thick}"/>{mark}{text}{role}</g>'
    )


Box = tuple[float, float, float, float]
ALONG = (0.5, 0.35, 0.65, 0.22, 0.78, 0.9)
"""Where on its first stretch a way may carry its label, the best first."""


def _draw_edge(edge: Edge, path: list[tuple[float, float]], labels: list[str], boxes: list[Box]) -> str:
    """A way as a smooth line: down from the bottom of a step to the top of the next, back up beside the ways down.

    Its label goes where it covers neither a step nor another label (`boxes`), if there is such a place.
    """
    up = path[-1][1] < path[0][1]
    points = []
    for number, (column, row) in enumerate(path):
        x = MARGIN + column * (WIDTH + GAP_X) + WIDTH / 2
        y = MARGIN + 30 + row * (HEIGHT + GAP_Y)
        if number == 0:
            y += 0 if up else HEIGHT
        elif number < len(path) - 1:
            y += HEIGHT / 2
        elif up:
            y += HEIGHT
        if up and number in (0, len(path) - 1):
            x += WIDTH * 0.32
        points.append((x, y))
    dash = ' stroke-dasharray="5 4"' if edge.late or edge.aside else ""
    if path[-1][1] == path[0][1]:
        (x1, y1), (x2, y2) = points[0], points[-1]
        side = max(x1, x2) + WIDTH / 2 + 26
        y1, y2 = y1 - HEIGHT / 3, y2 + HEIGHT / 3
        d = (
            f"M{x1 + WIDTH / 2:g} {y1:g}C{side:g} {y1:g} {side:g} {y1:g} {side:g} {(y1 + y2) / 2:g}"
            f"S{side:g} {y2:g} {x2 + WIDTH / 2:g} {y2:g}"
        )
        spots = [(side, (y1 + y2) / 2)]
    else:
        d = f"M{points[0][0]:g} {points[0][1]:g}"
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            middle = (y1 + y2) / 2
            d += f"C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {y2:g}"
        (x1, y1), (x2, y2) = points[0], points[1]
        spots = [_on_curve(x1, y1, x2, y2, t) for t in ALONG]
    if edge.label:
        labels.append(_draw_label(_wrap(edge.label, 26)[:2], spots, boxes))
    return f'<path d="{d}" fill="none" stroke="#334155" stroke-width="1.3" marker-end="url(#a)"{dash}/>'


def _on_curve(x1: float, y1: float, x2: float, y2: float, t: float) -> tuple[float, float]:
    """The point at `t` (0 to 1) of the line from one point down (or up) to the other."""
    first, second = 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t)
    start, end, middle = (1 - t) ** 3, t**3, (y1 + y2) / 2
    return (start + first) * x1 + (second + end) * x2, start * y1 + (first + second) * middle + end * y2


def _draw_label(lines: list[str], spots: list[tuple[float, float]], boxes: list[Box]) -> str:
    wide, tall = max(len(line) for line in lines) * 6.1 + 8, 13 * len(lines) + 3

    def box(spot: tuple[float, float]) -> Box:
        x = max(spot[0], wide / 2 + 4)
        return x - wide / 2, spot[1] - tall / 2, x + wide / 2, spot[1] + tall / 2

    found = next((b for b in map(box, spots) if not any(_overlap(b, other) for other in boxes)), box(spots[0]))
    boxes.append(found)
    left, top, right, _ = found
    return f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{tall:g}" rx="3" fill="#fff" opacity=".92"/>' + (
        "".join(
            f'<text x="{(left + right) / 2:g}" y="{top + 11 + i * 13:g}" text-anchor="middle" font-size="11" '
            f'fill="#334155">{escape(line)}</text>'
            for i, line in enumerate(lines)
        )
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _wrap(text: str, width: int) -> list[str]:
    """Break a caption into at most two lines; what is longer is cut with an ellipsis."""
    words, lines = text.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 <= width or not lines[-1]:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], lines[1][: width - 1] + "…"]
    return [line if len(line) <= width + 6 else line[: width + 5] + "…" for line in lines]
