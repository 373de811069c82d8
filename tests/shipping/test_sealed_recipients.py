"""Recipients that only a platform can read go where their platform's waybills are."""

from __future__ import annotations

import pytest

from hecang.shipping.carriers.gateway import Ability
from hecang.shipping.services.choosing import _reads

CARRIER, SERVICE = 1, 2


@pytest.mark.parametrize(
    ("channel", "pooled", "reads"),
    [("TAOBAO", False, True), ("taobao", False, True), ("jd", False, False), ("taobao", True, False)],
)
def test_only_waybills_of_their_platform_take_them_however_it_is_spelled(
    channel: str, pooled: bool, reads: bool
) -> None:
    able = {CARRIER: Ability(CARRIER, sealed_channels=frozenset({"TAOBAO", "TM"}))}

    assert _reads(channel, CARRIER, SERVICE, able, frozenset({SERVICE} if pooled else ())) is reads
    assert _reads(channel, CARRIER, SERVICE, {}, frozenset()) is False
