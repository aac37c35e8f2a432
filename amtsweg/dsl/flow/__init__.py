"""The way of a case: from the steps a designer wrote to a net of places and transitions.

`source` reads steps, ways, events, timers and stages from the tree, with their places in the file. `layout` lays out
blocks and places and knows the one rule by which a way clears and marks. `steps` compiles each kind of step.
`build` puts it together: all flows of a procedure (main, elements of `for_each`, side branches of `also`).
Rules R1 to R5 and the tables are those of SEMANTICS section 3.
"""
