"""X12 interchanges: segments of a strange file, and files of our own segments.

The library pyx12 reads segments with whatever separators the sender chose, checks control numbers, counts and the
nesting of envelopes, and writes closing segments with right counts. It has maps of health-care messages only, so
what an 850 or an 856 says is our matter.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pyx12.errors import X12Error  # type: ignore[import-untyped]
from pyx12.segment import Segment as X12Segment  # type: ignore[import-untyped]
from pyx12.x12file import X12Reader, X12Writer  # type: ignore[import-untyped]

#: Segments of one interchange that are read.
MOST_SEGMENTS = 2_000_000
#: Control numbers have nine digits.
NUMBERS = 1_000_000_000
#: Which functional group a transaction set travels in.
GROUPS = {"850": "PO", "856": "SH", "997": "FA"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name and its elements, without separators. ``row`` counts within the interchange."""

    name: str
    elements: Sequence[str]
    row: int

    def get(self, position: int) -> str:
        """The element of that number (from 1), empty where there is none."""
        return self.elements[position - 1] if position <= len(self.elements) else ""


@dataclass(slots=True)
class Transaction:
    """One transaction set (ST to SE) with what is wrong in its envelope."""

    kind: str
    number: str
    segments: list[Segment] = field(default_factory=list)
    problems: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """One functional group (GS to GE)."""

    kind: str
    number: str
    version: str
    transactions: list[Transaction] = field(default_factory=list)


@dataclass(slots=True)
class Interchange:
    """One interchange (ISA to IEA). ``problems`` concern it as a whole."""

    sender: tuple[str, str] = ("", "")
    receiver: tuple[str, str] = ("", "")
    number: str = ""
    groups: list[Group] = field(default_factory=list)
    problems: list[tuple[str, str, int]] = field(default_factory=list)


def interchange_read(text: str) -> Interchange:
    """The one interchange of a file; what does not obey the rules of envelopes is among its problems."""
    found = Interchange()
    try:
        for segment, errors in _segments(text):
            _place(found, segment, errors)
    except X12Error as error:
        found.problems.append(("not_x12", str(error)[:200], 1))
    except (ValueError, IndexError, KeyError, TypeError):
        found.problems.append(("not_x12", "envelopes are not nested as they should be", 1))
    if not found.number and not found.problems:
        found.problems.append(("not_x12", "there is no interchange", 1))
    return found


def _segments(text: str) -> Iterator[tuple[Segment, list[Any]]]:
    reader = X12Reader(io.StringIO(text.lstrip("\ufeff \r\n")))
    row = 0
    for row, raw in enumerate(reader, start=1):
        if row > MOST_SEGMENTS:
            raise ValueError("too many segments")
        elements = [raw.get_value(f"{n:02}") or "" for n in range(1, len(raw) + 1)]
        yield Segment(raw.get_seg_id(), elements, row), reader.pop_errors()
    reader.cleanup()
    yield Segment("", [], row), reader.pop_errors()


def _place(found: Interchange, segment: Segment, errors: Sequence[Any]) -> None:
    problems = [(f"x12_{one[0]}_{one[1]}", str(one[2])[:200], segment.row) for one in errors]
    match segment.name:
        case "ISA":
            if found.number:
                problems.append(("two_interchanges", "a file holds one interchange", segment.row))
            found.sender = (segment.get(5).strip(), segment.get(6).strip())
            found.receiver = (segment.get(7).strip(), segment.get(8).strip())
            found.number = segment.get(13)
        case "GS":
            found.groups.append(Group(segment.get(1), segment.get(6), segment.get(8)))
        case "ST":
            found.groups[-1].transactions.append(Transaction(segment.get(1), segment.get(2)))
        case "IEA" | "GE" | "":
            pass
        case _:
            current = found.groups[-1].transactions[-1]
            if segment.name != "SE":
                current.segments.append(segment)
    kinds = {str(one[0]) for one in errors}
    if kinds and kinds <= {"st", "seg"} and segment.name and found.groups and found.groups[-1].transactions:
        found.groups[-1].transactions[-1].problems += problems
    else:
        found.problems += problems


@dataclass(frozen=True, slots=True)
class Partner:
    """Who speaks to whom, and in which signs."""

    us: tuple[str, str]
    them: tuple[str, str]
    our_group: str
    their_group: str
    version: str
    usage: str
    element: str
    segment: str
    component: str


def interchange_write(
    partner: Partner, kind: str, number: int, at: datetime, body: Sequence[Sequence[str]]
) -> bytes:
    """An interchange with one transaction set of ours."""
    moment = at.astimezone(UTC)
    control, isa_version = f"{number % NUMBERS:09}", "00501" if partner.version == "005010" else "00401"
    isa = [
        "ISA", "00", " " * 10, "00", " " * 10, partner.us[0], partner.us[1].ljust(15)[:15], partner.them[0],
        partner.them[1].ljust(15)[:15], f"{moment:%y%m%d}", f"{moment:%H%M}", "U", isa_version, control, "0",
        partner.usage, partner.component,
    ]  # fmt: skip
    gs = [
        "GS", GROUPS[kind], partner.our_group, partner.their_group, f"{moment:%Y%m%d}", f"{moment:%H%M}",
        str(int(control)), "X", partner.version,
    ]  # fmt: skip
    stream = io.StringIO()
    writer = X12Writer(stream, partner.segment, partner.element, partner.component, "\n", "^")
    for opening in (isa, gs, ["ST", kind, "0001"]):
        writer.Write(_segment(partner, opening, is_clean=True))
    for cells in body:
        writer.Write(_segment(partner, cells))
    writer.close()
    return stream.getvalue().encode()


def _segment(partner: Partner, cells: Sequence[str], *, is_clean: bool = False) -> Any:
    signs = str.maketrans(
        dict.fromkeys((partner.element, partner.segment, partner.component, "^", "\n", "\r"), " ")
    )
    texts = list(cells) if is_clean else [cell.translate(signs).strip() for cell in cells]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return X12Segment(partner.element.join(texts), partner.segment, partner.element, partner.component)
