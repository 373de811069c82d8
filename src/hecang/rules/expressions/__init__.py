"""Conditions of rules: text → typed, bounded, harmless function of facts.

The text is an expression in Python's grammar, read by CPython's own ``ast`` (which only reads, and runs
nothing). Everything in it is checked against the declared facts before it may be stored; what passes becomes
a tree of small closures over a mapping of facts. There are no attributes of objects, no calls but the
functions named in ``docs/reference/rules.md``, no regular expressions, no loops but one ``for`` over a
declared list, and numbers are exact. ``docs/adr`` says why.
"""

from hecang.rules.expressions.compiling import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    Expression,
    ExpressionError,
    expression_compile,
)
from hecang.rules.expressions.functions import FUNCTIONS
from hecang.rules.expressions.types import BOOL, NUMBER, NUMBERS, QUANTITIES, TEXT, TEXTS, ListOf, Type

__all__ = [
    "BOOL",
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_NODES",
    "NUMBER",
    "NUMBERS",
    "QUANTITIES",
    "TEXT",
    "TEXTS",
    "Expression",
    "ExpressionError",
    "ListOf",
    "Type",
    "expression_compile",
]
