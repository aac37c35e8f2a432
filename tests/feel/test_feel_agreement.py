"""The compiler and the interpreter are two readings of one standard: they must agree on composed expressions."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from feel_generator import ALL_NAMES, Generator, frame

from amtsweg.dsl.dmn.text import Writer
from amtsweg.dsl.feel import compiler, parser
from amtsweg.dsl.feel import tree as t
from amtsweg.dsl.feel.interpreter import evaluate
from amtsweg.dsl.feel.operators import FeelError, operators
from amtsweg.dsl.feel.values import Function

FRAMES = 2


def outcome(run: Any) -> Any:
    """The value, or the failure with its code and place."""
    try:
        return plain(run())
    except FeelError as error:
        return ("error", error.code, getattr(error, "start", None), getattr(error, "end", None))


def plain(value: Any) -> Any:
    """A value as something that compares kinds too: True is not 1."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Function):
        return ("function", value.params)
    return (type(value).__name__, str(value))


class GaveUp(Exception):
    """The compiled code asked the interpreter."""


def compiled_alone(node: t.Node, mode: str) -> Any:
    """The compiled code without the interpreter behind it; None where the compiler leaves all to the interpreter."""

    def slow(frame: Any, env: Any) -> Any:
        raise GaveUp

    try:
        return compiler._Compile(node, operators(mode), slow).function()
    except compiler._TooRare:
        return None


def hold(seed: int) -> tuple[int, int]:
    """Hold one expression in both modes; gives (evaluations by compiled code, strict failures)."""
    text = Generator(seed).expression(1 + seed % 5)
    node = parser.parse(text, ALL_NAMES)
    alone = failures = 0
    for mode in ("spec", "strict"):
        ops = operators(mode)
        run, bare = compiler.compile_tree(node, mode), compiled_alone(node, mode)
        for number in range(FRAMES):
            values = frame(Random(seed * FRAMES + number))
            walked = outcome(lambda values=values, ops=ops: evaluate(node, values, None, ops))
            assert outcome(lambda values=values, run=run: run(values, None)) == walked, (mode, text, values)
            failed = isinstance(walked, tuple) and walked[0] == "error"
            failures += failed
            if bare is not None:
                try:
                    assert plain(bare(values, None)) == walked, (mode, text, values)
                    alone += 1
                except GaveUp:
                    assert failed, ("gave up where nothing is wrong", mode, text, values)
    return alone, failures


def run_seeds(seeds: range) -> None:
    alone = failures = 0
    for seed in seeds:
        found = hold(seed)
        alone, failures = alone + found[0], failures + found[1]
    assert alone > len(seeds), "most evaluations run compiled code"
    assert failures > len(seeds) // 50, "undefined operations occur among the expressions"


def test_compiler_and_interpreter_agree_on_two_thousand_composed_expressions_in_both_modes() -> None:
    run_seeds(range(2000))


@pytest.mark.soak
def test_compiler_and_interpreter_agree_on_a_hundred_thousand_composed_expressions() -> None:
    run_seeds(range(2000, 102_000))


def bare_tree(node: t.Node) -> Any:
    """A tree without its places."""

    def strip(data: Any) -> Any:
        if isinstance(data, dict):
            return {"n": strip(data["n"])}
        if isinstance(data, list):
            rest = data[3:] if data and isinstance(data[0], str) and data[0] in t.KINDS and len(data) > 2 else None
            return [data[0], *map(strip, rest)] if rest is not None else [strip(item) for item in data]
        return data

    return strip(t.to_data(node))


def test_an_expression_written_with_the_fewest_brackets_is_read_as_the_same_tree() -> None:
    for seed in range(3000, 4500):
        node = parser.parse(Generator(seed).expression(1 + seed % 5), ALL_NAMES)
        written = f"({Writer().write(node)})"
        assert bare_tree(parser.parse(written, ALL_NAMES)) == bare_tree(node), written


def test_a_tree_survives_its_form_as_plain_data() -> None:
    for seed in range(500):
        node = parser.parse(Generator(seed).expression(4), ALL_NAMES)
        assert t.from_data(t.to_data(node)) == node
