"""Jobs on handhelds: the protocol, and the engine that runs scenarios."""

from hecang.work.floor.protocol import (
    Entry,
    Fact,
    Input,
    Job,
    Option,
    Refusal,
    Scenario,
    Step,
    scenario_register,
    scenarios,
)

__all__ = [
    "Entry",
    "Fact",
    "Input",
    "Job",
    "Option",
    "Refusal",
    "Scenario",
    "Step",
    "scenario_register",
    "scenarios",
]
