"""A small reader and answerer of GraphQL: enough to take a client's documents at their word.

It reads one operation with variables, arguments, directives and inline fragments, answers the fields that are
asked for and no others, and knows what a question costs. It has no types: a field is known if the world has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"(?P<skip>[\s,]+|\#[^\n]*)|(?P<name>[_A-Za-z]\w*)|(?P<number>-?\d+(?:\.\d+)?)"
    r'|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<sign>\.\.\.|[{}()\[\]:=!$@])'
)


class GraphQLError(Exception):
    def __init__(self, message: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.message, self.code = message, code


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(slots=True)
class Field:
    name: str
    alias: str
    arguments: dict[str, Any]
    directives: dict[str, dict[str, Any]]
    selection: list[Field] = field(default_factory=list)
    #: Type of an inline fragment; such a field has no name.
    on_type: str = ""


@dataclass(slots=True)
class Operation:
    kind: str
    name: str
    #: Name → whether it must not be null.
    variables: dict[str, bool]
    selection: list[Field]


class _Reader:
    def __init__(self, source: str) -> None:
        self.tokens: list[str] = []
        place = 0
        while place < len(source):
            match = _TOKEN.match(source, place)
            if match is None:
                raise GraphQLError(f"syntax error, unexpected {source[place]!r}", "PARSE_ERROR")
            if match.lastgroup != "skip":
                self.tokens.append(match[0])
            place = match.end()
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise GraphQLError(f"syntax error, expected {wanted or 'more'}, got {token!r}", "PARSE_ERROR")
        self.place += 1
        return token

    def operation(self) -> Operation:
        kind, name = "query", ""
        if self.peek() != "{":
            kind = self.take()
            if kind not in ("query", "mutation"):
                raise GraphQLError(f"syntax error, unexpected {kind!r}", "PARSE_ERROR")
            if self.peek() not in ("{", "("):
                name = self.take()
        variables: dict[str, bool] = {}
        if self.peek() == "(":
            self.take("(")
            while self.peek() != ")":
                self.take("$")
                variable = self.take()
                self.take(":")
                variables[variable] = self._type()
            self.take(")")
        found = Operation(kind, name, variables, self._selection())
        if self.peek():
            raise GraphQLError("syntax error, one operation at a time", "PARSE_ERROR")
        return found

    def _type(self) -> bool:
        if self.peek() == "[":
            self.take("[")
            self._type()
            self.take("]")
        else:
            self.take()
        if self.peek() == "!":
            self.take("!")
            return True
        return False

    def _selection(self) -> list[Field]:
        self.take("{")
        fields = []
        while self.peek() != "}":
            fields.append(self._field())
        self.take("}")
        if not fields:
            raise GraphQLError("syntax error, empty selection", "PARSE_ERROR")
        return fields

    def _field(self) -> Field:
        if self.peek() == "...":
            self.take("...")
            self.take("on")
            on_type = self.take()
            return Field("", "", {}, {}, self._selection(), on_type)
        alias = name = self.take()
        if self.peek() == ":":
            self.take(":")
            name = self.take()
        arguments = self._arguments()
        directives = {}
        while self.peek() == "@":
            self.take("@")
            directive = self.take()
            directives[directive] = self._arguments()
        return Field(name, alias, arguments, directives, self._selection() if self.peek() == "{" else [])

    def _arguments(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if self.peek() == "(":
            self.take("(")
            while self.peek() != ")":
                name = self.take()
                self.take(":")
                given[name] = self._value()
            self.take(")")
        return given

    def _value(self) -> Any:
        word = self.take()
        if word == "$":
            return Variable(self.take())
        if word == "[":
            items = []
            while self.peek() != "]":
                items.append(self._value())
            self.take("]")
            return items
        if word == "{":
            inner: dict[str, Any] = {}
            while self.peek() != "}":
                name = self.take()
                self.take(":")
                inner[name] = self._value()
            self.take("}")
            return inner
        if word.startswith('"'):
            return word[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        if re.fullmatch(r"-?\d+", word):
            return int(word)
        return {"null": None, "true": True, "false": False}.get(word, word)


class _Filler:
    """Puts the values of variables where they are named, and notes which were."""

    def __init__(self, declared: Mapping[str, bool], values: Mapping[str, Any]) -> None:
        self.declared, self.values = declared, values
        self.used: set[str] = set()

    def value(self, value: Any) -> Any:
        if isinstance(value, Variable):
            if value.name not in self.declared:
                raise GraphQLError(f"Variable ${value.name} is used but not declared", "variableNotDefined")
            self.used.add(value.name)
            return self.values.get(value.name)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {name: self.value(one) for name, one in value.items()}
        return value

    def fields(self, fields: list[Field]) -> None:
        for one in fields:
            one.arguments = self.value(one.arguments)
            one.directives = self.value(one.directives)
            self.fields(one.selection)


def parse(source: str, variables: Mapping[str, Any]) -> Operation:
    """The operation in ``source``, its variables filled in.

    :raises GraphQLError: it is none, or variables are missing or unknown.
    """
    operation = _Reader(source).operation()
    for name, is_needed in operation.variables.items():
        if is_needed and variables.get(name) is None:
            raise GraphQLError(f"Variable ${name} was provided invalid value", "INVALID_VARIABLE")
    for name in variables:
        if name not in operation.variables:
            raise GraphQLError(f"Variable ${name} is not declared", "INVALID_VARIABLE")
    filler = _Filler(operation.variables, variables)
    filler.fields(operation.selection)
    for name in operation.variables:
        if name not in filler.used:
            raise GraphQLError(f"Variable ${name} is declared but not used", "variableNotUsed")
    return operation


def answered(fields: list[Field], value: Mapping[str, Any], type_name: str) -> dict[str, Any]:
    """Of an object those fields that are asked for. A value that can be called is given its arguments.

    Objects in the world may carry ``__typename``, by which inline fragments choose.
    """
    found: dict[str, Any] = {}
    for one in fields:
        if one.on_type:
            if value.get("__typename", one.on_type) == one.on_type:
                found |= answered(one.selection, value, one.on_type)
            continue
        if one.name not in value:
            raise GraphQLError(f"Field '{one.name}' doesn't exist on type '{type_name}'", "undefinedField")
        inner = value[one.name]
        if callable(inner):
            inner = inner(one)
        elif one.arguments:
            raise GraphQLError(f"Field '{one.name}' takes no arguments", "argumentNotAccepted")
        found[one.alias] = _inner(one, inner)
    return found


def _inner(one: Field, value: Any) -> Any:
    if isinstance(value, list):
        return [_inner(one, item) for item in value]
    if isinstance(value, Mapping):
        if not one.selection:
            raise GraphQLError(f"Field '{one.name}' must have selections", "selectionMismatch")
        return answered(one.selection, value, one.name)
    if one.selection and value is not None:
        raise GraphQLError(f"Field '{one.name}' has no selections", "selectionMismatch")
    return value


def cost(fields: list[Field]) -> int:
    """What a question may cost at most: an object 1, a list 2 and its length times what is inside."""
    return sum(_cost(one) for one in fields)


def _cost(one: Field) -> int:
    if not one.selection:
        return 0
    inside = cost(one.selection)
    if one.on_type:
        return inside
    first = one.arguments.get("first")
    if isinstance(first, int):
        nodes = [inner for inner in one.selection if inner.name == "nodes"]
        rest = [inner for inner in one.selection if inner.name != "nodes"]
        return 2 + cost(rest) + first * sum(1 + cost(inner.selection) for inner in nodes)
    ids = one.arguments.get("ids")
    if isinstance(ids, list):
        return len(ids) * (1 + inside)
    return 1 + inside


def spent(value: Any) -> int:
    """What an answer did cost: its objects."""
    if isinstance(value, Mapping):
        return 1 + sum(spent(inner) for inner in value.values())
    if isinstance(value, list):
        return sum(spent(inner) for inner in value)
    return 0
