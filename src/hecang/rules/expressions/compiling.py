"""From the text of a condition to a function, or to an error that says where and what to do."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from rapidfuzz import process

from hecang.kernel.errors import InvalidInput, Problem
from hecang.rules.expressions.functions import FUNCTIONS, WALKS, Function
from hecang.rules.expressions.types import (
    BOOL,
    ELEMENT,
    NUMBER,
    NUMBERS,
    QUANTITIES,
    TEXT,
    TEXTS,
    ListOf,
    Type,
)

#: Characters of a condition, nodes of its tree, and how deep the tree may be.
MAX_LENGTH: Final = 2000
MAX_NODES: Final = 300
MAX_DEPTH: Final = 20
_MAX_DIGITS: Final = 15
_MAX_TEXT: Final = 200

Facts = Mapping[str, Any]
#: A part of a condition: (facts, the record that a walk is at) → value.
Part = Callable[[Facts, Mapping[str, Any]], Any]
_NO_RECORD: Final[Mapping[str, Any]] = {}


class ExpressionError(InvalidInput):
    """A condition that cannot be; says where.

    ``data`` has ``position`` (characters from the beginning), ``line`` and ``column``, both from 1, and
    ``length`` of the part that is wrong.
    """

    code = "bad_condition"


class Typed(NamedTuple):
    """A compiled part with its type."""

    type: Type
    run: Part


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition that has been checked.

    :param facts: names of the facts that it mentions.
    """

    text: str
    type: Type
    facts: frozenset[str]
    _run: Part

    def evaluate(self, facts: Facts) -> Any:
        """The value for these facts; all of :attr:`facts` must be there."""
        return self._run(facts, _NO_RECORD)


def expression_compile(text: str, types: Mapping[str, Type], *, expected: Type = BOOL) -> Expression:
    """Check a condition against the types of the facts and make it callable.

    :raises ExpressionError: with the position of what is wrong.
    """
    if len(text) > MAX_LENGTH:
        message = _("The condition has more than %(most)s characters. Make two rules of it.")
        raise _error(message % {"most": MAX_LENGTH}, text, MAX_LENGTH, 1)
    if not text.strip():
        raise _error(_("The condition is empty. Write one, or “true” for every case."), text, 0, 1)
    tree = _parsed(text)
    compiler = _Compiler(text, types)
    _bounded(tree, compiler)
    typed = compiler.part(tree)
    if typed.type != expected:
        raise compiler.wrong(
            tree,
            _("This is %(type)s, but a condition must be true or false. Compare it with something.")
            % {"type": type_word(typed.type)},
        )
    return Expression(text, typed.type, frozenset(compiler.used), typed.run)


def type_word(kind: Type) -> str:
    """A type as people call it."""
    words = {
        "bool": _("true or false"), "number": _("a number"), "text": _("a text"), "texts": _("a list of texts"),
        "numbers": _("a list of numbers"), "quantities": _("quantities by name"),
    }  # fmt: skip
    return words.get(kind.name, _("a list of records"))


def _parsed(text: str) -> ast.expr:
    # Lines within brackets belong together, so people may break a condition where they like.
    source = f"({text}\n)"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        at = _offset(source, error.lineno or 1, (error.offset or 1) - 1) - 1
        message = _("This cannot be read here. Look for a missing quote, bracket or operator.")
        raise _error(message, text, min(max(at, 0), max(len(text) - 1, 0)), 1) from None
    except (MemoryError, RecursionError, ValueError):
        raise _error(
            _("The condition is nested too deeply. Make two rules of it."), text, 0, len(text)
        ) from None


def _offset(source: str, line: int, column: int) -> int:
    lines = source.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + column


def _error(message: str, text: str, position: int, length: int) -> ExpressionError:
    before = text[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    where = _("Line %(line)s, character %(column)s: %(message)s") % {
        "line": line, "column": column, "message": message,
    }  # fmt: skip
    return ExpressionError(
        where,
        data={"position": position, "length": max(1, length), "line": line, "column": column},
        problems=[Problem(where, "bad_condition", "condition", field="condition")],
    )


def _bounded(tree: ast.expr, compiler: _Compiler) -> None:
    count = 0
    level: list[ast.AST] = [tree]
    for _depth in range(MAX_DEPTH * 2):  # an operator or a context is a level of its own
        count += len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            break
    if level:
        raise compiler.wrong(tree, _("The condition is nested too deeply. Make two rules of it."))
    if count > MAX_NODES * 2:
        raise compiler.wrong(tree, _("The condition has too many parts. Make two rules of it."))


_COMPARE: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip


def _divide(left: Any, right: Any) -> Any:
    return Decimal(left) / right if right else 0


def _remainder(left: Any, right: Any) -> Any:
    try:
        return left % right if right else 0
    except InvalidOperation:  # so much larger that no digit of the remainder is known
        return 0


_ARITHMETIC: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: _divide, ast.Mod: _remainder,
}  # fmt: skip


def _always(value: Any) -> Part:
    return lambda _facts, _record: value


class _Compiler:
    """Walks one tree; ``used`` gathers the facts that it mentions."""

    def __init__(self, text: str, types: Mapping[str, Type]) -> None:
        self.text = text
        self.source = f"({text}\n)"
        self.types = types
        self.used: set[str] = set()
        #: Name of the record of the walk that is being compiled, and its fields.
        self.record = ""
        self.fields: Mapping[str, Type] = {}

    def wrong(self, node: ast.AST, message: str) -> ExpressionError:
        """An error that points at ``node``."""
        start, end = self._span(node)
        return _error(message, self.text, start, end - start)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        lines = self.source.split("\n")

        def place(line: int, byte: int) -> int:
            column = len(lines[line - 1].encode()[:byte].decode(errors="ignore"))
            return _offset(self.source, line, column) - 1

        start = place(getattr(node, "lineno", 1), getattr(node, "col_offset", 1))
        end = place(getattr(node, "end_lineno", 1) or 1, getattr(node, "end_col_offset", 1) or 1)
        return max(0, start), min(max(end, start + 1), len(self.text))

    def part(self, node: ast.expr) -> Typed:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise self.wrong(
                node, _("Conditions cannot do this. Use comparisons, and, or, not, and the functions listed.")
            )
        typed: Typed = method(node)
        return typed

    def want(self, node: ast.expr, kind: Type) -> Part:
        """The part, which must have this type."""
        typed = self.part(node)
        if typed.type != kind:
            raise self.wrong(
                node,
                _("This is %(found)s where %(wanted)s is needed.")
                % {"found": type_word(typed.type), "wanted": type_word(kind)},
            )
        return typed.run

    # -------------------------------------------------------------- values

    def _constant(self, node: ast.Constant) -> Typed:
        value = node.value
        if isinstance(value, bool):
            return Typed(BOOL, _always(value))
        if isinstance(value, int | float):
            start, end = self._span(node)
            digits = self.text[start:end].replace("_", "")
            if not digits.replace(".", "", 1).isdigit() or len(digits) > _MAX_DIGITS:
                raise self.wrong(node, _("Write numbers with plain digits, at most 15 of them."))
            number: int | Decimal = int(digits) if digits.isdigit() else Decimal(digits)
            return Typed(NUMBER, _always(number))
        if isinstance(value, str):
            if len(value) > _MAX_TEXT:
                raise self.wrong(node, _("A text may have at most 200 characters."))
            return Typed(TEXT, _always(value))
        raise self.wrong(node, _("Use a number, a text in quotes, true or false."))

    def _list(self, node: ast.List) -> Typed:
        if not node.elts:
            raise self.wrong(node, _("An empty list decides nothing. Put something into it."))
        parts = [self.part(element) for element in node.elts]
        kind = parts[0].type
        if kind not in {TEXT, NUMBER}:
            raise self.wrong(node.elts[0], _("Lists hold texts or numbers."))
        for element, typed in zip(node.elts, parts, strict=True):
            if not isinstance(element, ast.Constant):
                raise self.wrong(element, _("Lists hold texts or numbers written out."))
            if typed.type != kind:
                raise self.wrong(element, _("A list holds either texts or numbers, not both."))
        values = tuple(typed.run({}, _NO_RECORD) for typed in parts)
        return Typed(TEXTS if kind == TEXT else NUMBERS, _always(values))

    _tuple = _set = _list

    def _name(self, node: ast.Name) -> Typed:
        if node.id in {"true", "false"}:
            value = node.id == "true"
            return Typed(BOOL, _always(value))
        return self._fact(node, node.id)

    def _attribute(self, node: ast.Attribute) -> Typed:
        if isinstance(node.value, ast.Name):
            if node.value.id == self.record:
                return self._field(node)
            return self._fact(node, f"{node.value.id}.{node.attr}")
        raise self.wrong(node, _("There is no such fact. Choose one from the list of facts."))

    def _fact(self, node: ast.expr, name: str) -> Typed:
        kind = self.types.get(name)
        if kind is None:
            raise self._unknown(node, name, list(self.types))
        if isinstance(kind, ListOf):
            raise self.wrong(
                node,
                _("“%(name)s” is a list of records: ask it with any, all, count or sum.") % {"name": name},
            )
        self.used.add(name)
        return Typed(kind, lambda facts, _record: facts[name])

    def _field(self, node: ast.Attribute) -> Typed:
        name = node.attr
        kind = self.fields.get(name)
        if kind is None:
            raise self._unknown(node, name, list(self.fields))
        return Typed(kind, lambda _facts, record: record[name])

    def _unknown(self, node: ast.expr, name: str, names: list[str]) -> ExpressionError:
        best = process.extractOne(name, names, score_cutoff=60)
        if best is None:
            return self.wrong(
                node,
                _("There is no fact “%(name)s”. Choose one from the list of facts.") % {"name": name},
            )
        return self.wrong(
            node,
            _("There is no fact “%(name)s”. Did you mean “%(best)s”?") % {"name": name, "best": best[0]},
        )

    def _subscript(self, node: ast.Subscript) -> Typed:
        held = self.want(node.value, QUANTITIES)
        key = self.want(node.slice, TEXT)
        return Typed(NUMBER, lambda facts, record: held(facts, record).get(key(facts, record), 0))

    # -------------------------------------------------------------- logic

    def _boolop(self, node: ast.BoolOp) -> Typed:
        parts = tuple(self.want(value, BOOL) for value in node.values)
        if isinstance(node.op, ast.And):
            return Typed(BOOL, lambda facts, record: all(part(facts, record) for part in parts))
        return Typed(BOOL, lambda facts, record: any(part(facts, record) for part in parts))

    def _unaryop(self, node: ast.UnaryOp) -> Typed:
        if isinstance(node.op, ast.Not):
            truth = self.want(node.operand, BOOL)
            return Typed(BOOL, lambda facts, record: not truth(facts, record))
        if isinstance(node.op, ast.USub):
            number = self.want(node.operand, NUMBER)
            return Typed(NUMBER, lambda facts, record: -number(facts, record))
        raise self.wrong(node, _("Conditions know “not” and “-” only."))

    def _ifexp(self, node: ast.IfExp) -> Typed:
        test = self.want(node.test, BOOL)
        yes = self.part(node.body)
        no = self.want(node.orelse, yes.type)
        then = yes.run
        return Typed(
            yes.type, lambda facts, record: then(facts, record) if test(facts, record) else no(facts, record)
        )

    def _binop(self, node: ast.BinOp) -> Typed:
        work = _ARITHMETIC.get(type(node.op))
        if work is None:
            raise self.wrong(
                node, _("Numbers can be added, subtracted, multiplied, divided; “%” is the remainder.")
            )
        left, right = self.want(node.left, NUMBER), self.want(node.right, NUMBER)
        return Typed(NUMBER, lambda facts, record: work(left(facts, record), right(facts, record)))

    def _compare(self, node: ast.Compare) -> Typed:
        sides = [node.left, *node.comparators]
        parts = tuple(
            self._comparison(left, operation, right)
            for left, operation, right in zip(sides, node.ops, sides[1:], strict=False)
        )
        if len(parts) == 1:
            return Typed(BOOL, parts[0])
        return Typed(BOOL, lambda facts, record: all(part(facts, record) for part in parts))

    def _comparison(self, first: ast.expr, operation: ast.cmpop, second: ast.expr) -> Part:
        if isinstance(operation, ast.In | ast.NotIn):
            return self._membership(first, second, negated=isinstance(operation, ast.NotIn))
        work = _COMPARE.get(type(operation))
        if work is None:
            raise self.wrong(second, _("Use ==, !=, <, <=, >, >= or in."))
        one = self.part(first)
        left, right = one.run, self.want(second, one.type)
        if one.type not in {NUMBER, TEXT} and not (
            one.type == BOOL and isinstance(operation, ast.Eq | ast.NotEq)
        ):
            raise self.wrong(
                first,
                _("Numbers and texts can be compared; %(type)s cannot.") % {"type": type_word(one.type)},
            )
        return lambda facts, record: work(left(facts, record), right(facts, record))

    def _membership(self, first: ast.expr, second: ast.expr, *, negated: bool) -> Part:
        held = self.part(second)
        if held.type not in {TEXT, TEXTS, NUMBERS}:
            raise self.wrong(
                second,
                _("“in” looks into a list or a text; this is %(type)s.") % {"type": type_word(held.type)},
            )
        element, container = self.want(first, ELEMENT.get(held.type, TEXT)), held.run
        if negated:
            return lambda facts, record: element(facts, record) not in container(facts, record)
        return lambda facts, record: element(facts, record) in container(facts, record)

    # -------------------------------------------------------------- functions

    def _call(self, node: ast.Call) -> Typed:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords:
            raise self.wrong(node.keywords[0], _("Functions take plain arguments, without names."))
        if name in WALKS:
            return self._walk(node, name)
        function = FUNCTIONS.get(name)
        if function is None:
            known = ", ".join(sorted([*FUNCTIONS, *WALKS]))
            raise self.wrong(
                node.func, _("There is no such function. There are: %(known)s.") % {"known": known}
            )
        return self._function(node, function)

    def _function(self, node: ast.Call, function: Function) -> Typed:
        least = len(function.arguments)
        if len(node.args) < least or (len(node.args) > least and not function.repeats):
            raise self.wrong(
                node, _("The function is written like this: %(example)s") % {"example": function.example}
            )
        wanted = [*function.arguments, *[function.arguments[-1]] * (len(node.args) - least)]
        parts = tuple(self.want(argument, kind) for argument, kind in zip(node.args, wanted, strict=True))
        call = function.call
        return Typed(function.result, lambda facts, record: call(*[part(facts, record) for part in parts]))

    def _walk(self, node: ast.Call, name: str) -> Typed:
        example = WALKS[name][1]
        walk = node.args[0] if len(node.args) == 1 else None
        wrong = _("The function is written like this: %(example)s") % {"example": example}
        if not isinstance(walk, ast.GeneratorExp) or len(walk.generators) != 1:
            raise self.wrong(node, wrong)
        if self.record:
            raise self.wrong(node, _("A walk over a list cannot stand within another one."))
        over = walk.generators[0]
        if not isinstance(over.iter, ast.Name) or not isinstance(over.target, ast.Name) or over.is_async:
            raise self.wrong(node, wrong)
        held, kind = over.iter.id, self.types.get(over.iter.id)
        if not isinstance(kind, ListOf):
            raise self.wrong(over.iter, _("There is no list “%(name)s” to walk over.") % {"name": held})
        self.record, self.fields = over.target.id, kind.fields
        try:
            keep = tuple(self.want(condition, BOOL) for condition in over.ifs)
            each = self.want(walk.elt, NUMBER if name == "sum" else BOOL)
        finally:
            self.record, self.fields = "", {}
        self.used.add(held)
        return Typed(BOOL if name in {"any", "all"} else NUMBER, _walker(name, held, each, keep))


_FOLDS: Final[dict[str, Callable[[Any], Any]]] = {"any": any, "all": all, "sum": sum, "count": sum}


def _walker(name: str, held: str, each: Part, keep: tuple[Part, ...]) -> Part:
    fold = _FOLDS[name]
    if not keep:
        return lambda facts, _record: fold(each(facts, row) for row in facts[held])
    return lambda facts, _record: fold(
        each(facts, row) for row in facts[held] if all(part(facts, row) for part in keep)
    )
