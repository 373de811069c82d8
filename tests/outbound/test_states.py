"""The state tables, and the docs that draw them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hecang.kernel.errors import StateConflict
from hecang.outbound import states
from hecang.outbound.models import Batch, FulfilmentState, Parcel, PickTask, WaveState

DOC = Path(__file__).parents[2] / "docs" / "reference" / "outbound.md"
CHOICES = {
    "fulfilment": FulfilmentState,
    "wave": WaveState,
    "batch": Batch.State,
    "pick_task": PickTask.State,
    "parcel": Parcel.State,
}


@pytest.mark.parametrize("entity", states.TABLES)
def test_every_state_has_a_row_and_every_step_leads_to_a_state(entity: str) -> None:
    table = states.TABLES[entity]

    assert set(table) == set(CHOICES[entity])
    assert all(target in table and target != source for source, row in table.items() for target in row)


@pytest.mark.parametrize("entity", states.TABLES)
def test_the_docs_draw_the_table(entity: str) -> None:
    assert f"```mermaid\n{states.mermaid(entity)}\n```" in DOC.read_text()


def test_a_step_that_the_table_lacks_is_refused_with_both_states() -> None:
    with pytest.raises(StateConflict) as refused:
        states.require("wave", "done", "released", what="WV1")

    assert refused.value.data == {"entity": "wave", "number": "WV1", "state": "done", "wanted": "released"}
