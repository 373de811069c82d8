"""STO's connector opposite to its simulator."""

from __future__ import annotations

import httpx
import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House

from hecang.integrations.carriers.sto import StoConnector
from hecang.integrations.simulators.carriers.sto import StoSimulator
from hecang.kernel.connectors import Link, Unreachable
from hecang.shipping.carriers.base import TrackStatus


class TestSto(CarrierConformance):
    connector = StoConnector
    simulator = StoSimulator
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "at_pickup_point": TrackStatus.AT_PICKUP_POINT,
        "exception": TrackStatus.EXCEPTION,
        "returning": TrackStatus.RETURNING,
    }

    def test_the_big_word_is_kept(self, house: House) -> None:
        assert house.connector.order(self.order()).routing_code == "877-342-213"

    def test_what_the_gateway_wants_again_is_tried_again(self, house: House) -> None:
        body = (
            b'{"success":"false","errorCode":"S99","errorMsg":"\xe7\xb3\xbb\xe7\xbb\x9f","needRetry":"true"}'
        )
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=body))
        link = Link(http=httpx.Client(transport=transport), now=house.clock)

        with pytest.raises(Unreachable):
            StoConnector(house.settings, link).check()
