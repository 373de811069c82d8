"""A step in the life of a document. Each app keeps its steps in one table of its ``states`` module, drawn in the docs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """One step that a document may take.

    :param source: the state that it leaves.
    :param target: the state that it enters; may be the same one.
    :param action: what happens, as a code; several steps may share one.
    :param by: the service that takes the step.
    """

    source: str
    target: str
    action: str
    by: str
