"""JD Logistics' connector opposite to its simulator."""

from __future__ import annotations

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House

from hecang.integrations.carriers.jdl import JdlConnector, sign
from hecang.integrations.simulators.carriers.jdl import JdlSimulator
from hecang.kernel.connectors import TokenExpired
from hecang.shipping.carriers.base import TrackStatus

FACTS = {"path": "/p", "body": "[]", "token": "t", "app_key": "k", "timestamp": "2026-03-01 10:00:00"}


def test_the_signs() -> None:
    """Derived: the algorithm is published, without an example."""
    assert sign("s", "md5-salt", **FACTS) == "5BDCA9B3224A247AD7990E29D3F8095B"
    assert sign("s", "HMacSHA256", **FACTS) == "Djjlo+hW6lINX2D5MiVLyYYQMwEyg9zKhavL7rvpYC0="


class TestJdl(CarrierConformance):
    connector = JdlConnector
    simulator = JdlSimulator
    product = "ed-m-0001"
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "attempt_failed": TrackStatus.ATTEMPT_FAILED,
        "returning": TrackStatus.RETURNING,
    }

    @pytest.mark.parametrize("algorithm", ["HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512"])
    def test_every_algorithm_is_understood(self, algorithm: str) -> None:
        House(self, {"algorithm": algorithm}).connector.check()

    def test_a_token_that_ran_out_is_told(self, house: House) -> None:
        house.sim.expire_tokens()

        with pytest.raises(TokenExpired):
            house.connector.check()
