"""The reference of counts shows the tables of states as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from hecang.stockkeeping import states_counts as states

DOC = Path(__file__).parents[2] / "docs" / "reference" / "stockkeeping-counts.md"


@pytest.mark.parametrize("entity", ["count", "place", "line"])
def test_the_docs_draw_the_table(entity: str) -> None:
    assert f"```mermaid\n{states.mermaid(entity)}\n```" in DOC.read_text()
