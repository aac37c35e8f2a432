"""What is proven before a procedure may run (V1 to V14), one file per question.

In: a `Subject` (compiled machine, office, sources, cases). Out: diagnostics. Every check is a function from a subject
to findings; `amtsweg.dsl.load` calls them one after the other and sorts what they say. `soundness` walks the machine by
the rules of `amtsweg.dsl.marking`, the very functions the engine moves a case with.
"""
