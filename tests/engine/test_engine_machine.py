"""The rules of SEMANTICS 1 to 4, one small machine each, through the pure core."""

from __future__ import annotations

from datetime import timedelta

import pytest
from engine_build import (
    ADA,
    BOSS,
    KAYA,
    LENZ,
    NOON,
    Field,
    FieldType,
    FlowMaker,
    Form,
    Group,
    JobSpec,
    ListenSpec,
    Need,
    Option,
    OptionList,
    RunsSpec,
    TimerSpec,
    Walk,
    Write,
    at,
    feel,
    machine,
    needs,
)

from amtsweg.engine.event import (
    SYSTEM,
    Actor,
    ChildEnded,
    Drop,
    Due,
    Failed,
    Grow,
    Message,
    Outcome,
    Result,
    Signal,
    Skip,
)

SERVICE = Actor("post", "connector")


# ------------------------------------------------------------------------------------------------------ parallel ways


def parallel(join: int, rest: str) -> Walk:
    """Three branches a, b, c; `join` of them are enough."""
    f = FlowMaker(start=("p.in",))
    f.place("p.in", "parallel", "p").place("p", "parallel")
    live = ["p"]
    for name in "abc":
        f.task(name, block="p", depth=1)
        f.place(f"{name}.done", "join", "p", block="p", depth=1)
        live += [name, f"{name}.done"]
    if rest in ("ignore", "wait"):
        extra = "p.rest" if rest == "ignore" else "p.hold"
        f.place(extra, "join", "p", block="p", depth=1)
        live.append(extra)
    f.task("danach").place("ende", "end")
    inside = tuple(live)
    done = tuple(f"{name}.done" for name in "abc")
    everybody = needs(*done)
    f.auto("p:start", "p.in", ("p", "a", "b", "c"), none=inside, own=False)
    for name in "abc":
        f.move(f"{name}:done", "outcome", name, "done", (f"{name}.done",))
    early = (Need(1, ("p",)), Need(join, done))
    if rest == "cancel":
        f.auto("p:join", "p", ("danach",), clear=inside, need=early, rank=2)
    elif rest == "ignore":
        f.auto("p:join", "p", ("p.rest", "danach"), clear=("p",), need=early, rank=2)
        f.auto("p:reset", "p.rest", (), clear=inside, need=(*needs("p.rest"), *everybody), rank=2)
    else:
        f.auto("p:join", "p", ("p.hold",), clear=("p",), need=early, rank=2)
        f.auto("p:waited", "p.hold", ("danach",), clear=inside, need=(*needs("p.hold"), *everybody), rank=2)
    f.auto("p:over", "p", ("danach",), clear=inside, need=(*needs("p"), *everybody), rank=2)
    f.move("danach:done", "outcome", "danach", "done", ("ende",), end="settled")
    return Walk(machine(f))


def done(walk: Walk, *names: str) -> Walk:
    """Complete tasks in order."""
    for name in names:
        made = walk.tell(Outcome(f"{name}#1", "done"))
        assert made.refused is None, made.refused
    return walk


def test_two_of_three_go_on_and_cancel_the_rest() -> None:
    walk = parallel(2, "cancel")
    assert walk.at == {"p", "a", "b", "c"}
    done(walk, "b", "c")
    assert walk.at == {"danach"}
    assert set(walk.case.tasks) == {"danach#1"}
    assert walk.tell(Outcome("a#1", "done")).refused.code == "stale"


def test_two_of_three_go_on_and_the_rest_still_counts() -> None:
    walk = done(parallel(2, "ignore"), "b", "c")
    assert {"danach", "a", "p.rest"} <= walk.at
    done(walk, "a")
    assert walk.at == {"danach"}
    assert [f.transition for f in walk.last.fired] == ["a:done", "p:reset"]


def test_two_of_three_decide_but_the_flow_waits_for_all() -> None:
    walk = done(parallel(2, "wait"), "b", "c")
    assert "danach" not in walk.at and "p.hold" in walk.at
    assert done(walk, "a").at == {"danach"}


def test_all_of_three_join_only_at_the_last() -> None:
    walk = done(parallel(3, "cancel"), "a", "b")
    assert "danach" not in walk.at
    assert done(walk, "c").at == {"danach"}


def test_a_token_that_would_come_twice_is_refused_and_nothing_changes() -> None:
    f = FlowMaker(start=("a", "b"))
    f.task("a").task("b")
    f.move("a:done", "outcome", "a", "done", ("b",))
    walk = Walk(machine(f))
    before = walk.case
    made = walk.tell(Outcome("a#1", "done"))
    assert made.refused.code == "unsafe"
    assert made.case is before


def test_a_choice_takes_the_first_true_way_and_fails_if_there_is_none() -> None:
    f = FlowMaker()
    f.task("x", form="f").place("wahl", "branch").place("eins").place("zwei")
    f.move("x:done", "outcome", "x", "done", ("wahl",), write=(Write("betrag"),))
    f.auto("w1", "wahl", ("eins",), guard=feel("betrag.a > 10"), alt="wahl")
    f.auto("w2", "wahl", ("zwei",), guard=feel("betrag.a > 5"), alt="wahl")
    form = Form("f", "F", (Group("s", "S", "page", (Field("a", "f.a", "A", FieldType("number")),)),))
    f.slots = ("betrag",)
    made = machine(f, forms={"f": form})
    for value, where in (("20", "eins"), ("7", "zwei")):
        walk = Walk(made)
        assert walk.tell(Outcome("x#1", "done", {"a": value})).refused is None
        assert walk.at == {where}
    walk = Walk(made)
    refused = walk.tell(Outcome("x#1", "done", {"a": "1"})).refused
    assert (refused.code, refused.args["no_way"]) == ("failed", True)
    assert walk.at == {"x"}


def test_a_lock_lets_one_in_at_a_time_and_cancelling_cannot_lose_it() -> None:
    f = FlowMaker(start=("a.lock", "b.lock"))
    f.place("a.lock", "lock", "a").place("b.lock", "lock", "b")
    f.task("a").task("b")
    f.places["a"] = f.places["a"].__class__(**{**_fields(f.places["a"]), "lock": "saal"})
    f.places["b"] = f.places["b"].__class__(**{**_fields(f.places["b"]), "lock": "saal"})
    f.place("frei").place("fertig")
    f.auto("a:lock", "a.lock", ("a",), lock="saal")
    f.auto("b:lock", "b.lock", ("b",), lock="saal")
    f.move("a:done", "outcome", "a", "done", ("frei",))
    f.move("b:done", "outcome", "b", "done", ("fertig",))
    walk = Walk(machine(f))
    assert walk.at == {"a", "b.lock"}
    assert done(walk, "a").at == {"frei", "b"}


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in type(value).__slots__}


def test_an_or_join_waits_for_whatever_may_still_come() -> None:
    f = FlowMaker(start=("a", "b"))
    f.task("a", outcomes=("j", "weg")).task("b", outcomes=("j", "weg")).place("ja").place("jb").place("weg").task("z")
    f.move("a:j", "outcome", "a", "j", ("ja",)).move("a:weg", "outcome", "a", "weg", ("weg",))
    f.move("b:j", "outcome", "b", "j", ("jb",)).move("b:weg", "outcome", "b", "weg", ())
    f.auto("join", "ja", ("z",), clear=("ja", "jb"), need=(), active=("ja", "jb"), rank=2)
    walk = Walk(machine(f))
    walk.tell(Outcome("a#1", "j"))
    assert walk.at == {"ja", "b"}, "b may still come to jb"
    walk.tell(Outcome("b#1", "weg"))
    assert walk.at == {"z"}


def test_an_end_that_waits_for_the_rest_comes_when_all_is_quiet() -> None:
    f = FlowMaker(start=("a", "b"))
    f.task("a").task("b").place("ende", "end")
    f.move("a:done", "outcome", "a", "done", ("ende",))
    f.move("b:done", "outcome", "b", "done", ())
    f.auto("quiet", "ende", (), end="settled", quiet=True, rank=2)
    walk = done(Walk(machine(f)), "a")
    assert walk.case.status == "open"
    assert done(walk, "b").case.outcome == "settled"


# ------------------------------------------------------------------------------------------------------------ for_each


def consult(join: str = "all", rest: str = "cancel", order: str = "together", grow: tuple[str, ...] = ()) -> Walk:
    """One opinion per office; `votum` decides."""
    element = FlowMaker("befragen", start=("votum",))
    element.task("votum", outcomes=("ja", "nein"))
    element.move("votum:ja", "outcome", "votum", "ja", (), done="ja")
    element.move("votum:nein", "outcome", "votum", "nein", (), done="nein")
    f = FlowMaker(start=("a",))
    f.task("a", form="f")
    f.place("befragen", "for_each")
    verdict = feel('count(befragen[result = "ja"]) >= 2', ("befragen", "result")) if join == "when" else join
    runs = RunsSpec(feel("stellen.x"), "stelle", "befragen", None, order, verdict, rest, 5, grow)  # type: ignore[arg-type]  # words of the language
    f.place("befragen.set", "for_each", "befragen", block="befragen", depth=1, runs=runs)
    f.place("befragen.rest", "join", "befragen", block="befragen", depth=1)
    f.task("danach")
    inside = ("befragen", "befragen.set", "befragen.rest")
    f.move("a:done", "outcome", "a", "done", ("befragen", "befragen.set"), write=(Write("stellen"),))
    both = needs("befragen", "befragen.set")
    if join != "all":
        out = (("befragen.rest", "danach"), ("befragen",)) if rest == "ignore" else (("danach",), inside)
        f.auto(
            "e:join", "befragen", out[0], clear=out[1], need=both, rank=2, joins="join",
            completes=(("befragen", "reached"),),
        )  # fmt: skip
    if rest == "ignore":
        f.auto(
            "e:reset", "befragen.rest", (), clear=inside, need=needs("befragen.rest", "befragen.set"), rank=2,
            joins="reset", step="befragen",
        )  # fmt: skip
    f.auto(
        "e:over", "befragen", ("danach",), clear=inside, need=both, rank=2, joins="over",
        completes=(("befragen", "over"),),
    )  # fmt: skip
    f.slots = ("stellen",)
    options = OptionList("amt", tuple(Option(o, o) for o in ("bau", "feuer", "forst", "wasser")))
    kind_with = FieldType("multi_choice", options="amt")
    form = Form("f", "F", (Group("s", "S", "page", (Field("x", "f.x", "X", kind_with, optional=True),)),))
    return Walk(machine(f, element, forms={"f": form}, lists={"amt": options}))


def ask(walk: Walk, *offices: str) -> Walk:
    """Begin with these offices."""
    made = walk.tell(Outcome("a#1", "done", {"x": list(offices)}))
    assert made.refused is None, made.refused
    return walk


def vote(walk: Walk, office: str, how: str = "ja") -> Walk:
    """One office answers."""
    made = walk.tell(Outcome(f"befragen[{office}]/votum#1", how))
    assert made.refused is None, made.refused
    return walk


def test_each_element_has_a_run_a_task_and_values_of_its_own() -> None:
    walk = ask(consult(), "bau", "feuer")
    assert set(walk.case.tasks) == {"befragen[bau]/votum#1", "befragen[feuer]/votum#1"}
    vote(walk, "bau")
    assert "danach" not in walk.at
    assert vote(walk, "feuer").at == {"danach"}
    assert [run.result for run in walk.case.runs.values() if run.key] == ["ja", "ja"]


def test_a_list_without_elements_is_over_at_once() -> None:
    assert ask(consult()).at == {"danach"}


def test_two_votes_of_three_are_enough_by_a_condition_over_the_list() -> None:
    walk = ask(consult("when"), "bau", "feuer", "forst")
    vote(walk, "bau", "nein")
    vote(walk, "feuer")
    assert "danach" not in walk.at
    assert vote(walk, "forst").at == {"danach"}


def test_a_condition_that_can_no_longer_hold_ends_when_nobody_is_left() -> None:
    walk = ask(consult("when"), "bau", "feuer")
    vote(walk, "bau", "nein")
    assert vote(walk, "feuer", "nein").at == {"danach"}
    assert walk.case.runs[""].steps["befragen"].outcome == "over"


def test_the_rest_of_a_for_each_is_cancelled_when_the_verdict_is_reached() -> None:
    walk = vote(ask(consult("any"), "bau", "feuer"), "feuer")
    assert walk.at == {"danach"}
    assert {r.key: r.state for r in walk.case.runs.values() if r.key} == {"bau": "cancelled", "feuer": "done"}


def test_the_rest_of_a_for_each_goes_on_beside_and_resets_at_the_end() -> None:
    walk = vote(ask(consult("any", "ignore"), "bau", "feuer"), "feuer")
    assert {"danach", "befragen.rest", "befragen.set", "votum"} <= walk.at
    assert vote(walk, "bau").at == {"danach"}


def test_elements_come_one_after_the_other() -> None:
    walk = ask(consult(order="one by one"), "bau", "feuer")
    assert set(walk.case.tasks) == {"befragen[bau]/votum#1"}
    assert set(vote(walk, "bau").case.tasks) == {"befragen[feuer]/votum#1"}


def test_an_open_for_each_grows_by_whoever_may_and_never_twice() -> None:
    walk = ask(consult(grow=("sachbearbeitung",)), "bau")
    grow = Grow("", "befragen.set", ("forst",))
    assert walk.tell(grow, LENZ).refused.code == "not_allowed"
    assert walk.tell(grow).refused is None
    assert walk.tell(grow).refused.code == "invalid"
    vote(walk, "bau")
    assert "danach" not in walk.at
    assert vote(walk, "forst").at == {"danach"}
    assert walk.tell(grow).refused.code == "stale"


def test_an_element_that_is_called_off_counts_as_skipped() -> None:
    walk = ask(consult(), "bau", "feuer")
    vote(walk, "bau")
    assert walk.tell(Drop("befragen[feuer]", "zuständig ist der Kreis"), BOSS).refused is None
    assert walk.at == {"danach"}


def test_more_elements_than_allowed_are_refused() -> None:
    walk = ask(consult(grow=("sachbearbeitung",)), "bau", "feuer", "forst", "wasser")
    assert walk.tell(Grow("", "befragen.set", ("x", "y"))).refused.code == "limit"


# --------------------------------------------------------------------------------------------------------------- time


def timed(*timers: TimerSpec, due: str = "") -> Walk:
    """A task with timers; `after.*` leave it."""
    f = FlowMaker()
    f.task("a", due=feel(due) if due else None, timers=timers).place("ende", "end")
    for spec in timers:
        out = ("ende",) if spec.name.startswith("after") else ()
        f.move(f"a:{spec.name}", "due", "a", spec.name, out, None if out else (), end="lapsed" if out else "")
    f.move("a:done", "outcome", "a", "done", ("ende",), end="settled")
    return Walk(machine(f))


def test_after_acts_when_its_day_is_over_and_a_reminder_when_the_day_begins() -> None:
    walk = timed(TimerSpec("after.1", feel("2 weeks")), TimerSpec("remind.1", feel("2 weeks"), edge="begin"))
    timers = {t.name: (t.shown, t.due) for t in walk.case.timers.values()}
    assert timers["after.1"] == ("2026-03-16", at("2026-03-16T23:00"))
    assert timers["remind.1"] == ("2026-03-16", at("2026-03-15T23:00"))


def test_the_end_of_a_period_moves_off_sundays_unless_it_says_no() -> None:
    walk = timed(TimerSpec("after.1", feel("20 days")), TimerSpec("after.2", feel("20 days"), shift=False))
    assert [t.shown for t in walk.case.timers.values()] == ["2026-03-23", "2026-03-22"]


def test_nothing_happens_before_a_timer_that_is_due() -> None:
    walk = timed(TimerSpec("after.1", feel("2 weeks")))
    walk.now = at("2026-03-20T10:00")
    refused = walk.tell(Outcome("a#1", "done")).refused
    assert (refused.code, refused.args["timer"]) == ("due_first", "a#1!after.1")
    assert walk.tell(Due("a#1!after.1"), SYSTEM).refused is None
    assert walk.case.outcome == "lapsed"


def test_a_timer_does_not_fire_early_or_twice() -> None:
    walk = timed(TimerSpec("remind.1", feel("1 week"), edge="begin"))
    assert walk.tell(Due("a#1!remind.1"), SYSTEM).refused.code == "early"
    walk.now = at("2026-03-10T10:00")
    assert walk.tell(Due("a#1!remind.1"), SYSTEM).refused is None
    assert walk.tell(Due("a#1!remind.1"), SYSTEM).refused.code == "stale"
    assert walk.at == {"a"}


def test_at_the_same_instant_what_leaves_comes_before_what_reminds() -> None:
    walk = timed(
        TimerSpec("remind.1", feel("15 days"), edge="begin", shift=False),
        TimerSpec("after.1", feel("14 days"), shift=False),
    )
    assert len({t.due for t in walk.case.timers.values()}) == 1
    walk.now = at("2026-03-20T10:00")
    assert walk.tell(Due("a#1!remind.1"), SYSTEM).refused.args["timer"] == "a#1!after.1"


def test_a_reminder_repeats_as_often_as_it_says() -> None:
    spec = TimerSpec("remind.1", feel("1 week"), edge="begin", every=feel("1 week"), max=3)
    walk = timed(spec)
    fired = []
    walk.now = at("2026-06-01T10:00")
    while walk.case.timers["a#1!remind.1"].due is not None:
        fired.append(walk.case.timers["a#1!remind.1"].shown)
        assert walk.tell(Due("a#1!remind.1"), SYSTEM).refused is None
    assert fired == ["2026-03-09", "2026-03-16", "2026-03-23"]


def test_grace_fires_later_and_shows_the_same_day() -> None:
    walk = timed(TimerSpec("after.1", feel("2 weeks"), grace=feel("3 days")))
    timer = walk.case.timers["a#1!after.1"]
    assert (timer.shown, timer.due) == ("2026-03-16", at("2026-03-19T23:00"))


def test_a_reminder_counts_back_from_the_day_that_is_shown() -> None:
    walk = timed(TimerSpec("remind.1", feel("3 working days before due"), edge="begin"), due="10 working days")
    assert walk.case.tasks["a#1"].due_day == "2026-03-16"
    assert walk.case.timers["a#1!remind.1"].shown == "2026-03-11"


def test_a_date_that_is_not_known_yet_is_no_timer_until_it_is() -> None:
    """Every date is a formula, computed again after each event."""
    f = FlowMaker(start=("a", "w"))
    f.task("a", form="f")
    when = feel("if antrag.x = null then null else antrag.x")
    f.place("w", timers=(TimerSpec("until", when, edge="begin"),)).place("ende", "end")
    f.move("a:done", "outcome", "a", "done", ("a",), write=(Write("antrag"),))
    f.move("w:until", "due", "w", "until", ("ende",), end="settled")
    f.slots = ("antrag",)
    form = Form("f", "F", (Group("s", "S", "page", (Field("x", "f.x", "X", FieldType("date"), optional=True),)),))
    walk = Walk(machine(f, forms={"f": form}))
    assert walk.case.timers["w#1!until"].due is None
    walk.tell(Outcome("a#1", "done", {"x": "1.4.2026"}))
    assert walk.case.timers["w#1!until"].due == at("2026-03-31T22:00")
    walk.tell(Outcome("a#2", "done", {"x": "10.3.2026"}))
    assert walk.case.timers["w#1!until"].due == at("2026-03-09T23:00")
    walk.tell(Outcome("a#3", "done", {"x": ""}))
    assert walk.case.timers["w#1!until"].due is None


def test_entering_again_starts_a_plain_period_anew() -> None:
    f = FlowMaker()
    f.task("a", timers=(TimerSpec("after.1", feel("2 weeks")),), outcomes=("nochmal",))
    f.move("a:n", "outcome", "a", "nochmal", ("a",))
    f.move("a:d", "due", "a", "after.1", ())
    walk = Walk(machine(f))
    walk.now = NOON + timedelta(days=7)
    walk.tell(Outcome("a#1", "nochmal"))
    assert [(t.id, t.shown) for t in walk.case.timers.values()] == [("a#2!after.1", "2026-03-23")]


# ----------------------------------------------------------------------------------------------------------- messages


def test_the_innermost_listener_takes_a_message() -> None:
    f = FlowMaker(start=("stufe", "w"))
    f.place("stufe", "stage", listens=(ListenSpec("post"),)).place("ende", "end").task("danach")
    f.place("w", listens=(ListenSpec("post"),), block="stufe", depth=1)
    f.move("w:post", "heard", "w", "post", ("danach",))
    f.move("stufe:post", "heard", "stufe", "post", ("ende",), clear=("stufe", "w", "danach"), end="settled")
    walk = Walk(machine(f))
    walk.tell(Message("post"), SERVICE)
    assert walk.at == {"stufe", "danach"}
    walk.tell(Message("post"), SERVICE)
    assert walk.case.outcome == "settled"


def test_listeners_that_do_not_contain_each_other_all_take_a_message() -> None:
    f = FlowMaker(start=("a", "b"))
    for name in "ab":
        f.place(name, listens=(ListenSpec("post"),)).task(f"{name}1")
        f.move(f"{name}:post", "heard", name, "post", (f"{name}1",))
    walk = Walk(machine(f))
    walk.tell(Message("post"), SERVICE)
    assert walk.at == {"a1", "b1"}


def test_a_wait_takes_the_oldest_letter_of_the_inbox_one_per_entry() -> None:
    f = FlowMaker()
    f.task("a").place("w", listens=(ListenSpec("post", inbox=True, slot="post"),)).task("b")
    f.move("a:done", "outcome", "a", "done", ("w",))
    f.move("w:post", "heard", "w", "post", ("b",))
    f.move("b:done", "outcome", "b", "done", ("w",))
    f.slots = ("post",)
    walk = Walk(machine(f))
    for text in ("eins", "zwei"):
        assert walk.tell(Message("post", {"text": text}), SERVICE).refused is None
    assert len(walk.case.inbox) == 2
    walk.tell(Outcome("a#1", "done"))
    assert (walk.at, walk.case.runs[""].slots["post"].data) == ({"b"}, {"text": "eins"})
    walk.tell(Outcome("b#1", "done"))
    assert (walk.at, walk.case.runs[""].slots["post"].data) == ({"b"}, {"text": "zwei"})
    walk.tell(Outcome("b#2", "done"))
    assert walk.at == {"w"}


def test_an_event_never_strikes_later() -> None:
    """Only a `wait` looks into the inbox; a withdrawal that nobody could take is refused."""
    f = FlowMaker()
    f.task("a").task("b", listens=(ListenSpec("weg", by=("halter",)),)).place("ende", "end")
    f.move("a:done", "outcome", "a", "done", ("b",))
    f.move("b:weg", "heard", "b", "weg", ("ende",), end="withdrawn")
    walk = Walk(machine(f), parties={"halter": "ada"})
    assert walk.tell(Message("weg"), ADA).refused.code == "nobody_waits"
    walk.tell(Outcome("a#1", "done"))
    assert walk.at == {"b"}
    assert walk.tell(Message("weg"), ADA).refused is None


def test_a_key_finds_its_listener() -> None:
    f = FlowMaker()
    f.place("w", listens=(ListenSpec("post", key=feel("case.number"), inbox=True),)).place("ende", "end")
    f.move("w:post", "heard", "w", "post", ("ende",), end="settled")
    walk = Walk(machine(f))
    walk.tell(Message("post", key="anderer"), SERVICE)
    assert walk.at == {"w"}
    walk.tell(Message("post", key="P-2026-0001"), SERVICE)
    assert walk.case.outcome == "settled"


def test_a_signal_is_heard_by_all_who_listen_and_stored_for_nobody() -> None:
    f = FlowMaker()
    f.task("a").place("w", listens=(ListenSpec("ruf", inbox=True),)).place("ende", "end")
    f.move("a:done", "outcome", "a", "done", ("w",))
    f.move("w:ruf", "heard", "w", "ruf", ("ende",), end="settled")
    walk = Walk(machine(f))
    assert walk.tell(Signal("ruf"), SYSTEM).refused is None
    walk.tell(Outcome("a#1", "done"))
    assert walk.at == {"w"}
    walk.tell(Signal("ruf"), SYSTEM)
    assert walk.case.outcome == "settled"


def test_a_side_branch_runs_beside_and_ends_with_its_owner() -> None:
    side = FlowMaker("~sichten", start=("sichten",))
    side.task("sichten").move("s", "outcome", "sichten", "done", (), done="done")
    f = FlowMaker()
    f.task("a", listens=(ListenSpec("nachtrag"),)).task("b")
    f.move("a:nachtrag", "heard", "a", "nachtrag", (), (), spawn="~sichten")
    f.move("a:done", "outcome", "a", "done", ("b",))
    walk = Walk(machine(f, side))
    walk.tell(Message("nachtrag"), SERVICE)
    walk.tell(Message("nachtrag"), SERVICE)
    assert set(walk.case.tasks) == {"a#1", "sichten~1/sichten#1", "sichten~2/sichten#1"}
    walk.tell(Outcome("sichten~1/sichten#1", "done"))
    assert "a" in walk.at
    walk.tell(Outcome("a#1", "done"))
    assert set(walk.case.tasks) == {"b#1"}


# ------------------------------------------------------------------------------------------------------ jobs, children


def service(ways: bool = True) -> Walk:
    """A step that asks a service."""
    f = FlowMaker()
    f.place("s", "service", job=JobSpec("call", {"x": feel("case.number")}, "kasse", "buchen", slot="s"))
    f.task("ok").task("fehler")
    f.move("s:ok", "result", "s", "ok", ("ok",), write=(Write("s"),), completes=(("s", "done"),))
    if ways:
        f.move("s:voll", "failed", "s", "voll", ("fehler",))
    f.slots = ("s",)
    return Walk(machine(f))


def test_a_service_is_asked_with_a_snapshot_and_its_answer_is_the_step_s_value() -> None:
    walk = service()
    (effect,) = walk.last.effects
    assert (effect.key, effect.kind) == ("c1/s#1:call/1", "call")
    assert effect.data["input"] == {"x": "P-2026-0001"}
    walk.tell(Result("s#1:call", "ok", {"beleg": "4711"}), SERVICE)
    assert walk.at == {"ok"}
    assert walk.case.runs[""].slots["s"].data == {"beleg": "4711"}


def test_an_error_the_procedure_knows_takes_its_way_and_any_other_is_left_to_a_person() -> None:
    walk = service()
    assert walk.tell(Failed("s#1:call", "anders"), SERVICE).refused.code == "failed"
    assert walk.at == {"s"}
    walk.tell(Failed("s#1:call", "voll"), SERVICE)
    assert walk.at == {"fehler"}


def test_an_answer_that_comes_when_nobody_waits_any_more_is_late() -> None:
    f = FlowMaker()
    f.place("s", "service", job=JobSpec("call"), listens=(ListenSpec("weg"),)).task("b")
    f.move("s:ok", "result", "s", "ok", ("b",))
    f.move("s:weg", "heard", "s", "weg", ("b",))
    walk = Walk(machine(f))
    made = walk.tell(Message("weg"), SERVICE)
    assert [(e.kind, e.data.get("key")) for e in made.effects] == [("cancel", "c1/s#1:call/1")]
    assert walk.tell(Result("s#1:call"), SERVICE).refused.code == "late"


def test_a_child_case_has_a_computed_id_and_its_end_takes_a_way() -> None:
    from amtsweg.dsl.procedure import ChildSpec

    def made() -> Walk:
        f = FlowMaker()
        f.place("k", "open_case", child=ChildSpec("andere", {"x": feel("case.number")})).task("gut").task("sonst")
        f.move("k:granted", "child_ended", "k", "granted", ("gut",))
        f.move("k:any", "child_ended", "k", "", ("sonst",))
        return Walk(machine(f))

    walk = made()
    child = next(iter(walk.case.children))
    assert child == next(iter(made().case.children))
    assert walk.last.effects[0].data["input"] == {"x": "P-2026-0001"}
    walk.tell(ChildEnded(child, "refused"), SYSTEM)
    assert walk.at == {"sonst"}
    again = made()
    again.tell(ChildEnded(child, "granted"), SYSTEM)
    assert again.at == {"gut"}


# --------------------------------------------------------------------------------------------------------------- people


def test_checks_come_in_the_order_of_the_specification() -> None:
    f = FlowMaker()
    f.task("a", four_eyes=(("v", "all"),), form="f", outcomes=("gut",))
    f.move("a:gut", "outcome", "a", "gut", ())
    form = Form("f", "F", (Group("s", "S", "page", (Field("x", "f.x", "X", FieldType("text")),)),))
    walk = Walk(machine(f, forms={"f": form}))
    assert walk.tell(Outcome("b#1", "gut")).refused.code == "stale"
    assert walk.tell(Outcome("a#1", "gut"), LENZ).refused.code == "not_allowed"
    assert walk.tell(Outcome("a#1", "weg")).refused.code == "unknown_outcome"
    assert walk.tell(Outcome("a#1", "gut", base=7)).refused.code == "changed"
    refused = walk.tell(Outcome("a#1", "gut")).refused
    assert (refused.code, [e.path for e in refused.errors]) == ("invalid", ["x"])
    assert walk.tell(Outcome("a#1", "gut", {"x": "da"})).refused is None


@pytest.mark.parametrize(("mode", "may"), [("all", False), ("last", True)])
def test_four_eyes_remember_every_visit_or_only_the_last(mode: str, may: bool) -> None:
    f = FlowMaker()
    f.task("v", "freigabe").task("a", "freigabe", four_eyes=(("v", mode),), outcomes=("gut", "nochmal"))
    f.place("ende", "end")
    f.move("v:done", "outcome", "v", "done", ("a",))
    f.move("a:nochmal", "outcome", "a", "nochmal", ("v",))
    f.move("a:gut", "outcome", "a", "gut", ("ende",), end="granted")
    walk = Walk(machine(f))
    third = Actor("mara", "person", frozenset({"freigabe"}))
    walk.tell(Outcome("v#1", "done"), KAYA)
    walk.tell(Outcome("a#1", "nochmal"), third)
    walk.tell(Outcome("v#2", "done"), LENZ)
    made = walk.tell(Outcome("a#2", "gut"), KAYA)
    assert (made.refused is None) is may


def test_a_task_is_passed_over_by_the_administration_with_a_reason() -> None:
    f = FlowMaker()
    f.task("a", form="f").task("b")
    f.move("a:done", "outcome", "a", "done", ("b",), write=(Write("antrag"),))
    form = Form("f", "F", (Group("s", "S", "page", (Field("x", "f.x", "X", FieldType("text")),)),))
    walk = Walk(machine(f, forms={"f": form}))
    assert walk.tell(Skip("a#1", "done", "entfällt")).refused.code == "not_allowed"
    assert walk.tell(Skip("a#1", "done", " "), BOSS).refused.code == "invalid"
    assert walk.tell(Skip("a#1", "done", "entfällt"), BOSS).refused is None
    assert walk.at == {"b"}
    assert walk.case.runs[""].steps["a"].facts["reason"] == "entfällt"


def test_a_building_block_is_fresh_at_each_entry_but_its_ids_never_repeat() -> None:
    f = FlowMaker()
    f.place("n", "use", fresh=True).task("n/frage", block="n", depth=1).task("b")
    f.start = ("n", "n/frage")
    f.move(
        "frage", "outcome", "n/frage", "done", ("b",), clear=("n", "n/frage"), write=(Write("n/antwort", feel("1")),)
    )
    f.move("b:done", "outcome", "b", "done", ("n", "n/frage"))
    f.slots = ("n/antwort",)
    walk = Walk(machine(f))
    walk.tell(Outcome("n/frage#1", "done"))
    assert "n/antwort" in walk.case.runs[""].slots
    walk.tell(Outcome("b#1", "done"))
    assert "n/antwort" not in walk.case.runs[""].slots
    assert "n/frage" not in walk.case.runs[""].steps or not walk.case.runs[""].steps["n/frage"].done
    assert "n/frage#2" in walk.case.tasks


def test_a_field_that_was_not_asked_reads_as_null_through_its_record() -> None:
    """SEMANTICS 4: expressions see one null, whether a field was left empty or never shown."""
    asked = Field("name", "antrag.name", "Name", FieldType("text"))
    hidden = Field("x", "antrag.x", "X", FieldType("text"), when=feel('name = "ja"'), optional=True)
    form = Form("antrag", "Antrag", (Group("s", "S", "page", (asked, hidden)),))
    flow = FlowMaker()
    flow.task("a", by="sachbearbeitung", form="antrag")
    flow.place("w")
    flow.place("b", "end")
    flow.move("a:done", "outcome", "a", "done", ("w",), write=(Write("antrag"),))
    flow.auto("w1", "w", ("b",), guard=feel("antrag.x = null"), end="ok")
    walk = Walk(machine(flow, forms={"antrag": form}))
    done = walk.tell(Outcome(next(iter(walk.case.tasks)), "done", {"name": "nein"}, None, ""))
    assert done.refused is None
    assert walk.case.status == "ended"
