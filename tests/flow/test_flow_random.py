"""Random structured flows (stages, parallels with every join and rest, loops, events): all of them are sound.

What a designer can write with these means can always be walked to its end, and never is a place marked twice. The
generator knows nothing of nets: it writes a procedure, as text, and the checker's own walk judges it.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml
from flow_workshop import load
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from amtsweg.dsl.check.soundness import prove

RESTS = ("cancel", "ignore", "wait")


@dataclass
class Writer:
    """Draws steps and gives them names."""

    draw: st.DrawFn
    budget: int
    count: int = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def sequence(self, depth: int, last: str) -> dict[str, object]:
        """Some steps one after the other; the last goes to `last`, some go back to one before."""
        length = self.draw(st.integers(1, 3 if depth == 0 else 2))
        kinds = [self.draw(st.sampled_from(["task", "task", "parallel", "lock"])) for _ in range(length)]
        ids = [self.name(kind[0]) for kind in kinds]
        steps: dict[str, object] = {}
        for index, (step, kind) in enumerate(zip(ids, kinds, strict=True)):
            following = ids[index + 1] if index + 1 < length else last
            if kind == "parallel" and depth < 2 and self.budget > 2:
                steps[step] = self.parallel(depth, following)
            else:
                steps[step] = self.task(following, ids[: index + 1], kind == "lock")
        return steps

    def task(self, following: str, before: list[str], locked: bool) -> dict[str, object]:
        self.budget -= 1
        step: dict[str, object] = {"task": "Tun", "by": "amt"}
        shape = self.draw(st.sampled_from(["next", "next", "back", "timer", "end"]))
        if shape == "back":
            step["outcomes"] = {"weiter": following, "zurueck": self.draw(st.sampled_from(before))}
        elif shape == "end":
            step["outcomes"] = {"weiter": following, "schluss": "end refused"}
        else:
            step["next"] = following
        if shape == "timer":
            step["after"] = {"2 weeks": self.draw(st.sampled_from([*before, following]))}
        if locked:
            step["lock"] = self.draw(st.sampled_from(["eins", "zwei"]))
        return step

    def parallel(self, depth: int, following: str) -> dict[str, object]:
        number = self.draw(st.integers(2, 3))
        branches: dict[str, object] = {}
        for _ in range(number):
            branch: dict[str, object] = {"steps": self.sequence(depth + 1, "done")}
            if self.draw(st.integers(0, 3)) == 0:
                branch["when"] = "f.ja"
            if self.draw(st.integers(0, 4)) == 0:
                branch["events"] = {self.name("e"): {"title": "Fort", "by": "amt", "next": "done"}}
            branches[self.name("z")] = branch
        step: dict[str, object] = {"parallel": branches, "next": following}
        step["join"] = self.draw(st.sampled_from(["all", "any", str(number), "2", "when anfang.visits > 0"]))
        step["rest"] = self.draw(st.sampled_from(RESTS))
        return step


@st.composite
def procedures(draw: st.DrawFn) -> str:
    """The text of a procedure: a sequence, part of which stands in a stage (or a stage in a stage)."""
    writer = Writer(draw, budget=draw(st.integers(2, 8)))
    flow: dict[str, object] = {"anfang": {"task": "Anfang", "form": "f", "by": "amt", "next": ""}}
    steps = writer.sequence(0, "fertig")
    flow["anfang"]["next"] = next(iter(steps))  # type: ignore[index]  # a step is a map
    flow |= steps
    flow["fertig"] = {"end": "settled", "rest": "wait"} if draw(st.booleans()) else {"end": "settled"}
    form = {"title": "F", "fields": {"ja": {"title": "Ja", "type": "yes_no"}}}
    whole: dict[str, object] = {"forms": {"f": form}, "flow": flow}
    inner = list(steps)
    if draw(st.booleans()):
        size = draw(st.integers(1, len(inner)))
        stage: dict[str, object] = {"title": "S", "steps": inner[:size]}
        target = draw(st.sampled_from([*inner, "fertig"]))
        stage["events"] = {"abbruch": {"title": "Abbruch", "by": "amt", "next": target}}
        if size > 1 and draw(st.booleans()):
            stage["steps"] = inner[1:size]
            stage["stages"] = {"t": {"title": "T", "steps": inner[:1], "after": {"1 year": "fertig"}}}
        whole["stages"] = {"s": stage}
    if draw(st.integers(0, 3)) == 0:
        target = draw(st.sampled_from(["end withdrawn", *inner]))
        whole["events"] = {"weg": {"title": "Weg", "by": "amt", "next": target}}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=10_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(procedures())
def test_every_structured_flow_is_sound(text: str) -> None:
    """No double token, no marking without a way to the end, nothing that is never reached."""
    one = load(text)
    assert one.draft is not None
    told = [found for found in one.diagnostics if found.severity == "error" and found.code != "AW210"]
    assert not told, [(found.code, found.headline.en) for found in told]
    proof = prove(one.draft, one.draft.flows[""], cap=5_000, seconds=3)
    assume(not proof.undecided)
    assert not proof.unsafe, proof.unsafe
    assert not proof.stuck, proof.stuck
    assert not proof.waiting, proof.waiting
    assert not proof.loops, proof.loops
    assert not proof.dead_steps, proof.dead_steps
