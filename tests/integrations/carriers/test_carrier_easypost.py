"""EasyPost's connector opposite to its simulator."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House
from tests.integrations.conformance import incoming

from hecang.integrations.carriers.easypost import EasypostConnector, sign
from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.easypost import LABEL, EasypostSimulator
from hecang.kernel.connectors import BadSignature, OutsideError, Refused
from hecang.shipping.carriers.base import TrackStatus


def test_the_signature_of_webhooks() -> None:
    """Derived: the algorithm is published (key normalised by NFKD), the example's secret is not."""
    assert sign("s\u00e9cret", b"{}") == sign("se\u0301cret", b"{}")
    assert (
        sign("secret", b"{}")
        == "hmac-sha256-hex=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"
    )


class TestEasypost(CarrierConformance):
    connector = EasypostConnector
    simulator = EasypostSimulator
    statuses = {  # noqa: RUF012 - a table
        "created": TrackStatus.CREATED,
        "in_transit": TrackStatus.IN_TRANSIT,
        "attempt_failed": TrackStatus.ATTEMPT_FAILED,
        "out_for_delivery": TrackStatus.OUT_FOR_DELIVERY,
        "at_pickup_point": TrackStatus.AT_PICKUP_POINT,
        "delivered": TrackStatus.DELIVERED,
        "returning": TrackStatus.RETURNING,
    }
    unknown_code = "teleported"
    unknown_status = TrackStatus.UNKNOWN

    def test_the_cheapest_is_bought_where_nothing_is_named(self, house: House) -> None:
        assert {offer.product: offer.price for offer in house.connector.rate(self.rate_ask())} == {
            "USPS:GroundAdvantage": Decimal("7.58"),
            "USPS:Priority": Decimal("9.90"),
            "UPS:Ground": Decimal("12.40"),
        }
        house.connector.order(self.order(product=""))
        bought = [request for request in house.transport.sent if request.url.path.endswith("/buy")]
        assert b"USPS_GroundAdvantage" in bought[-1].content

    def test_what_nobody_offers_is_refused(self, house: House) -> None:
        with pytest.raises(Refused, match="offers"):
            house.connector.order(self.order(product="DHL:Express"))

    def test_the_weight_goes_in_ounces(self, house: House) -> None:
        made = house.connector.order(self.order(weight_g=2835))

        assert house.sim.parcels[made.number].told["parcel"] == {"weight": 100.0}

    def test_the_label_is_asked_for_in_its_form(self, house: House) -> None:
        assert house.connector.label(number=self.parcel(house), reference="P1").content == LABEL

    def test_other_events_change_nothing(self, house: House) -> None:
        push = house.sim.signed_push({"description": "batch.created", "result": {}})  # type: ignore[attr-defined]

        assert house.connector.receive(incoming(push)).events == []

    def test_a_webhook_needs_a_secret(self) -> None:
        house = House(self, {"webhook_secret": ""})
        _number, push = self.pushed(house)

        with pytest.raises(BadSignature):
            house.connector.receive(incoming(push))

    def test_a_signed_event_without_a_tracker_is_malformed(self, house: House) -> None:
        push: Push = house.sim.signed_push({"description": "tracker.updated"})  # type: ignore[attr-defined]

        with pytest.raises(OutsideError):
            house.connector.receive(incoming(push))
