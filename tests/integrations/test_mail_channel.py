"""Orders in mails: against a real IMAP server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from tests.factories.orders import life
from tests.integrations.droppers import generic_shop
from tests.integrations.imap_server import PASSWORD, USER, ImapServer, imap_server, mail

from hecang.integrations.channels.mail import MailChannel
from hecang.integrations.models import ChannelFile
from hecang.integrations.services.connections import connection_check
from hecang.orders.models import SalesOrder

pytestmark = pytest.mark.django_db
HEAD = (
    "external_number,placed_at,sku,quantity,unit_price,recipient_name,phone,province,city,district,address\n"
)
DONE, FAILED = "Hecang-Done", "Hecang-Failed"


def csv(*numbers: str, sku: str = "SKU-1") -> bytes:
    rows = [
        f"{number},2026-03-01 09:00,{sku},2,10.00,王小明,13900000001,上海市,上海市,浦东新区,世纪大道 1 号\n"
        for number in numbers
    ]
    return (HEAD + "".join(rows)).encode()


@pytest.fixture(scope="module")
def running() -> Iterator[ImapServer]:
    with imap_server() as made:
        yield made


@pytest.fixture
def server(running: ImapServer) -> Iterator[ImapServer]:
    """The server with empty folders."""
    client = running.client()
    for folder in (DONE, FAILED):
        client.delete(folder)
    if client.select("INBOX")[1] != [b"0"]:
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
    client.logout()
    with override_settings(ALLOW_PRIVATE_URLS=True):
        yield running


def facts(server: ImapServer, **more: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1", "port": server.port, "user": USER, "password": PASSWORD,
        "certificate": server.certificate, "senders": "shop@partner.example, @trusted.example", **more,
    }  # fmt: skip


def test_an_attachment_becomes_orders_and_its_mail_is_put_away(server: ImapServer) -> None:
    server.deliver(mail(("orders.csv", csv("M-1", "M-2")), ("terms.pdf", b"%PDF-1.7")))
    with generic_shop("mail", facts(server)) as shop:
        done = shop.pull()

        assert done.imported == 2
        assert life(shop.order("M-1")) == [(2, 0, 0, 0, 0)]
        assert (server.count("INBOX"), server.count(DONE), server.count(DONE, "SEEN")) == (0, 1, 1)
        assert shop.files() == [("orders.csv", "taken", 2)]


def test_the_same_mail_again_changes_nothing(server: ImapServer) -> None:
    with generic_shop("mail", facts(server)) as shop:
        seen = []
        for _again in range(2):
            server.deliver(mail(("orders.csv", csv("M-1"))))
            seen.append(shop.pull().seen)

        assert seen == [1, 0]
        assert SalesOrder.objects.count() == 1
        assert server.count(DONE) == 2


def test_several_files_of_one_mail_each_have_their_say(server: ImapServer) -> None:
    server.deliver(mail(("a.csv", csv("M-1")), ("b.csv", csv("M-2", sku="")), ("c.csv", csv("M-3"))))
    with generic_shop("mail", facts(server)) as shop:
        done = shop.pull()

        assert done.imported == 2
        assert shop.files() == [("a.csv", "taken", 1), ("b.csv", "failed", 0), ("c.csv", "taken", 1)]
        assert ChannelFile.objects.get(name="b.csv").problems[0]["row"] == 2
        assert ChannelFile.objects.get(name="b.csv").problems[0]["field"] == "sku"
        assert (server.count(DONE), server.count(FAILED)) == (0, 1)
        assert shop.connection.failures == 0


def test_mails_of_strangers_are_left_alone(server: ImapServer) -> None:
    server.deliver(mail(("orders.csv", csv("M-1")), sender="eve@elsewhere.example"))
    server.deliver(mail(("orders.csv", csv("M-2")), sender="eve@nottrusted.example", name="<m2@x>"))
    server.deliver(mail(("orders.csv", csv("M-3")), sender="any@TRUSTED.example", name="<m3@x>"))
    with generic_shop("mail", facts(server)) as shop:
        shop.pull()

        assert list(SalesOrder.objects.values_list("external_number", flat=True)) == ["M-3"]
        assert (server.count("INBOX"), server.count("INBOX", "UNSEEN")) == (2, 0)


def test_a_sender_may_have_to_be_proved(server: ImapServer) -> None:
    forged, good, none = (mail(("o.csv", csv(f"M-{n}")), name=f"<m{n}@x>") for n in range(3))
    for one, lines in (
        (forged, ["mx.hecang.example; dmarc=fail", "mx.hecang.example; dmarc=pass"]),
        (good, ["mx.hecang.example; spf=pass; dmarc=pass header.from=partner.example"]),
        (none, ["mx.evil.example; dmarc=pass"]),
    ):
        for line in lines:
            one["Authentication-Results"] = line
        server.deliver(one)
    with generic_shop("mail", facts(server, proof_by="mx.hecang.example")) as shop:
        shop.pull()

        assert list(SalesOrder.objects.values_list("external_number", flat=True)) == ["M-1"]


def test_a_mail_beyond_measure_is_not_read(server: ImapServer) -> None:
    server.deliver(mail(("orders.csv", csv("M-1") + b"," * 1_200_000)))
    with generic_shop("mail", facts(server, most_mb=1)) as shop:
        shop.pull()

        assert SalesOrder.objects.count() == 0
        assert ChannelFile.objects.get().problems[0]["code"] == "too_large"
        assert server.count(FAILED) == 1


def test_whoever_is_killed_on_the_way_doubles_nothing(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(mail(("a.csv", csv("M-1")), ("b.csv", csv("M-2"))))

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with generic_shop("mail", facts(server)) as shop:
        with monkeypatch.context() as patch:
            patch.setattr(MailChannel, "settle_file", die)
            with pytest.raises(KeyboardInterrupt):
                shop.pull()
        assert server.count("INBOX", "UNSEEN") == 1

        done = shop.pull()

        assert done.imported == 1
        assert SalesOrder.objects.count() == 2
        assert (server.count("INBOX"), server.count(DONE)) == (0, 1)


def check(server: ImapServer, **more: Any) -> tuple[bool, str]:
    with generic_shop("mail", facts(server, **more)) as shop:
        outcome = connection_check(connection_id=shop.connection_id)
        return outcome.is_ok, outcome.code


def test_a_check_signs_in(server: ImapServer) -> None:
    assert check(server) == (True, "")


def test_a_wrong_password_is_a_matter_for_a_person(server: ImapServer) -> None:
    assert check(server, password="wrong") == (False, "token_expired")


def test_a_server_that_cannot_prove_itself_gets_no_password(server: ImapServer) -> None:
    assert check(server, certificate="") == (False, "tls")


def test_private_networks_are_not_reached_unless_allowed(server: ImapServer) -> None:
    with override_settings(ALLOW_PRIVATE_URLS=False):
        assert check(server) == (False, "network")


def test_a_folder_that_lacks_is_told(server: ImapServer) -> None:
    assert check(server, folder="Nowhere") == (False, "imap")
