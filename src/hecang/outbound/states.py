"""The state machines of outbound, one table per entity.

The tables are the only place that says what may follow what; ``docs/reference/outbound.md`` draws them
and a test compares the drawing with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import StateConflict
from hecang.outbound.models import Batch, FulfilmentState, Parcel, PickTask, WaveState

Transitions = Mapping[str, frozenset[str]]

FULFILMENT_TRANSITIONS: Final[Transitions] = {
    FulfilmentState.READY: frozenset({FulfilmentState.RELEASED, FulfilmentState.CANCELLED}),
    FulfilmentState.RELEASED: frozenset(
        {
            FulfilmentState.PICKED,
            FulfilmentState.READY,
            FulfilmentState.CANCELLED,
        }  # ready: its wave was cancelled
    ),
    FulfilmentState.PICKED: frozenset(
        {
            FulfilmentState.PACKED,
            FulfilmentState.SHIPPED,
            FulfilmentState.CANCELLED,
        }  # shipped: the rest was cut
    ),
    FulfilmentState.PACKED: frozenset(
        {
            FulfilmentState.SHIPPED,
            FulfilmentState.PICKED,
            FulfilmentState.CANCELLED,
        }  # picked: a parcel was opened
    ),
    FulfilmentState.SHIPPED: frozenset(),
    FulfilmentState.CANCELLED: frozenset(),
}

WAVE_TRANSITIONS: Final[Transitions] = {
    WaveState.PLANNED: frozenset(
        {WaveState.RELEASED, WaveState.DONE, WaveState.CANCELLED}  # done: nothing of it could be allocated
    ),
    WaveState.RELEASED: frozenset({WaveState.DONE, WaveState.CANCELLED}),
    WaveState.DONE: frozenset(),
    WaveState.CANCELLED: frozenset(),
}

BATCH_TRANSITIONS: Final[Transitions] = {
    Batch.State.PLANNED: frozenset({Batch.State.RELEASED, Batch.State.CANCELLED}),
    Batch.State.RELEASED: frozenset({Batch.State.PICKING, Batch.State.CANCELLED}),
    Batch.State.PICKING: frozenset(
        {Batch.State.PICKED, Batch.State.RELEASED, Batch.State.CANCELLED}  # released: the picker gave it back
    ),
    Batch.State.PICKED: frozenset(),
    Batch.State.CANCELLED: frozenset(),
}

PICK_TASK_TRANSITIONS: Final[Transitions] = {
    PickTask.State.OPEN: frozenset({PickTask.State.DONE, PickTask.State.SHORT, PickTask.State.CANCELLED}),
    PickTask.State.DONE: frozenset(),
    PickTask.State.SHORT: frozenset(),
    PickTask.State.CANCELLED: frozenset(),
}

PARCEL_TRANSITIONS: Final[Transitions] = {
    Parcel.State.OPEN: frozenset({Parcel.State.SEALED, Parcel.State.CANCELLED}),
    Parcel.State.SEALED: frozenset({Parcel.State.LABELLED, Parcel.State.CANCELLED}),
    Parcel.State.LABELLED: frozenset(
        {Parcel.State.SHIPPED, Parcel.State.SEALED, Parcel.State.CANCELLED}  # sealed: needs a new label
    ),
    Parcel.State.SHIPPED: frozenset(),
    Parcel.State.CANCELLED: frozenset(),
}

TABLES: Final[Mapping[str, Transitions]] = {
    "fulfilment": FULFILMENT_TRANSITIONS,
    "wave": WAVE_TRANSITIONS,
    "batch": BATCH_TRANSITIONS,
    "pick_task": PICK_TASK_TRANSITIONS,
    "parcel": PARCEL_TRANSITIONS,
}


def allowed(entity: str, source: str, target: str) -> bool:
    """Whether ``entity`` may go from state ``source`` to ``target``."""
    return target in TABLES[entity][source]


def require(entity: str, source: str, target: str, *, what: str) -> None:
    """Raise :class:`StateConflict` unless the table of ``entity`` has the step ``source`` → ``target``.

    :param what: number of the document, for the message.
    """
    if not allowed(entity, source, target):
        raise StateConflict(
            _(
                "%(what)s is in state “%(source)s” and cannot become “%(target)s”. Reload it to see where it stands."
            )
            % {"what": what, "source": source, "target": target},
            data={"entity": entity, "number": what, "state": source, "wanted": target},
        )


def mermaid(entity: str) -> str:
    """The table of an entity as a Mermaid state diagram, as ``docs/reference/outbound.md`` shows it."""
    table = TABLES[entity]
    targets = {target for following in table.values() for target in following}
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    [*] --> {state}" for state in map(str, table) if state not in _behind_first(table)]
    for source, following in table.items():
        lines += [f"    {source} --> {target}" for target in map(str, table) if target in following]
    lines += [
        f"    {state} --> [*]" for state, following in table.items() if not following and state in targets
    ]
    return "\n".join(lines)


def _behind_first(table: Transitions) -> set[str]:
    """All states but the one that things begin in, which is the first of the table."""
    return set(list(table)[1:])
