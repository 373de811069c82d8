"""YTO's connector opposite to its simulator."""

from __future__ import annotations

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House

from hecang.integrations.carriers.wire import md5_base64
from hecang.integrations.carriers.yto import YtoConnector, sign
from hecang.integrations.simulators.carriers.yto import YtoSimulator
from hecang.kernel.connectors import Refused
from hecang.shipping.carriers.base import TrackStatus


def test_the_published_primitive() -> None:
    """The platform's example of Base64 over an MD5."""
    assert md5_base64("opentest" + "123456") == "YLstCNa3x8ijQx16e/jqOA=="


def test_the_sign_takes_interface_and_version() -> None:
    """Derived from the documented order: parameter, interface, version, secret."""
    assert sign("open", "test", "123456") == md5_base64("opentestv1123456")


class TestYto(CarrierConformance):
    connector = YtoConnector
    simulator = YtoSimulator
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "attempt_failed": TrackStatus.ATTEMPT_FAILED,
        "at_pickup_point": TrackStatus.AT_PICKUP_POINT,
        "returning": TrackStatus.RETURNING,
    }

    def test_the_routing_code_is_kept(self, house: House) -> None:
        assert house.connector.order(self.order()).routing_code == "560-302-007"

    def test_an_interface_without_its_key_is_not_called(self) -> None:
        house = House(self, {"create_key": ""})

        with pytest.raises(Refused, match="privacy_create_adapter"):
            house.connector.order(self.order())

    def test_tracking_may_have_a_secret_of_its_own(self) -> None:
        """The platform gives a secret to each interface."""
        house = House(self, {"track_secret": "another"})

        with pytest.raises(Refused, match="签名"):
            house.connector.check()
        assert house.connector.order(self.order()).number
