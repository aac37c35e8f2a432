"""The demonstration's process is killed (SIGKILL) after every act; the next one goes on, and nothing is lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from amtsweg.demonstration import CASE, DATABASE, Demonstration
from amtsweg.engine.engine import Engine
from amtsweg.hosting import handlers

ACT = """
import os, signal, sys
from pathlib import Path
from amtsweg.demonstration import Demonstration
story = Demonstration(Path(sys.argv[1]))
real = story.engine
def left_open():
    manager = real()
    engine = manager.__enter__()
    class Never:
        def __enter__(self): return engine
        def __exit__(self, *what): return False
    return Never()
story.engine = left_open
story.acts[int(sys.argv[2])]()
os.kill(os.getpid(), signal.SIGKILL)
"""
"""One act whose database is never closed: the process dies with the connection open."""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_demonstration_killed_after_every_act_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    undisturbed = Demonstration(tmp_path / "whole")
    for _ in undisturbed.play():
        pass
    killed = tmp_path / "killed"
    for number in range(len(undisturbed.acts)):
        done = subprocess.run([sys.executable, "-c", ACT, str(killed), str(number)], capture_output=True, text=True)
        assert done.returncode == -signal.SIGKILL, done.stderr
    ended = []
    for folder in (tmp_path / "whole", killed):
        with Engine.open(f"sqlite:///{folder / DATABASE}", handlers=handlers("text")) as engine:
            tenant = undisturbed.tenant
            view = engine.case(CASE, undisturbed.admin)
            assert engine.verify(CASE, tenant) is None
            assert engine.replay(CASE, tenant) is None
            told = [(one.actor, one.what, one.step, one.outcome) for one in view.history]
            ended.append((view.status, view.outcome, view.entries, view.values, told))
    assert ended[0] == ended[1]
