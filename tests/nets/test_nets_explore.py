"""The explorer: breadth first, honest about its cap."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from amtsweg.dsl.nets.explore import explore


def knight(state: int) -> Iterator[tuple[str, int]]:
    """Numbers below 50: add one, or double."""
    if state + 1 < 50:
        yield "+1", state + 1
    if state * 2 < 50:
        yield "*2", state * 2


def test_the_path_to_a_state_is_a_shortest_one() -> None:
    graph = explore(1, knight, 1000)
    assert graph.complete
    at = graph.states.index(12)
    assert graph.path(at) == ("+1", "+1", "*2", "*2")
    assert graph.trail(at) == (1, 2, 3, 6, 12)


def test_a_cap_that_is_hit_is_said() -> None:
    graph = explore(1, knight, 10)
    assert graph.stopped == "states"
    assert len(graph.states) == 10
    assert graph.expanded < 10


def test_a_stop_ends_the_walk_at_that_state() -> None:
    graph = explore(1, knight, 1000, stop=lambda state: state == 12)
    assert graph.stopped == "stop"
    assert graph.states[-1] == 12
    assert graph.path(len(graph.states) - 1) == ("+1", "+1", "*2", "*2")


def test_no_time_at_all_leaves_a_long_walk_unfinished() -> None:
    graph = explore(0, lambda n: [("+1", n + 1)] if n < 5000 else [], 10_000, seconds=0.0)
    assert graph.stopped == "seconds"
    assert not graph.complete


def test_only_moves_that_count_lead_to_a_goal() -> None:
    graph = explore(1, knight, 1000)
    numbers = {graph.states[at] for at in graph.reaching(lambda state: state == 48, lambda move: move == "*2")}
    assert numbers == {3, 6, 12, 24, 48}
    assert len(graph.reaching(lambda state: state == 48)) == 48
    assert graph.labels() == {"+1", "*2"}


def test_a_cap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        explore(1, knight, 0)
