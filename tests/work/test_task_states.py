"""The life of a task is what the table says, and the documentation draws the table."""

from __future__ import annotations

import inspect
from pathlib import Path

from hecang.work import services
from hecang.work.models import TaskState
from hecang.work.states import TRANSITIONS, actions, mermaid, target

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "work.md"


def test_the_documentation_draws_the_table() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in DOCS.read_text(encoding="utf-8")


def test_every_step_is_taken_by_a_service_that_exists() -> None:
    for step in TRANSITIONS:
        assert inspect.isfunction(getattr(services, step.by)), step
        assert {step.source, step.target} <= set(TaskState.values)


def test_finished_tasks_go_nowhere() -> None:
    assert actions("done") == actions("cancelled") == []
    assert target("done", "start") is None
    assert target("open", "start") is None  # it has to be claimed first
