"""The person at the desk who lets a shop be authorised again when its platform no longer takes our tokens.

Most platforms make a refresh token good for one use. Where the answer to a renewal is lost on the way, the new token
is lost with it, and nothing but the merchant's consent brings another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.channel_day.world import World
from hecang.integrations.models import Connection
from hecang.integrations.services.connections import connection_save
from hecang.integrations.services.links import settings_of
from hecang.kernel.connectors import Token


def shops_authorise(world: World, consent: Callable[[str], Mapping[str, str]]) -> int:
    """Authorise every shop anew whose connection says that its token has ended; how many.

    :param consent: platform → the token that its merchant gets there now.
    """
    codes = {one.connection_id: code for code, one in world.shops.items()}
    ended = Connection.objects.filter(
        pk__in=codes, failures__gt=0, last_error_code="token_expired", retry_at__isnull=False
    )
    for connection in ended:
        given = consent(codes[connection.pk])
        connection_save(
            kind=connection.kind,
            connector=connection.connector,
            name=connection.name,
            settings=settings_of(connection).plain(),
            connection_id=connection.pk,
            token=Token(access=given["access"], refresh=given["refresh"]),
        )
    return len(ended)
