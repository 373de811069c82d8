"""XML as Qimen speaks it: read liberally, written plainly, and nothing that XML can be abused for.

Lists are read as “the children of the list element”, whatever they are called: official kits write ``order_line`` in
some messages and ``orderLine`` in others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

#: Largest message, deepest nesting, most elements.
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 24
MAX_NODES = 200_000

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")


class XmlRefused(ValueError):
    """What came is no XML, or XML that nobody has to read."""


@dataclass(slots=True)
class Node:
    """One element: its own text, and its children in order."""

    tag: str
    content: str = ""
    children: list[Node] = field(default_factory=list)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.children)

    def find(self, tag: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def node(self, tag: str) -> Node:
        """The first child of that name; an empty one where there is none."""
        return self.find(tag) or Node(tag)

    def text(self, *tags: str) -> str:
        """The text of the first of these children that has any."""
        for tag in tags:
            child = self.find(tag)
            if child is not None and child.content.strip():
                return child.content.strip()
        return ""

    def list(self, tag: str) -> list[Node]:
        """The children of the list element of that name, whatever they are called."""
        return self.node(tag).children

    def props(self) -> dict[str, str]:
        """``extendProps``: whatever the other side wants to find again."""
        return {child.tag: child.content.strip() for child in self.node("extendProps")}


def parse(body: bytes, *, charset: str = "utf-8") -> Node:
    """The root element of a message.

    :raises XmlRefused: not well-formed, too large, too deep, or with a document type or entities of its own.
    """
    if len(body) > MAX_BYTES:
        raise XmlRefused("the message is too large")
    reader = _Reader()
    try:
        text = body.decode(charset) if charset.lower().replace("_", "-") not in ("utf-8", "utf8") else None
        parser = expat.ParserCreate("utf-8" if text is not None else None)
        parser.buffer_text = True
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.characters
        parser.StartDoctypeDeclHandler = _forbidden
        parser.EntityDeclHandler = _forbidden
        parser.ExternalEntityRefHandler = _forbidden
        parser.SkippedEntityHandler = _forbidden
        parser.Parse(text.encode() if text is not None else body, True)
    except XmlRefused:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise XmlRefused("the message is no XML") from error
    if reader.root is None:
        raise XmlRefused("the message is empty")
    return reader.root


def _forbidden(*_args: Any) -> int:
    raise XmlRefused("document types and entities are not taken")


class _Reader:
    def __init__(self) -> None:
        self.root: Node | None = None
        self.path: list[Node] = []
        self.count = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self.count += 1
        if self.count > MAX_NODES or len(self.path) >= MAX_DEPTH:
            raise XmlRefused("the message has too many elements, or too deep ones")
        node = Node(tag.rpartition(":")[2])
        if self.path:
            self.path[-1].children.append(node)
        else:
            self.root = node
        self.path.append(node)

    def end(self, _tag: str) -> None:
        self.path.pop()

    def characters(self, text: str) -> None:
        self.path[-1].content += text


@dataclass(frozen=True, slots=True)
class Rows:
    """A list to be written: each row under the name ``tag``."""

    tag: str
    rows: Sequence[Mapping[str, Any] | str]


def write(root: str, content: Mapping[str, Any]) -> bytes:
    """A message. Empty values are left out; mappings nest; lists are :class:`Rows`."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>']
    _element(parts, root, content)
    return "".join(parts).encode()


def dump(node: Node) -> bytes:
    """A message that was read, or a part of one, written again."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>']
    _node(parts, node)
    return "".join(parts).encode()


def _node(parts: list[str], node: Node) -> None:
    parts.append(f"<{node.tag}>")
    if not node.children:
        parts.append(escape(node.content))
    for child in node.children:
        _node(parts, child)
    parts.append(f"</{node.tag}>")


def _element(parts: list[str], tag: str, value: Any) -> None:
    if value is None or value == "" or (isinstance(value, Mapping) and not value and tag != "request"):
        return
    if not _NAME.fullmatch(tag):
        return  # names of extendProps come from outside
    parts.append(f"<{tag}>")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _element(parts, name, inner)
    elif isinstance(value, Rows):
        for row in value.rows:
            _element(parts, value.tag, row)
    else:
        parts.append(escape(_ILLEGAL.sub("", str(value))))
    parts.append(f"</{tag}>")
