"""Steps as JSON: what is kept in a session and what goes out to handhelds."""

from __future__ import annotations

from typing import Any

from hecang.catalog.units import unit_text
from hecang.work.floor.protocol import Fact, Input, Option, Step

Plain = dict[str, Any]


def step_dump(step: Step) -> Plain:
    """A step as plain JSON; texts that are translated late are translated here."""
    return {
        "state": step.state,
        "prompt": str(step.prompt),
        "inputs": [_input(one) for one in step.inputs],
        "facts": [_fact(one) for one in step.facts],
        "said": str(step.said),
        "tone": step.tone,
        "progress": None if step.progress is None else list(step.progress),
        "can_undo": step.can_undo,
        "is_over": step.is_over,
    }


def _fact(fact: Fact) -> Plain:
    return {"label": str(fact.label), "value": str(fact.value), "tone": fact.tone}


def _option(option: Option) -> Plain:
    return {
        "value": option.value,
        "label": str(option.label),
        "hint": str(option.hint),
        "tone": option.tone,
    }


def _input(one: Input) -> Plain:
    return {
        "kind": one.kind,
        "name": one.name,
        "label": str(one.label),
        "options": [_option(option) for option in one.options],
        "value": str(one.value),
        "minimum": one.minimum,
        "maximum": one.maximum,
        "unit": unit_text(str(one.unit)),
        "accepts": list(one.accepts),
        "tone": one.tone,
    }
