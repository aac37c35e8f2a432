"""Decision Model and Notation: models of other tools read, run, measured, taken over and handed out.

`xml` reads a file into the frozen `model`, `library` links models by their imports, `evaluate` answers decisions,
`tck` runs a conformance suite, `to_yaml` writes decisions in our language, `from_procedure` and `export` write ours as
DMN 1.5. `language` is the one place where models meet the expression language.
"""
