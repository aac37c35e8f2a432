"""The engine: cases that survive a restart; a pure core (`machine.step`) in a thin shell (`engine.Engine`).

In: compiled procedures, offices, acts of people, messages, time. Out: views of cases and tasks, effects for the world
outside, a journal that can be replayed. The core knows no clock, no database and no randomness; the shell gives it all
three, one event per transaction.
"""

from amtsweg.engine.event import Actor

__all__ = ["Actor"]
