"""What the day is like: how many orders, how long, what goes wrong when. And time, compressed for both sides."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

DAY_SECONDS = 86_400.0
#: Seconds of the compressed day that a pull reaches back, and that platforms list late.
OVERLAP, LATE = timedelta(seconds=5), timedelta(seconds=1)
#: Seconds between two pulls of a shop.
PULL_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """The day.

    :param orders: that buyers place, over all platforms.
    :param seconds: that the day takes on the wall.
    :param skus: on offer at every platform; the first ``scarce`` of them are few.
    :param scarcity: units of the scarce ones, as a share of what buyers will ask for.
    :param quota: the most that a platform is told of one SKU.
    """

    orders: int
    seconds: float
    skus: int = 120
    scarce: int = 24
    scarcity: float = 0.6
    quota: int = 100
    seed: int = 7

    @property
    def factor(self) -> float:
        """How much faster than life the day passes."""
        return DAY_SECONDS / self.seconds

    @property
    def hour(self) -> float:
        """Seconds of the wall in an hour of the day."""
        return self.seconds / 24

    def codes(self) -> list[str]:
        return [f"SKU-{n:04}" for n in range(self.skus)]

    def units(self) -> dict[str, int]:
        """SKU → units in the warehouses together."""
        asked = self.orders * SCARCE_SHARE * UNITS_A_LINE * LINES_AN_ORDER
        few = max(int(asked * self.scarcity / self.scarce), 2)
        return {code: few if n < self.scarce else self.orders * 4 for n, code in enumerate(self.codes())}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


#: Of the lines that buyers want, those for something scarce; what they buy on average.
SCARCE_SHARE, UNITS_A_LINE, LINES_AN_ORDER = 0.25, 4 / 3, 1.7


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong from ``begin`` to ``end``, shares of the day."""

    name: str
    begin: float
    end: float
    #: Platforms that it strikes; none: all.
    platforms: tuple[str, ...] = ()
    #: Of :class:`~hecang.integrations.simulators.base.Misbehaviour`.
    how: tuple[tuple[str, float], ...] = ()


#: Platforms whose clock goes wrong, by so many seconds of the compressed day.
SKEWED = {"jd": 1.5, "kuaishou": -1.5}
#: Who is down for an hour, and when tokens end early.
OUTAGES = (Trouble("outage", 0.42, 0.42 + 1 / 24, ("taobao", "shopify")),)
EXPIRIES = (0.2, 0.5, 0.8)
WEATHER = (
    Trouble(
        "ordinary", 0.0, 1.0, (),
        (("errors", 0.01), ("lost_answers", 0.01), ("throttled", 0.01), ("duplicates", 0.1), ("disorder", 0.2)),
    ),
    Trouble(
        "rough", 0.25, 0.35, (),
        (("errors", 0.08), ("lost_answers", 0.08), ("throttled", 0.05), ("hangs", 0.01), ("duplicates", 0.3),
         ("disorder", 0.5)),
    ),
    Trouble(
        "rough again", 0.6, 0.7, ("pinduoduo", "doudian", "wechat", "youzan", "woocommerce"),
        (("errors", 0.1), ("lost_answers", 0.1), ("throttled", 0.1), ("hangs", 0.02), ("duplicates", 0.3),
         ("disorder", 0.5)),
    ),
)  # fmt: skip


def arrived(share: float) -> float:
    """Share of the day's orders that have been placed when ``share`` of the day is over: slow nights, a busy noon."""
    return share - 0.08 * math.sin(2 * math.pi * min(max(share, 0.0), 1.0))


@contextmanager
def hastened(factor: float) -> Iterator[None]:
    """Platforms' limits and delays as much faster as the day is; connectors know of it as they know the real ones."""
    from hecang.integrations.channels.registry import connectors
    from hecang.integrations.simulators import pinduoduo, youzan
    from hecang.integrations.simulators.registry import channel_simulators

    with ExitStack() as stack:
        for kind in connectors().values():
            limits = dataclasses.replace(
                kind.limits,
                calls_per_second=kind.limits.calls_per_second * factor,
                overlap=OVERLAP,
                delay=2 * LATE if kind.limits.delay else kind.limits.delay,
            )
            _put(stack, kind, "limits", limits)
        for simulator in channel_simulators().values():
            _put(stack, simulator, "calls_per_second", simulator.calls_per_second * factor)
        _put(stack, pinduoduo, "TOO_FRESH", LATE)
        _put(stack, youzan, "LAG", LATE)
        yield


def _put(stack: ExitStack, owner: Any, name: str, value: Any) -> None:
    before = getattr(owner, name)
    setattr(owner, name, value)
    stack.callback(setattr, owner, name, before)
