"""kdniao's connector opposite to its simulator."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

from tests.integrations.carriers.carrier_conformance import CarrierConformance, House
from tests.integrations.conformance import incoming

from hecang.integrations.carriers.kdniao import KdniaoConnector, sign
from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.kdniao import KdniaoSimulator
from hecang.shipping.carriers.base import TrackStatus


def test_the_sign() -> None:
    """Derived: the algorithm is published, without an example."""
    assert sign('{"LogisticCode":"1"}', "key") == "YTQzZjY2NDk2Nzc5OTM0NTA1N2I0MGNkOTkxZTUzN2I="


class TestKdniao(CarrierConformance):
    connector = KdniaoConnector
    simulator = KdniaoSimulator
    track_code = "YTO"
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "at_pickup_point": TrackStatus.AT_PICKUP_POINT,
        "exception": TrackStatus.EXCEPTION,
        "returning": TrackStatus.RETURNING,
        "returned": TrackStatus.RETURNED,
    }
    push_reply = b'"Success":true'

    def tampered(self, push: Push) -> Push:
        fields = {name: values[0] for name, values in parse_qs(push.body.decode()).items()}
        altered = fields["RequestData"].replace("派送", "签收")
        return Push(
            push.method, push.query, push.headers, urlencode({**fields, "RequestData": altered}).encode()
        )

    def test_an_instant_query_tells_one_state_for_all(self) -> None:
        house = House(self, {"query": "1002"})
        number = self.parcel(house)
        house.sim.scan(number, "picked_up", "已揽收", at=house.clock() - timedelta(hours=9))
        house.sim.scan(number, "delivered", "已签收")

        events = house.connector.track([self.ask(number)])

        assert [(event.status, event.raw_code) for event in events] == [
            (TrackStatus.IN_TRANSIT, ""), (TrackStatus.DELIVERED, "301"),
        ]  # fmt: skip

    def test_the_reply_names_the_account(self, house: House) -> None:
        _number, push = self.pushed(house)

        reply = json.loads(house.connector.receive(incoming(push)).reply.body)

        assert (reply["EBusinessID"], reply["Success"], reply["Reason"]) == ("1256059", True, "")
        assert set(reply) == {"EBusinessID", "UpdateTime", "Success", "Reason"}

    def test_a_signature_that_was_encoded_twice_is_the_same(self, house: House) -> None:
        _number, push = self.pushed(house)
        fields = {name: values[0] for name, values in parse_qs(push.body.decode()).items()}
        twice = {**fields, "DataSign": fields["DataSign"].replace("=", "%3D").replace("+", "%2B")}

        again = Push(push.method, push.query, push.headers, urlencode(twice).encode())

        assert house.connector.receive(incoming(again)).events
