"""Cainiao's connector opposite to its simulator, on both routes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House

from hecang.integrations.carriers.cainiao import CainiaoConnector
from hecang.integrations.carriers.wire import md5_base64
from hecang.integrations.simulators.carriers.cainiao import CainiaoSimulator
from hecang.kernel.connectors import Refused, TokenExpired
from hecang.shipping.carriers.base import PartyAddress

SEALED = PartyAddress(
    "王**", "139****1234", "广东省", "广州市", "天河区", "体***", sealed={"oaid": "oaid-of-the-order"}
)


def test_the_digest_of_link() -> None:
    """Derived: the algorithm is published, without an example."""
    assert md5_base64('{"cpCode":"ZTO"}' + "secret") == "mKQUawnXAI+y4tXt6p+53g=="


class TestCainiaoTop(CarrierConformance):
    connector = CainiaoConnector
    simulator = CainiaoSimulator

    # Cainiao finds an order by its number on the channel alone.
    test_what_was_never_ordered_need_not_be_cancelled = None

    def wrong_settings(self, house: House) -> dict[str, Any]:
        return {"app_secret": super().wrong_settings(house)["app_secret"]}

    def told(self, house: House, number: str) -> dict[str, Any]:
        [trade] = house.sim.parcels[number].told["trade_order_info_dtos"]
        return dict(trade)

    def test_the_label_is_the_print_components(self, house: House) -> None:
        made = house.connector.order(self.order())

        assert made.print_data["component"] == "cainiao"
        [content] = made.print_data["contents"]
        assert content["encryptedData"] == f"AES:{made.number}"

    def test_a_sealed_recipient_stays_sealed(self, house: House) -> None:
        order = self.order(recipient=SEALED, channel="TMALL", channel_order="2600001")

        trade = self.told(house, house.connector.order(order).number)

        assert (trade["recipient"]["oaid"], trade["recipient"]["tid"]) == ("oaid-of-the-order", "2600001")
        assert trade["order_info"] == {"order_channels_type": "TM", "trade_order_list": ["2600001"]}

    def test_two_parcels_of_one_order_have_two_numbers(self, house: House) -> None:
        both = [
            house.connector.order(self.order(f"P-{n}", recipient=SEALED, channel="TB", channel_order="26"))
            for n in (1, 2)
        ]

        assert both[0].number != both[1].number

    def test_channels_have_kinds(self) -> None:
        house = House(self, {"channel_types": {"DOUYIN": "DOU_YIN"}})
        first = house.connector.order(self.order("P1", channel="DOUYIN"))
        other = house.connector.order(self.order("P2", channel="WEB"))

        kinds = [
            self.told(house, made.number)["order_info"]["order_channels_type"] for made in (first, other)
        ]
        assert kinds == ["DOU_YIN", "OTHERS"]

    def test_a_person_looks_for_what_cannot_be_found(self, house: House) -> None:
        with pytest.raises(Refused, match="console"):
            house.connector.cancel(number="", reference="NEVER")

    def test_a_session_that_ran_out_is_told(self, house: House) -> None:
        house.sim.expire_tokens()

        with pytest.raises(TokenExpired):
            house.connector.check()


class TestCainiaoLink(CarrierConformance):
    connector = CainiaoConnector
    simulator = CainiaoSimulator
    settings = {"route": "link"}  # noqa: RUF012 - read only

    # LINK has no query by the order's number.
    test_what_was_never_ordered_need_not_be_cancelled = None
    test_an_order_whose_answer_never_came_is_cancelled = None

    def wrong_settings(self, house: House) -> dict[str, Any]:
        return {"app_secret": super().wrong_settings(house)["app_secret"]}

    def test_sealed_recipients_are_refused_at_once(self, house: House) -> None:
        with pytest.raises(Refused, match="top alone"):
            house.connector.order(self.order(recipient=SEALED))

    def test_letters_are_those_of_link(self, house: House) -> None:
        made = house.connector.order(self.order())

        assert made.print_data["contents"][0]["encryptedData"] == f"AES:{made.number}"
        assert house.sim.calls["TMS_WAYBILL_GET"] == 1
