"""Yunda's connector opposite to its simulator."""

from __future__ import annotations

from typing import Any

from tests.integrations.carriers.carrier_conformance import CarrierConformance, House

from hecang.integrations.carriers.wire import md5_hex
from hecang.integrations.carriers.yunda import YundaConnector
from hecang.integrations.simulators.carriers.yunda import YundaSimulator
from hecang.shipping.carriers.base import TrackStatus


def test_the_sign() -> None:
    """Derived: the algorithm is published, without an example."""
    assert md5_hex('{"mailno":"1"}' + "_" + "secret") == "9b756624e675b157d781b0e7c93bd979"


class TestYunda(CarrierConformance):
    connector = YundaConnector
    simulator = YundaSimulator
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "attempt_failed": TrackStatus.ATTEMPT_FAILED,
        "returning": TrackStatus.RETURNING,
    }

    def wrong_settings(self, house: House) -> dict[str, Any]:
        return {"app_secret": super().wrong_settings(house)["app_secret"]}

    def parcel(self, house: House, reference: str = "P1") -> str:
        number = super().parcel(house, reference)
        house.sim.subscribed.add(number)
        return number

    def test_a_repeated_order_is_updated(self, house: House) -> None:
        house.connector.order(self.order())
        made = house.connector.order(self.order())

        assert (made.number, made.routing_code) == ("31200000000001", "300-A12-B3")
        assert house.sim.calls["/openapi-api/v1/accountOrder/updateBmOrder"] == 1

    def test_a_number_is_subscribed_to_when_it_is_first_asked_about(self, house: House) -> None:
        number = self.parcel(house)
        house.sim.subscribed.clear()
        house.sim.scan(number, "picked_up", "已揽收")

        first = house.connector.track([self.ask(number)])
        then = house.connector.track([self.ask(number)])

        assert (first, [event.text for event in then]) == ([], ["已揽收"])
        assert house.sim.subscribed == {number}
