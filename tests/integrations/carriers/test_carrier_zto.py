"""ZTO's connector opposite to its simulator."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House

from hecang.integrations.carriers.wire import md5_base64
from hecang.integrations.carriers.zto import ZtoConnector
from hecang.integrations.channels.values import CHINA
from hecang.integrations.simulators.carriers.zto import ZtoSimulator
from hecang.kernel.connectors import Refused
from hecang.shipping.carriers.base import TrackStatus


def test_the_digest() -> None:
    """Derived: the algorithm is published, without an example."""
    assert md5_base64('{"billCode":"1"}' + "secret") == "9hTJGM8XJ9iBboCfDiUPOA=="


class TestZto(CarrierConformance):
    connector = ZtoConnector
    simulator = ZtoSimulator
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "at_pickup_point": TrackStatus.AT_PICKUP_POINT,
        "exception": TrackStatus.EXCEPTION,
        "returning": TrackStatus.RETURNING,
        "returned": TrackStatus.RETURNED,
    }

    def wrong_settings(self, house: House) -> dict[str, Any]:
        return {"app_secret": super().wrong_settings(house)["app_secret"]}

    def test_the_routing_mark_is_kept(self, house: House) -> None:
        assert house.connector.order(self.order()).routing_code == "500-A1"

    def test_cash_is_never_forgotten(self, house: House) -> None:
        with pytest.raises(Refused, match="cash on delivery"):
            house.connector.order(self.order(cash_on_delivery=Decimal(10)))

    def test_a_parcel_underway_is_not_given_back(self, house: House) -> None:
        number = self.parcel(house)
        house.sim.scan(number, "picked_up")

        with pytest.raises(Refused, match="已揽收"):
            house.connector.cancel(number=number, reference="P1")

    def test_the_settings_say_what_a_code_means(self) -> None:
        house = House(self, {"statuses": {"驿站": "at_pickup_point"}})
        number = self.parcel(house)
        at = datetime(2026, 3, 1, 10, tzinfo=CHINA)
        house.sim.scan(number, "in_transit", "到驿站", code="驿站", at=at)

        [event] = house.connector.track([self.ask(number)])

        assert (event.status, event.at) == (TrackStatus.AT_PICKUP_POINT, at)
