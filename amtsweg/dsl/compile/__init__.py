"""From the read tree of a procedure to the compiled machine: forms, decisions, letters, lists, roles, blocks, texts.

`whole` puts it together; `context` is the compile's shared state, `scope` its names, `statics` its types,
`expressions` the bridge to FEEL. The flow has a room of its own (`amtsweg.dsl.flow`), the proofs another
(`amtsweg.dsl.check`).
"""
