"""kuaidi100's connector opposite to its simulator."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House
from tests.integrations.conformance import incoming

from hecang.integrations.carriers.kuaidi100 import Kuaidi100Connector, upper_md5
from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.kuaidi100 import Kuaidi100Simulator
from hecang.kernel.connectors import BadSignature, Refused
from hecang.shipping.carriers.base import RateOffer, TrackAsk, TrackStatus


def test_the_sign() -> None:
    """Derived: the algorithm is published, without an example."""
    assert upper_md5('{"num":"1"}' + "key" + "customer") == "24A86A10B36A8CAF86367CA5910EA4AE"


class TestKuaidi100(CarrierConformance):
    connector = Kuaidi100Connector
    simulator = Kuaidi100Simulator
    track_code = "yuantong"
    settings = {"callback_url": "https://oms.example.com/push"}  # noqa: RUF012 - read only
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "at_pickup_point": TrackStatus.AT_PICKUP_POINT,
        "exception": TrackStatus.EXCEPTION,
        "customs": TrackStatus.CUSTOMS,
        "returning": TrackStatus.RETURNING,
        "returned": TrackStatus.RETURNED,
    }
    push_reply = '{"result":true,"returnCode":"200","message":"成功"}'.encode()

    def tampered(self, push: Push) -> Push:
        fields = parse_qs(push.body.decode())
        body = push.body.replace(fields["sign"][0].encode(), fields["sign"][0][::-1].encode())
        return Push(push.method, push.query, push.headers, body)

    def wrong_settings(self, house: House) -> dict[str, Any]:
        return {"key": super().wrong_settings(house)["key"]}

    def test_a_carrier_has_to_be_named(self, house: House) -> None:
        with pytest.raises(Refused, match="code of the carrier"):
            house.connector.track([TrackAsk("YT1")])

    def test_prices_in_yuan(self, house: House) -> None:
        assert house.connector.rate(self.rate_ask()) == [RateOffer("标准快递", Decimal("9.20"))]

    def test_without_a_salt_nothing_is_taken(self) -> None:
        house = House(self, {"salt": ""})
        _number, push = self.pushed(house)

        with pytest.raises(BadSignature):
            house.connector.receive(incoming(push))
        with pytest.raises(Refused, match="salt"):
            house.connector.subscribe(self.ask("YT1"))

    def test_parcels_of_others_are_followed(self, house: House) -> None:
        at = datetime(2026, 3, 1, 2, tzinfo=UTC)
        house.sim.scan("YT2000000000001", "delivered", "已签收", "广州", at=at)

        [event] = house.connector.track([self.ask("YT2000000000001")])

        assert (event.status, event.at, event.raw_code, event.place) == (
            TrackStatus.DELIVERED,
            at,
            "301",
            "广州",
        )
