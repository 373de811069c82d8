"""The life of a task: one table, drawn in ``docs/reference/work.md``."""

from __future__ import annotations

from typing import Final

from hecang.kernel.transitions import Transition
from hecang.work.models import TaskState

OPEN: Final = TaskState.OPEN.value
ASSIGNED: Final = TaskState.ASSIGNED.value
STARTED: Final = TaskState.STARTED.value
PAUSED: Final = TaskState.PAUSED.value
DONE: Final = TaskState.DONE.value
CANCELLED: Final = TaskState.CANCELLED.value


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(OPEN, ASSIGNED, "assign", "task_claim"),
    Transition(ASSIGNED, ASSIGNED, "hand_over", "task_hand_over"),
    Transition(STARTED, ASSIGNED, "hand_over", "task_hand_over"),
    Transition(PAUSED, ASSIGNED, "hand_over", "task_hand_over"),
    Transition(ASSIGNED, STARTED, "start", "task_start"),
    Transition(STARTED, PAUSED, "pause", "task_pause"),
    Transition(PAUSED, STARTED, "resume", "task_resume"),
    Transition(ASSIGNED, OPEN, "release", "task_release"),
    Transition(STARTED, OPEN, "release", "task_release"),
    Transition(PAUSED, OPEN, "release", "task_release"),
    # Programs do tasks that nobody has.
    Transition(OPEN, DONE, "finish", "tasks_done"),
    Transition(ASSIGNED, DONE, "finish", "tasks_done"),
    Transition(STARTED, DONE, "finish", "tasks_done"),
    Transition(PAUSED, DONE, "finish", "tasks_done"),
    Transition(OPEN, CANCELLED, "cancel", "tasks_cancel"),
    Transition(ASSIGNED, CANCELLED, "cancel", "tasks_cancel"),
    Transition(STARTED, CANCELLED, "cancel", "tasks_cancel"),
    Transition(PAUSED, CANCELLED, "cancel", "tasks_cancel"),
)

_STEPS: Final = {(step.source, step.action): step.target for step in TRANSITIONS}


def target(state: str, action: str) -> str | None:
    """Where ``action`` leads from ``state``; ``None`` where the table has no such step."""
    return _STEPS.get((state, action))


def actions(state: str) -> list[str]:
    """What can be done with a task in ``state``."""
    return [step.action for step in TRANSITIONS if step.source == state]


def mermaid() -> str:
    """The table as a Mermaid state diagram, as ``docs/reference/work.md`` shows it."""
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {OPEN}"]
    lines += [f"    {step.source} --> {step.target}: {step.action}" for step in TRANSITIONS]
    lines += [f"    {state} --> [*]" for state in (DONE, CANCELLED)]
    return "\n".join(lines)
