"""What quality, putaway and returns make known when the house opens."""

from __future__ import annotations


def register() -> None:
    """Strategies of putaway, what stands behind tasks, what must hold between the books."""
    from hecang.inbound import verify_goods  # noqa: F401 - registers itself
    from hecang.inbound.holders import InspectionHolder, PutawayHolder
    from hecang.inbound.putting.strategies import register_all
    from hecang.inbound.scenarios.inspect import InspectScenario
    from hecang.inbound.scenarios.putaway import PutawayScenario
    from hecang.inbound.scenarios.returns import ReturnsScenario
    from hecang.inbound.services.leaving import PutawayFollower
    from hecang.inventory.leaving import goods_follower_register
    from hecang.work.floor import scenario_register
    from hecang.work.holders import holder_register

    register_all()
    holder_register(PutawayHolder())
    holder_register(InspectionHolder())
    goods_follower_register(PutawayFollower())
    for scenario in (InspectScenario(), PutawayScenario(), ReturnsScenario()):
        scenario_register(scenario)
