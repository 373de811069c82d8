"""SF's connector opposite to its simulator."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote

import pytest
from tests.integrations.carriers.carrier_conformance import CarrierConformance, House
from tests.integrations.conformance import incoming

from hecang.integrations.carriers.sf import SfConnector, digest
from hecang.integrations.carriers.wire import xml_attributes
from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.sf import LABEL, SfSimulator
from hecang.kernel.connectors import Incoming, OutsideError, Refused
from hecang.shipping.carriers.base import TrackAsk, TrackStatus


def test_the_published_digest() -> None:
    """The example of 丰桥's document “API authentication”."""
    message = '{"language":"zh-CN","orderId":"QIAO-20200618-004"}'

    assert digest(message, "12312334453453", "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci") == "IIKJtuLVzoFTu4kHI8M8vA=="


class TestSf(CarrierConformance):
    connector = SfConnector
    simulator = SfSimulator
    product = "2"
    statuses = {  # noqa: RUF012 - a table
        **CarrierConformance.statuses,
        "attempt_failed": TrackStatus.ATTEMPT_FAILED,
        "customs": TrackStatus.CUSTOMS,
        "returning": TrackStatus.RETURNING,
    }
    push_reply = '{"return_code":"0000","return_msg":"成功"}'.encode()

    def tampered(self, push: Push) -> Push:
        return replace(push, query={"key": "guessed"})

    def test_an_order_tells_what_the_label_needs(self, house: House) -> None:
        made = house.connector.order(self.order(parcels=3, declared_value=Decimal("99.50")))

        assert made.sub_numbers == ["SF0000000001001", "SF0000000001002"]
        assert made.routing_code == "021WG-M1"
        told = house.sim.parcels[made.number].told
        assert (told["expressTypeId"], told["monthlyCard"], told["totalWeight"]) == (2, "7551234567", 1.2)
        assert told["serviceList"] == [{"name": "INSURE", "value": "99.50"}]

    def test_a_repeated_order_is_queried(self, house: House) -> None:
        house.connector.order(self.order())
        house.connector.order(self.order())

        assert house.sim.refusals["repeated"] == 1
        assert house.sim.calls["EXP_RECE_SEARCH_ORDER_RESP"] == 1

    def test_one_call_for_each_phone_number(self, house: House) -> None:
        number = self.parcel(house)
        house.sim.scan(number, "picked_up", "已揽收")

        events = house.connector.track([self.ask(number), TrackAsk("SF9", phone_tail="0000")])

        assert [event.number for event in events] == [number]
        assert house.sim.calls["EXP_RECE_SEARCH_ROUTES"] == 2

    def test_a_newer_status_goes_before_the_scan_code(self, house: House) -> None:
        push = Incoming(
            "POST", "/", {"key": "push-key-of-the-simulator"}, {},
            b'{"Body":{"WaybillRoute":[{"mailno":"SF1","acceptTime":"2026-03-01 10:00:00","opCode":"1",'
            b'"secondaryStatusCode":"1301"}]}}',
        )  # fmt: skip

        [event] = house.connector.receive(push).events

        assert (event.status, event.raw_code) == (TrackStatus.ATTEMPT_FAILED, "1")

    def test_pushes_as_xml(self, house: House) -> None:
        number, _push = self.pushed(house)

        tracked = house.connector.receive(incoming(house.sim.push_xml(number)))  # type: ignore[attr-defined]

        assert [event.status for event in tracked.events] == [
            TrackStatus.PICKED_UP, TrackStatus.OUT_FOR_DELIVERY,
        ]  # fmt: skip
        assert b"<Head>OK</Head>" in tracked.reply.body

    def test_xml_with_entities_is_refused(self, house: House) -> None:
        bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a><WaybillRoute mailno="&c;"/></a>'
        message = Incoming(
            "POST", "/", {"key": "push-key-of-the-simulator"},
            {"content-type": "application/x-www-form-urlencoded"}, f"content={quote(bomb)}".encode(),
        )  # fmt: skip

        with pytest.raises(OutsideError) as caught:
            house.connector.receive(message)
        assert caught.value.code == "malformed"
        assert xml_attributes('<a><b c="1"/></a>', "b") == [{"c": "1"}]

    def test_the_label_is_fetched_with_its_token(self, house: House) -> None:
        assert house.connector.label(number=self.parcel(house), reference="P1").content == LABEL

    def test_a_label_elsewhere_is_not_fetched(self, house: House) -> None:
        house.sim.files_at = "https://elsewhere.example/"  # type: ignore[attr-defined]

        with pytest.raises(OutsideError, match="somebody else"):
            house.connector.label(number=self.parcel(house), reference="P1")

    def test_prices_by_product(self, house: House) -> None:
        offers = {offer.product: offer.price for offer in house.connector.rate(self.rate_ask())}

        assert offers == {"1": Decimal("19.20"), "2": Decimal("13.20")}

    def test_nothing_is_stopped_without_an_address_for_returns(self, house: House) -> None:
        bare = SfConnector(house.settings.model_copy(update={"return_address": {}}), house.link)

        with pytest.raises(Refused, match="where stopped parcels go"):
            bare.intercept(number=self.parcel(house), reference="P1", reason="")
