"""FEEL, the expression language of DMN 1.5, with what procedures add: amounts, per cent, periods, options.

Text becomes a tree in `parser` (tokens from `lexer`, grammar in `grammar.lark`); `checker` types it with `types` and
words its findings in `messages`. `compiler` and `interpreter` evaluate trees on `values` by the rules of `operators`
and `builtins`; `expressions` is what the engine holds. `table` is the decision table. The evaluator side never imports
the parser side.
"""
