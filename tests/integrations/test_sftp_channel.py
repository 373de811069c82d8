"""Orders over SFTP: against a real server on loopback, whose key is pinned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from tests.integrations.droppers import GenericShop, generic_shop
from tests.integrations.sftp_server import PASSWORD, USER, SftpServer, key_of, key_text, sftp_server

from hecang.integrations.channels.sftp import SftpChannel
from hecang.integrations.models import ShipmentConfirm
from hecang.integrations.services.connections import connection_check, connection_save
from hecang.orders.models import SalesOrder

pytestmark = pytest.mark.django_db
CSV = (
    "external_number,placed_at,sku,quantity,unit_price,recipient_name,phone,province,city,district,address\n"
)


def row(number: str) -> str:
    return (
        f"{number},2026-03-01 09:00,SKU-1,2,10.00,王小明,13900000001,上海市,上海市,浦东新区,世纪大道 1 号\n"
    )


def put(server: SftpServer, name: str, content: str, shop: GenericShop) -> None:
    path = server.root / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    moment = (shop.now - timedelta(minutes=1)).timestamp()
    os.utime(path, (moment, moment))


def names(server: SftpServer, folder: str) -> list[str]:
    return sorted(one.name for one in (server.root / folder).iterdir() if one.is_file())


def facts(server: SftpServer, **more: Any) -> dict[str, Any]:
    given = {"host": "127.0.0.1", "port": server.port, "user": USER, "password": PASSWORD}
    return {**given, "host_key": server.host_key, **more}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    with sftp_server(tmp_path) as made, override_settings(ALLOW_PRIVATE_URLS=True):
        yield made


def test_file_to_order_to_parcel_to_confirmation(server: SftpServer) -> None:
    with generic_shop("sftp", facts(server), with_floor=True) as shop:
        put(server, "a.csv", CSV + row("N-1"), shop)
        put(server, "bad.csv", CSV + row("N-2").replace("SKU-1", ""), shop)

        done = shop.pull()
        [parcel] = shop.ship("N-1")
        sent = [shop.confirm() for _again in range(2)]

        assert (done.imported, [one.done for one in sent]) == (1, [1, 0])
        assert names(server, "archive") == ["20260302T010100-a.csv"]
        assert names(server, "failed") == ["20260302T010100-bad.csv", "20260302T010100-bad.csv.report.csv"]
        confirm = ShipmentConfirm.objects.get()
        [name] = names(server, "out")
        assert name == f"shipment-N-1-hecang-{confirm.pk}.csv"
        assert parcel.waybill is not None
        assert parcel.waybill.number in (server.root / "out" / name).read_text()
        for session in server.sessions:
            session.join(10)  # the server's end of a connection closes a moment after ours
            assert not session.is_active()


def test_a_server_without_the_extension_for_renaming_serves_too(server: SftpServer) -> None:
    server.has_posix_rename = False
    with generic_shop("sftp", facts(server)) as shop:
        put(server, "a.csv", CSV + row("N-1"), shop)

        assert shop.pull().imported == 1
        assert names(server, "archive") == ["20260302T010100-a.csv"]


def test_whoever_is_killed_on_the_way_doubles_nothing(
    server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with generic_shop("sftp", facts(server)) as shop:
        put(server, "a.csv", CSV + row("N-1"), shop)
        with monkeypatch.context() as patch:
            patch.setattr(SftpChannel, "settle_file", die)
            with pytest.raises(KeyboardInterrupt):
                shop.pull()
        assert names(server, "in/.processing") == ["a.csv"]

        shop.pull()

        assert SalesOrder.objects.count() == 1
        assert names(server, "in/.processing") == []
        assert len(names(server, "archive")) == 1


def check(server: SftpServer, **settings: Any) -> tuple[bool, str]:
    with generic_shop("sftp", facts(server, **settings)) as shop:
        outcome = connection_check(connection_id=shop.connection_id)
        return outcome.is_ok, outcome.code


def test_a_private_key_opens_the_door(server: SftpServer) -> None:
    assert check(server, password="", private_key=server.client_key) == (True, "")
    assert server.passwords == []


def test_another_private_key_does_not(server: SftpServer) -> None:
    assert check(server, password="", private_key=key_text()) == (False, "token_expired")


def test_the_fingerprint_of_the_host_is_enough(server: SftpServer) -> None:
    fingerprint = key_of_host(server)

    assert check(server, host_key=fingerprint) == (True, "")


def test_a_host_with_another_key_gets_no_password(server: SftpServer) -> None:
    other = key_of(key_text())

    answer = check(server, host_key=f"{other.get_name()} {other.get_base64()}")

    assert answer == (False, "host_key")
    assert server.passwords == []


def test_a_wrong_password_is_a_matter_for_a_person(server: SftpServer) -> None:
    with generic_shop("sftp", facts(server, password="wrong")) as shop:
        shop.pull()

        connection = shop.connection
        assert (connection.failures, connection.last_error_code) == (1, "token_expired")
        assert "wrong" not in connection.last_error


def test_a_server_that_is_gone_is_waited_for(server: SftpServer) -> None:
    assert check(server, port=1) == (False, "network")


def test_private_networks_are_not_reached_unless_allowed(server: SftpServer) -> None:
    with override_settings(ALLOW_PRIVATE_URLS=False):
        assert check(server) == (False, "network")
    assert server.sessions == []


def test_a_form_that_leaves_the_password_empty_keeps_it(server: SftpServer) -> None:
    with generic_shop("sftp", facts(server)) as shop:
        connection_save(
            kind="channel", connector="sftp", name="Generic", connection_id=shop.connection_id,
            settings=facts(server, password=""),
        )  # fmt: skip

        assert connection_check(connection_id=shop.connection_id).is_ok


def key_of_host(server: SftpServer) -> str:
    """The fingerprint as ``ssh-keygen -l`` prints it."""
    import base64
    import hashlib

    blob = base64.b64decode(server.host_key.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
