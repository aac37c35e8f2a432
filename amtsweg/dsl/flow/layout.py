"""Blocks, places and the one rule of ways (SEMANTICS 3.1, R1 to R5).

A block (stage, `parallel` and each of its branches, `use`, `letter`) has a container place, marked as long as the block
is open. Blocks nest and never overlap. A way from `a` to `b` clears everything that contains `a` but not `b`, and marks
everything that contains `b` but not `a`; there is no other rule, so cancelling cannot be forgotten anywhere.

The builders here are the only mutable things of the compiler; `FlowBuilder.finish` gives frozen data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict, Unpack

from amtsweg.dsl.procedure import (
    Cause,
    ChildSpec,
    Expr,
    Flow,
    JobSpec,
    ListenSpec,
    Need,
    Notify,
    Place,
    RunsSpec,
    Send,
    TaskSpec,
    TimerSpec,
    Transition,
    Write,
)


class Way(TypedDict, total=False):
    """What may be said of the move of one way, wherever it arrives; named and meant as in `Transition`."""

    rank: int
    step: str
    way: str
    guard: Expr | None
    alt: str
    active: tuple[str, ...]
    joins: Literal["", "join", "over", "reset", "waited"]
    write: tuple[Write, ...]
    send: tuple[Send, ...]
    notify: tuple[Notify, ...]
    result: str
    own: bool
    at: str


class Move(Way, total=False):
    """What may be said of any move, its end included."""

    lock: str
    spawn: str
    end: str
    done: str
    completes: tuple[tuple[str, str], ...]
    quiet: bool


@dataclass(eq=False)
class Block:
    """A stretch of the flow with a container place (the top of a flow has none)."""

    id: str
    kind: str
    parent: Block | None = None
    places: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.parent is not None:
            self.parent.blocks.append(self)

    @property
    def chain(self) -> list[Block]:
        """The blocks around and including this one, outermost first."""
        return [*(self.parent.chain if self.parent else []), self]

    @property
    def depth(self) -> int:
        return len(self.chain) - 1

    @property
    def inside(self) -> list[str]:
        """All places of the block, container and inner blocks included."""
        own = [self.id] if self.id else []
        return own + self.places + [place for block in self.blocks for place in block.inside]

    @property
    def scope(self) -> Block:
        """The innermost block around this one that ways may leave only by finishing (R4): no stage, not the case."""
        block = self
        while block.kind in ("stage", "case") and block.parent is not None:
            block = block.parent
        return block


@dataclass(eq=False)
class Site:
    """Where a step stands: the places that ways enter, the block it lies in, the block it opens (if any).

    `inner` are the places behind the gates (`when`, `lock`) that a step may have in front.
    """

    id: str
    entry: list[str]
    block: Block
    own: Block | None = None
    places: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)

    @property
    def all_places(self) -> list[str]:
        """What a way out of this step clears by itself."""
        return self.places + (self.own.inside if self.own else [])


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a way arrives: which places it marks, in which block they lie, and what the arrival means.

    `end`: the case's outcome; `done`: the run's result; `completes`: steps that are completed by going this way.
    """

    places: tuple[str, ...]
    block: Block
    end: str = ""
    done: str = ""
    completes: tuple[tuple[str, str], ...] = ()


class Specs(TypedDict, total=False):
    """What waits at a place and how it behaves; named and meant as in `Place`."""

    task: TaskSpec
    job: JobSpec
    child: ChildSpec
    runs: RunsSpec
    lock: str
    forever: str
    fresh: bool


@dataclass
class PlaceDraft:
    """A place while it is being built."""

    id: str
    no: int
    step: str
    kind: str
    block: Block
    title: str = ""
    at: str = ""
    specs: Specs = field(default_factory=Specs)
    timers: list[TimerSpec] = field(default_factory=list)
    listens: list[ListenSpec] = field(default_factory=list)


class FlowBuilder:
    """Collects the places and transitions of one flow, in written order."""

    def __init__(self, flow_id: str) -> None:
        self.id = flow_id
        self.top = Block("", "top")
        self.places: dict[str, PlaceDraft] = {}
        self.transitions: list[Transition] = []
        self.start: list[str] = []

    def place(self, place_id: str, step: str, kind: str, block: Block, *, title: str = "", at: str = "") -> str:
        """Add a place to a block; a container place is added by `container`."""
        self.places[place_id] = PlaceDraft(place_id, len(self.places), step, kind, block, title, at)
        block.places.append(place_id)
        return place_id

    def container(self, block_id: str, step: str, kind: str, parent: Block, *, title: str = "", at: str = "") -> Block:
        """Open a block with its container place."""
        block = Block(block_id, kind, parent)
        self.places[block_id] = PlaceDraft(block_id, len(self.places), step, kind, parent, title, at)
        return block

    def move(
        self,
        name: str,
        cause: Cause,
        *,
        need: Iterable[str] | Sequence[Need],
        clear: Iterable[str] = (),
        put: Iterable[str] = (),
        none: Iterable[str] = (),
        **more: Unpack[Move],
    ) -> Transition:
        """Add a transition. Plain place ids in `need` mean each of them is marked."""
        needs = tuple(item if isinstance(item, Need) else Need(1, (item,)) for item in need)
        taken = {transition.id for transition in self.transitions}
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}#{number}", number + 1
        transition = Transition(
            id=unique,
            no=len(self.transitions),
            cause=cause,
            need=needs,
            none=tuple(none),
            clear=_once(clear),
            put=_once(put),
            **more,
        )
        self.transitions.append(transition)
        return transition

    def route(self, leaving: Iterable[str], block: Block, landing: Landing) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a way clears and marks (R3).

        `leaving` are the places of the thing left, `block` the block around it, `landing` where it goes.
        """
        target_chain = landing.block.chain
        clear = list(leaving)
        for around in reversed(block.chain):
            if around not in target_chain and around is not self.top:
                clear += around.inside
        if landing.end and not landing.done:
            clear += self.top.inside
        opened = [around.id for around in target_chain if around not in block.chain and around.id]
        put = [*opened, *landing.places]
        return _once(clear), _once(put)

    def finish(self, slots: tuple[str, ...]) -> Flow:
        """The frozen flow."""
        places = {}
        for draft in self.places.values():
            places[draft.id] = Place(
                id=draft.id,
                no=draft.no,
                step=draft.step,
                kind=draft.kind,
                depth=draft.block.depth,
                block=draft.block.id,
                title=draft.title,
                at=draft.at,
                timers=tuple(draft.timers),
                listens=tuple(draft.listens),
                **draft.specs,
            )
        return Flow(self.id, tuple(self.start), places, tuple(self.transitions), slots)


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
