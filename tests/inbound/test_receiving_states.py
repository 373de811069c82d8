"""The state machines of receiving are those that the reference draws."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hecang.inbound.states_receiving import (
    APPOINTMENT_TRANSITIONS,
    ASN_TRANSITIONS,
    DISCREPANCY_TRANSITIONS,
    RECEIPT_TRANSITIONS,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "inbound.md"


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("Announcements", ASN_TRANSITIONS), ("Appointments", APPOINTMENT_TRANSITIONS), ("Receipts", RECEIPT_TRANSITIONS),
        ("Differences", DISCREPANCY_TRANSITIONS),
    ],
)  # fmt: skip
def test_the_page_draws_the_table(heading: str, table: dict[str, frozenset[str]]) -> None:
    section = PAGE.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", section, re.MULTILINE))

    assert drawn == {(str(one), str(other)) for one, others in table.items() for other in others}
