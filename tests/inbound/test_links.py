"""Links of suppliers and carriers at the desk: seen, made, used, replaced, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import partners
from tests.factories.accounts import ApiClient, api_client
from tests.factories.receiving import Gate, gate

from hecang.inbound.models import InboundLink
from hecang.inbound.services.links import asn_link_make, link_make
from hecang.kernel import clock

pytestmark = pytest.mark.django_db


def made(hall: Gate, **other: int) -> str:
    given = {"warehouse_id": hall.warehouse.pk, "owner_id": hall.owner.pk, "supplier_id": hall.supplier.pk}
    return link_make(**given | other).address


def opens(address: str) -> bool:
    return ApiClient().get(f"/inbound-page/{address.rsplit('/', 1)[1]}").status_code == 200


def listed(client: Any, **query: Any) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = client.get(f"/inbound-links?{asked}")
    assert answer.status_code == 200, answer.content
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_suppliers_links_are_listed_with_what_they_are_for_and_when_they_were_opened() -> None:
    hall = gate("milk")
    address = made(hall)
    asn_link_make(asn_id=hall.asn({"milk": 1}).pk)

    (row,) = listed(api_client(), supplier_id=hall.supplier.pk)
    assert (row["state"], row["address"], row["last_used_at"]) == ("active", address, None)
    assert (row["warehouse"]["code"], row["owner"]["code"], row["supplier"]["code"]) == (
        hall.warehouse.code,
        hall.owner.code,
        hall.supplier.code,
    )
    assert opens(row["address"])
    (row,) = listed(api_client(), supplier_id=hall.supplier.pk)
    assert row["last_used_at"] is not None


def test_a_carriers_link_is_listed_at_its_announcement_and_among_those_that_are_to_come() -> None:
    hall = gate("milk")
    asn, over = hall.asn({"milk": 1}, carrier_name="顺丰"), hall.asn({"milk": 2})
    address = asn_link_make(asn_id=asn.pk).address
    asn_link_make(asn_id=over.pk)
    made(hall)
    type(over).objects.filter(pk=over.pk).update(state="closed")

    (row,) = listed(api_client(), asn_id=asn.pk)
    assert (row["asn_number"], row["carrier"], row["address"]) == (asn.number, "顺丰", address)
    assert [one["id"] for one in listed(api_client(), carriers="true", warehouse_id=hall.warehouse.pk)] == [
        row["id"]
    ]


def test_another_address_replaces_the_one_before() -> None:
    hall = gate("milk")
    clerk = api_client(roles=("purchaser",))
    first = made(hall)
    assert opens(first)
    (row,) = listed(clerk, supplier_id=hall.supplier.pk)

    answer = clerk.post(f"/inbound-links/{row['id']}/replace")

    assert answer.status_code == 200, answer.content
    second = answer.json()["address"]
    assert (opens(first), opens(second)) == (False, True)
    link = InboundLink.objects.get()
    assert (link.pk, link.revoked_at) == (row["id"], None)
    assert link.created_at > clock.now() - timedelta(minutes=1)
    assert link.created_by != row["created_by"]


def test_a_revoked_link_opens_nothing_until_one_is_made_again() -> None:
    hall = gate("milk")
    desk = api_client()
    for address in (made(hall), asn_link_make(asn_id=hall.asn({"milk": 1}).pk).address):
        (row,) = [one for one in listed(desk) if one["address"] == address]
        assert desk.post(f"/inbound-links/{row['id']}/revoke").status_code == 204
        assert desk.post(f"/inbound-links/{row['id']}/revoke").status_code == 204
        assert not opens(address)
    assert {(one["state"], one["address"]) for one in listed(desk)} == {("revoked", "")}

    again = made(hall)
    assert opens(again)
    assert [one["state"] for one in listed(desk)] == ["active", "revoked"]


def test_what_has_expired_says_so(settings: Any) -> None:
    hall = gate()
    made(hall)
    InboundLink.objects.update(expires_at=clock.now() - timedelta(days=1))
    assert [(one["state"], one["address"]) for one in listed(api_client())] == [("expired", "")]

    # an installation with another secret has other addresses
    InboundLink.objects.update(expires_at=clock.now() + timedelta(days=1))
    settings.SECRET_KEY = "another" * 8
    assert [(one["state"], one["address"]) for one in listed(api_client())] == [("revoked", "")]


def test_links_of_other_owners_and_warehouses_are_nobodys_business() -> None:
    hall = gate()
    address = made(hall)
    row = InboundLink.objects.get()
    stranger = api_client(roles=("purchaser",), owner_ids=[partners.owner("OTHER").pk])

    assert listed(stranger) == []
    for action in ("replace", "revoke"):
        assert stranger.post(f"/inbound-links/{row.pk}/{action}").status_code in {403, 404}
        assert (
            api_client(roles=("customer_service",)).post(f"/inbound-links/{row.pk}/{action}").status_code
            == 403
        )
        assert api_client().post(f"/inbound-links/999999/{action}").status_code == 404
    assert api_client(roles=("customer_service",)).get("/inbound-links").status_code == 403
    assert opens(address)


def test_the_list_takes_one_statement_however_many_there_are() -> None:
    hall = gate()
    desk = api_client()

    def count(links: int) -> int:
        while InboundLink.objects.count() < links:
            made(hall, owner_id=partners.owner(f"O{InboundLink.objects.count()}").pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(desk)) == links
        return len(queries)

    listed(desk)  # the first request notes that the key was used
    assert count(2) == count(12)
