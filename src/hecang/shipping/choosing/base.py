"""What a choice of carrier services is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hecang.shipping.services.quoting import ParcelSpec, Quote


@dataclass(frozen=True, slots=True)
class ChoiceAsk:
    """A parcel that needs a service.

    :param wish_id: the service that a person or a rule chose; taken whenever it can carry the parcel.
    :param leaves_at: when the parcel leaves the warehouse; ``promised_at`` when it was promised to be there.
    :param sealed_channel: code of the channel that alone can read the recipient; empty where it is in clear.
    :param allow_split: what is heavier than a service carries is priced as several equal parcels.
    :param never: services that are out of the question (they have just failed).
    """

    parcel: ParcelSpec
    leaves_at: datetime
    promised_at: datetime | None = None
    wish_id: int | None = None
    shop_id: int | None = None
    owner_id: int | None = None
    sealed_channel: str = ""
    allow_split: bool = False
    never: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """As :class:`hecang.shipping.models.ServicePolicy`."""

    rule: str = "cheapest_in_time"
    max_price: Decimal | None = None
    preferred: tuple[str, ...] = ()
    weight_price: int = 60
    weight_speed: int = 20
    weight_reliability: int = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """One service for one parcel, with what can be expected of it.

    :param lead_source: ``measured``, ``configured`` or ``service``.
    :param on_time: share of promises kept on this lane, ``trouble`` share of lost and damaged parcels; ``None``
        where too few were shipped to tell.
    """

    quote: Quote
    lead_hours: int
    lead_source: str
    arrives_at: datetime
    on_time: float | None = None
    trouble: float | None = None

    def keeps(self, promised_at: datetime | None) -> bool:
        """Whether it arrives in time; true where nothing was promised."""
        return promised_at is None or self.arrives_at <= promised_at

    @property
    def lead(self) -> timedelta:
        return timedelta(hours=self.lead_hours)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and why.

    :param chosen: ``None`` where no service reaches the place, carries the weight and may read the address.
    :param why: code of the reason (words in ``services.choosing``), ``detail`` its figures.
    :param ranked: all offers, the chosen one first, then as they would be taken.
    :param scores: of ``ranked``, where the rule weighs; lower is better.
    """

    chosen: Offer | None
    why: str
    detail: dict[str, Any] = field(default_factory=dict)
    ranked: tuple[Offer, ...] = ()
    scores: tuple[float, ...] = ()


class ServiceChooser(Protocol):
    """Chooses for many parcels at once; choose one by ``settings.STRATEGIES["shipping.service_choice"]``.

    ``offers[i]`` are the services that can take ``asks[i]``, by id; ``policies[i]`` is the policy of its shop.
    Pure: no database, no clock.
    """

    def choose(
        self, asks: Sequence[ChoiceAsk], offers: Sequence[Sequence[Offer]], policies: Sequence[Policy]
    ) -> list[Choice]: ...
