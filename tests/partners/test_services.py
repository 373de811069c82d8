"""Owners, customers and the black list."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import partners

from hecang.accounts.models import AuditEntry
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.partners.errors import CodeTaken
from hecang.partners.models import Customer, CustomerAddress, Owner
from hecang.partners.phones import phone_hash, phone_normalise
from hecang.partners.selectors import contacts_blocked, customer_contact, customers_by_code, owners_by_code
from hecang.partners.services import (
    AddressIn,
    CustomerRow,
    contact_block,
    contact_unblock,
    customer_change,
    customer_erase,
    customers_upsert,
    owner_change,
    owner_create,
    owners_ensure,
)


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("13812345678转0421", "13812345678"),
        ("13812345678-0421", "138123456780421"),
        ("021-6888 8888", "02168888888"),
        ("+44 20 7946 0958", "+442079460958"),
        ("", ""),
        ("none", ""),
    ],
)
def test_phones_in_one_form(phone: str, expected: str) -> None:
    assert phone_normalise(phone) == expected
    assert (phone_hash(phone) == "") == (expected == "")


@pytest.mark.django_db
class TestOwners:
    def test_create_change_ensure(self) -> None:
        owner_id = owner_create(code="ACME", name="Acme")
        owner_change(owner_id=owner_id, name="Acme Ltd", is_active=False)

        ids = owners_ensure(owners=[("ACME", "ignored"), ("NEW", "New")])

        assert ids["ACME"] == owner_id
        assert owners_by_code(["ACME"])["ACME"] == (owner_id, "ACME", "Acme Ltd", False)
        assert Owner.objects.get(pk=ids["NEW"]).name == "New"
        changed = AuditEntry.objects.get(action="owner.change")
        assert (changed.before, changed.after) == (
            {"name": "Acme", "is_active": True},
            {"name": "Acme Ltd", "is_active": False},
        )

    def test_refusals(self) -> None:
        owner_create(code="ACME", name="Acme")

        with pytest.raises(CodeTaken):
            owner_create(code="ACME", name="x")
        with pytest.raises(NotFound):
            owner_change(owner_id=2**60, name="x")


HOME = AddressIn("王小明", "13812345678", "张江路1号", province="上海市", city="上海市", district="浦东新区")


@pytest.mark.django_db
class TestCustomers:
    def test_nothing_personal_is_stored_in_clear(self) -> None:
        (customer_id,) = customers_upsert(
            rows=[CustomerRow("C1", name="王小明", phone="13812345678", addresses=(HOME,))]
        ).ids

        customer = Customer.objects.get(pk=customer_id)
        address = CustomerAddress.objects.get()
        assert (customer.display_name, customer.phone_hash) == ("王**", phone_hash("13812345678"))
        assert (address.region_id, address.is_default) == ("310115", True)
        stored = bytes(customer.contact_cipher or b"") + bytes(address.recipient_cipher)
        assert "王小明".encode() not in stored
        assert b"13812345678" not in stored
        audit = json.dumps(list(AuditEntry.objects.values("before", "after")), ensure_ascii=False)
        assert "王小明" not in audit
        assert "13812345678" not in audit

    def test_the_contact_can_be_read_again(self) -> None:
        (customer_id,) = customers_upsert(
            rows=[CustomerRow("C1", name="王小明", phone="13812345678", addresses=(HOME,))]
        ).ids

        contact = customer_contact(customer_id)

        assert (contact["name"], contact["phone"]) == ("王小明", "13812345678")
        assert contact["addresses"][0]["address"] == "张江路1号"
        assert contact["addresses"][0]["region_code"] == "310115"

    def test_the_same_rows_again_change_nothing(self) -> None:
        rows = [CustomerRow("C1", name="王小明", phone="138", addresses=(HOME,)), CustomerRow("C2")]
        first = customers_upsert(rows=rows)

        again = customers_upsert(rows=rows)

        assert (first.created, again.ids, again.unchanged) == (2, first.ids, 2)
        assert CustomerAddress.objects.count() == 1

    def test_what_a_row_leaves_open_stays(self) -> None:
        customers_upsert(rows=[CustomerRow("C1", name="王小明", phone="13812345678")])

        result = customers_upsert(rows=[CustomerRow("C1", is_blocked=True, blocked_reason="fraud")])

        assert result.updated == 1
        ref = customers_by_code(["C1"])["C1"]
        assert (ref.is_blocked, ref.blocked_reason, ref.phone_hash) == (
            True,
            "fraud",
            phone_hash("13812345678"),
        )
        assert customer_contact(ref.id)["name"] == "王小明"

    def test_one_is_changed_and_forgotten(self) -> None:
        (customer_id,) = customers_upsert(rows=[CustomerRow("C1", name="王小明", addresses=(HOME,))]).ids

        customer_change(customer_id=customer_id, phone="13900000000")
        assert customer_contact(customer_id)["phone"] == "13900000000"
        customer_erase(customer_id=customer_id)

        assert customer_contact(customer_id) == {"name": "", "phone": "", "addresses": []}
        assert Customer.objects.get(pk=customer_id).code == "C1"
        for call in (
            lambda: customer_erase(customer_id=2**60),
            lambda: customer_change(customer_id=2**60, name="x"),
        ):
            with pytest.raises(NotFound):
                call()

    def test_statements_do_not_grow_with_rows(self) -> None:
        counts = []
        for size in (10, 100):
            rows = [
                CustomerRow(f"{size}-{n}", name=f"N{n}", phone=f"138{n:08}", addresses=(HOME,))
                for n in range(size)
            ]
            with CaptureQueriesContext(connection) as queries:
                customers_upsert(rows=rows)
            counts.append(len(queries))

        assert counts[0] == counts[1] < 12


@pytest.mark.django_db
class TestBlackList:
    def test_a_number_is_found_in_any_form_until_it_is_taken_off(self) -> None:
        entry = contact_block(phone="+86 138 1234 5678", reason="refuses parcels")

        value = phone_hash("13812345678")
        assert contacts_blocked([value, phone_hash("139"), ""]) == {value: "refuses parcels"}
        assert contact_block(phone="13812345678", reason="again") == entry
        contact_unblock(entry_id=entry)
        assert contacts_blocked([value]) == {}
        with pytest.raises(NotFound):
            contact_unblock(entry_id=entry)

    def test_what_is_no_number_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            contact_block(phone="none", reason="x")


@pytest.mark.django_db
def test_factories_make_what_they_say() -> None:
    partners.regions()

    assert partners.owner() == partners.owner()
    assert partners.customer().code.startswith("CU-")
