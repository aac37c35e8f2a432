"""Verdicts: the law is that a search without any cleverness says the same, and that every trace can be walked."""

from __future__ import annotations

import random
from collections import deque

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amtsweg.dsl.nets.net import Net, Workflow, make_net, workflow
from amtsweg.dsl.nets.reduce import reduce
from amtsweg.dsl.nets.search import search
from amtsweg.dsl.nets.soundness import Verdict, check, replay

Marking = tuple[int, ...]


def naive(flow: Workflow, cap: int = 4000) -> tuple[str, dict[str, int]]:
    """Sound, unsound or undecided, by dictionaries and nothing else; and the least depth of each kind of failure."""
    net = flow.net
    start = [0] * len(net.places)
    for p, n in flow.start:
        start[p] = n
    first = tuple(start)
    parents: dict[Marking, Marking | None] = {first: None}
    depth = {first: 0}
    arrows: dict[Marking, list[Marking]] = {}
    fired: set[int] = set()
    work = deque([first])
    ends = set(flow.ends)

    def final(m: Marking) -> bool:
        return any(m) and all(n == 0 or (p in ends and n == 1) for p, n in enumerate(m))

    while work:
        m = work.popleft()
        arrows[m] = []
        for t in range(len(net.transitions)):
            if all(m[p] >= w for p, w in net.pre[t]):
                after = list(m)
                for p, w in net.pre[t]:
                    after[p] -= w
                for p, w in net.post[t]:
                    after[p] += w
                fired.add(t)
                new = tuple(after)
                arrows[m].append(new)
                if new not in depth:
                    depth[new] = depth[m] + 1
                    parents[new] = m
                    back: Marking | None = m
                    while back is not None:
                        if back != new and all(a <= b for a, b in zip(back, new, strict=True)):
                            return "unsound", {"unbounded": depth[new]}
                        back = parents[back]
                    work.append(new)
                    if len(depth) > cap:
                        return "undecided", {}
    good = {m for m in depth if final(m)}
    changed = True
    while changed:
        changed = False
        for m, nexts in arrows.items():
            if m not in good and any(n in good for n in nexts):
                good.add(m)
                changed = True
    failures: dict[str, int] = {}
    for m, d in depth.items():
        marked = [p for p in ends if m[p]]
        if any(m[p] > 1 for p in marked) or (len(ends) == 1 and marked and sum(m) > 1):
            failures["proper completion"] = min(d, failures.get("proper completion", d))
        if m not in good:
            failures["option to complete"] = min(d, failures.get("option to complete", d))
    if len(fired) < len(net.transitions):
        failures["dead transition"] = 0
    return ("unsound" if failures else "sound"), failures


def confirm(flow: Workflow, verdict: Verdict) -> None:
    """The trace can be walked on the original net and ends where the verdict says."""
    reached = replay(flow, verdict.steps)
    assert reached is not None
    ends = set(flow.ends)
    if verdict.property == "proper completion":
        marked = [n for p, n in reached if p in ends]
        assert marked
        assert max(marked) > 1 or (len(ends) == 1 and len(reached) > 1)
    elif verdict.property == "unbounded":
        assert verdict.pumped > 0
        before = replay(flow, verdict.steps[: -verdict.pumped])
        assert before is not None
        assert before != reached
        more = dict(reached)
        assert all(more.get(p, 0) >= n for p, n in before)
    elif verdict.property == "option to complete":
        answer, failures = naive(Workflow(flow.net, reached, flow.ends), 20_000)
        assert answer == "unsound"
        assert failures.get("option to complete") == 0 or "unbounded" in failures
    else:
        assert verdict.property == "dead transition"
        space = search(flow, 100_000, float("inf"), partial=False)
        assert set(verdict.dead) <= {flow.net.transitions[t] for t in space.dead}


def scribble(seed: int) -> Net:
    """A small net: half the time blocks inside blocks with a few arcs changed, else arcs at random."""
    rng = random.Random(seed)
    transitions: list[tuple[str, dict[str, int], dict[str, int]]] = []
    places = ["i", "o"]

    def place() -> str:
        places.append(f"p{len(places)}")
        return places[-1]

    def step(before: list[str], after: list[str]) -> None:
        transitions.append((f"t{len(transitions)}", dict.fromkeys(before, 1), dict.fromkeys(after, 1)))

    def block(a: str, b: str, depth: int) -> None:
        kind = rng.choice("ssaxxlj") if depth else "t"
        if kind == "t":
            step([a], [b])
        elif kind == "s":
            middle = place()
            block(a, middle, depth - 1)
            block(middle, b, depth - 1)
        elif kind == "x":
            for _ in range(2):
                block(a, b, depth - 1)
        elif kind == "l":
            middle = place()
            block(a, middle, depth - 1)
            block(middle, a, 0)
            block(middle, b, depth - 1)
        elif kind == "j" and rng.random() < 0.3:
            step([a], [place()])
            block(a, b, depth - 1)
        else:
            pairs = [(place(), place()) for _ in range(2)]
            step([a], [p for p, _ in pairs])
            for p, q in pairs:
                block(p, q, depth - 1)
            step([q for _, q in pairs], [b])

    if rng.random() < 0.6:
        block("i", "o", rng.randint(1, 3))
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            _, before, after = rng.choice(transitions)
            side = rng.choice((before, after))
            if rng.random() < 0.4 and len(side) > 1:
                side.pop(rng.choice(list(side)))
            else:
                side[rng.choice(places[2:] or places)] = 1 if rng.random() < 0.9 else 2
    else:
        for _ in range(rng.randint(1, 5)):
            place()
        for _ in range(rng.randint(1, 6)):
            before = rng.sample([p for p in places if p != "o"], rng.randint(1, 2))
            after = rng.sample([p for p in places if p != "i"], rng.randint(0 if rng.random() < 0.1 else 1, 2))
            step(before, after)
        for _, before, after in transitions:
            if rng.random() < 0.1:
                rng.choice((before, after))[rng.choice(places)] = rng.choice((1, 2))
    return make_net(places, transitions, {"i": rng.choice((1, 1, 1, 1, 2))})


@settings(max_examples=1500, deadline=None)
@given(st.integers(0, 10**9))
def test_a_search_without_cleverness_gives_the_same_verdict_and_every_trace_can_be_walked(seed: int) -> None:
    net = scribble(seed)
    flow, _ = workflow(net)
    if not isinstance(flow, Workflow):
        assert check(net).verdict == "undecided"
        return
    expected, failures = naive(flow)
    verdict = check(net)
    if expected == "undecided":
        return
    assert verdict.verdict == expected
    if expected == "unsound":
        confirm(flow, verdict)
        if "unbounded" not in failures and verdict.property == "proper completion":
            assert len(verdict.steps) == failures["proper completion"]


@settings(max_examples=800, deadline=None)
@given(st.integers(0, 10**9))
@example(205)  # two ends that are twins
def test_reduced_and_partial_searches_alone_agree_and_their_lifted_traces_can_be_walked(seed: int) -> None:
    flow, _ = workflow(scribble(seed))
    if not isinstance(flow, Workflow) or not all(flow.net.pre) or not all(flow.net.post):
        return
    full = search(flow, 5000, float("inf"), partial=False)
    if full.stopped:
        return
    small = reduce(flow)
    for candidate, lift in ((flow, None), (small.flow, small)):
        for partial in (False, True):
            found = search(candidate, 5000, float("inf"), partial=partial)
            assert found.stopped is None
            assert (found.failing is None) == (full.failing is None)
            if found.failing is None:
                continue
            steps = found.trace if lift is None else lift.lift(found.trace)
            assert steps is not None
            prefix = found.trace[: len(found.trace) - found.pumped]
            told = prefix if lift is None else lift.lift(prefix)
            assert told is not None
            names = flow.net.transitions
            dead = found.dead if lift is None else tuple(lift.speaks[t] for t in found.dead)
            confirm(
                flow,
                Verdict(
                    "unsound",
                    found.failing,
                    (),
                    steps,
                    len(steps) - len(told),
                    tuple(names[t] for t in dead),
                    False,
                    0,
                    0.0,
                    (),
                ),
            )


def branches(count: int, length: int, joined: bool = True) -> Net:
    """A parallel block; without `joined` the join waits for the last branch twice."""
    places, transitions = ["i", "o"], []
    for b in range(count):
        places += [f"b{b}.{k}" for k in range(length + 1)]
        transitions += [(f"t{b}.{k}", [f"b{b}.{k}"], [f"b{b}.{k + 1}"]) for k in range(length)]
    last = [f"b{b}.{length}" for b in range(count)]
    transitions += [
        ("split", ["i"], [f"b{b}.0" for b in range(count)]),
        ("join", {p: 1 if joined or p != last[-1] else 2 for p in last}, ["o"]),
    ]
    return make_net(places, transitions)


def test_a_block_of_twelve_branches_is_proven_without_walking_its_sixteen_million_states() -> None:
    verdict = check(branches(12, 3))
    assert verdict.verdict == "sound"
    assert verdict.states <= 3


def test_a_large_unsound_block_tells_a_trace_that_can_be_walked_and_says_it_may_not_be_shortest() -> None:
    net = branches(12, 3, joined=False)
    flow, _ = workflow(net)
    assert isinstance(flow, Workflow)
    verdict = check(net)
    assert verdict.verdict == "unsound"
    assert not verdict.shortest
    assert any("shortest" in note for note in verdict.notes)
    assert replay(flow, verdict.steps) is not None


@pytest.mark.parametrize(
    ("transitions", "failing", "trace"),
    [
        ([("a", ["i"], ["o"])], None, ()),
        ([("a", ["i"], ["p"]), ("b", ["i"], ["q"]), ("c", ["p", "q"], ["o"])], "option to complete", ("a",)),
        ([("a", ["i"], ["p", "q"]), ("b", ["p"], ["o"]), ("c", ["q"], ["o"])], "proper completion", ("a", "b")),
        ([("a", ["i"], ["p"]), ("b", ["p"], ["p", "q"]), ("c", ["p", "q"], ["o"])], "unbounded", ("a", "b")),
        ([("a", ["i"], ["p"]), ("b", ["p"], ["o"]), ("c", ["p", "q"], ["o"]), ("d", ["p", "q"], ["q", "o"])],
         "dead transition", ()),
        ([("a", ["i"], ["p"]), ("b", ["p"], ["q"]), ("c", ["q"], ["p"]), ("d", ["i"], ["o"])],
         "option to complete", ("a",)),
    ],
)  # fmt: skip
def test_each_property_has_its_name_and_its_shortest_trace(
    transitions: list[tuple[str, list[str], list[str]]], failing: str | None, trace: tuple[str, ...]
) -> None:
    places = sorted({p for _, before, after in transitions for p in (*before, *after)})
    verdict = check(make_net(places, transitions, {"i": 1}))
    assert verdict.property == failing
    assert verdict.trace == trace
    assert verdict.verdict == ("sound" if failing is None else "unsound")


def test_several_ends_are_finished_together_but_none_twice() -> None:
    both = make_net(["i", "a", "b"], [("split", ["i"], ["a", "b"])])
    assert check(both).verdict == "sound"
    twice = make_net(["i", "p", "a", "b"], [("s", ["i"], ["p", "a"]), ("x", ["p"], ["a"]), ("y", ["p"], ["b"])])
    assert check(twice).property == "proper completion"


def test_a_cap_that_is_hit_is_told_and_never_called_sound() -> None:
    net = make_net(
        ["i", "o", "a", "b", "c", "d"],
        [("s", ["i"], ["a", "b"]), ("x", ["a", "b"], ["c", "d"]), ("y", ["c", "d"], ["a", "b"]),
         ("j", ["c", "b"], ["o"]), ("k", ["a", "b"], ["o"]), ("l", ["c", "d"], ["o"])],
    )  # fmt: skip
    verdict = check(net, cap_states=1)
    assert verdict.verdict == "undecided"
    assert any("more than 1 markings" in note for note in verdict.notes)


def test_a_net_with_two_beginnings_is_refused_in_words() -> None:
    verdict = check(make_net(["i", "j", "o"], [("a", ["i"], ["o"]), ("b", ["j"], ["o"])]))
    assert verdict.verdict == "undecided"
    assert verdict.notes[-1] == "not a workflow net: it has 2 beginnings (i, j) and no tokens"


def test_start_and_end_events_drawn_as_transitions_get_their_places() -> None:
    verdict = check(make_net(["p"], [("begin", [], ["p"]), ("finish", ["p"], [])]))
    assert verdict.verdict == "sound"
    assert any("start of begin" in note for note in verdict.notes)


def test_more_tokens_than_a_narrow_field_holds_are_counted_all_the_same() -> None:
    net = make_net(["i", "p", "o"], [("a", ["i"], {"p": 3000}), ("b", {"p": 3000}, ["o"])])
    assert check(net).verdict == "sound"
