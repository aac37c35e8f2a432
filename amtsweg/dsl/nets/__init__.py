"""Soundness of workflow nets, on plain places and transitions; knows nothing of procedures.

`read` takes files in, `soundness.check` decides, `parallel` tells what can be marked together, `explore` walks any
state space whose moves somebody else defines.
"""
