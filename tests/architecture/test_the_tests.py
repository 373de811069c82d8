"""The tests' own ground: a database that is thrown away, and no way out of this machine."""

from __future__ import annotations

import os
import socket

import pytest
from django.db import connection
from pytest_socket import SocketConnectBlockedError


@pytest.mark.django_db
def test_tests_have_a_database_of_their_own() -> None:
    name = connection.settings_dict["NAME"]

    assert name.startswith(os.environ.get("HECANG_TEST_DB", "test_hecang"))


@pytest.mark.django_db
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="a server that is not ours")
def test_the_embedded_test_server_trades_durability_for_speed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("off",)


def test_the_network_ends_at_this_machine() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as link:
        link.connect(("192.0.2.1", 80))  # an address for documentation; nobody lives there
