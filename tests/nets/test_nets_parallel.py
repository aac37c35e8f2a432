"""May-happen-in-parallel: exact when small, never too few pairs when large."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.dsl.nets.net import Workflow, make_net, workflow
from amtsweg.dsl.nets.parallel import parallel


def fork(count: int, length: int) -> Workflow:
    places, steps = ["i", "o"], []
    for b in range(count):
        places += [f"{b}.{k}" for k in range(length + 1)]
        steps += [(f"t{b}.{k}", [f"{b}.{k}"], [f"{b}.{k + 1}"]) for k in range(length)]
    steps.append(("split", ["i"], [f"{b}.0" for b in range(count)]))
    steps.append(("join", [f"{b}.{length}" for b in range(count)], ["o"]))
    flow, _ = workflow(make_net(places, steps))
    assert isinstance(flow, Workflow)
    return flow


def test_places_of_two_branches_are_together_and_places_of_one_are_not() -> None:
    flow = fork(2, 2)
    answer = parallel(flow)
    number = flow.net.places.index
    assert answer.exact
    assert answer.together(number("0.1"), number("1.2"))
    assert not answer.together(number("0.1"), number("0.2"))
    assert not answer.together(number("i"), number("0.0"))


def test_the_bound_is_exact_on_a_sound_free_choice_net() -> None:
    flow = fork(3, 2)
    bound = parallel(flow, cap_states=1)
    assert not bound.exact
    assert bound.pairs == parallel(flow).pairs


def test_a_block_too_large_to_walk_is_answered_all_the_same() -> None:
    flow = fork(12, 3)
    answer = parallel(flow, cap_states=500)
    assert not answer.exact
    assert len(answer.pairs) == 12 * 11 // 2 * 4 * 4


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_the_bound_never_misses_a_pair(seed: int) -> None:
    rng = random.Random(seed)
    places = [f"p{k}" for k in range(rng.randint(2, 6))]
    steps = []
    for k in range(rng.randint(1, 6)):
        before = {p: rng.choice((1, 1, 2)) for p in rng.sample(places, rng.randint(1, 2))}
        after = {p: rng.choice((1, 1, 2)) for p in rng.sample(places, rng.randint(1, 2))}
        steps.append((f"t{k}", before, after))
    net = make_net(places, steps, {places[0]: rng.randint(1, 2)})
    ends = tuple(p for p, users in enumerate(net.consumers()) if not users)
    flow = Workflow(net, net.tokens, ends)
    exact = parallel(flow, 2000)
    if exact.exact:
        assert exact.pairs <= parallel(flow, 1, 0.0).pairs
