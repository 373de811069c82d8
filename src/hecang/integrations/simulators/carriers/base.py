"""What simulated carriers share: a neutral world of parcels with scans. Each renders it in its own words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from hecang.integrations.simulators.base import Push, SimServer


@dataclass(slots=True)
class SimScan:
    """``status`` is neutral (``picked_up``, ``delivered`` …); ``code`` goes before what the carrier says for it."""

    at: datetime
    status: str
    text: str = ""
    place: str = ""
    code: str = ""


@dataclass(slots=True)
class SimParcel:
    """A parcel that somebody has a number for.

    :param told: what was told with the order, in the carrier's words.
    """

    number: str
    reference: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    is_cancelled: bool = False
    is_stopped: bool = False
    scans: list[SimScan] = field(default_factory=list)


class CarrierSimulator(SimServer):
    """One carrier with one contract.

    :cvar prefix: what its numbers begin with.
    :cvar words: neutral status → the carrier's code.
    :ivar refuse: the carrier's reason to refuse the next orders; empty: it takes them.
    """

    prefix: ClassVar[str] = ""
    words: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.parcels: dict[str, SimParcel] = {}
        self.subscribed: set[str] = set()
        self.refuse = ""

    def addresses(self, address: str) -> dict[str, str]:
        """Settings that say where it is."""
        return {"base_url": address}

    def signed_push(self, given: Any) -> Push:
        """A push that says just this, signed; of carriers that push."""
        raise NotImplementedError

    # ---------------------------------------------------------------- the carrier's world

    def book(self, reference: str, told: Mapping[str, Any]) -> tuple[SimParcel, bool]:
        """The parcel of a reference, and whether it is new."""
        with self.lock:
            known = self.find(reference=reference)
            if known is not None:
                return known, False
            parcel = SimParcel(f"{self.prefix}{len(self.parcels) + 1:010}", reference, told)
            self.parcels[parcel.number] = parcel
            return parcel, True

    def find(self, number: str = "", reference: str = "") -> SimParcel | None:
        if number:
            return self.parcels.get(number)
        return next((one for one in self.parcels.values() if reference and one.reference == reference), None)

    def give_back(self, number: str = "", reference: str = "") -> str:
        """Cancel an order; why not (``unknown``, ``cancelled``, ``picked_up``), or nothing."""
        parcel = self.find(number, reference)
        if parcel is None:
            return "unknown"
        if parcel.is_cancelled:
            return "cancelled"
        if any(one.status != "created" for one in parcel.scans):
            return "picked_up"
        parcel.is_cancelled = True
        return ""

    def scan(
        self,
        number: str,
        status: str,
        text: str = "",
        place: str = "",
        *,
        at: datetime | None = None,
        code: str = "",
    ) -> SimScan:
        """A parcel is scanned; one that was not ordered here is known from now on."""
        with self.lock:
            one = SimScan(at or self.now().replace(microsecond=0), status, text, place, code)
            self.parcels.setdefault(number, SimParcel(number)).scans.append(one)
            return one

    def word(self, one: SimScan) -> str:
        """The carrier's code of a scan."""
        return one.code or self.words[one.status]

    def scans_of(self, parcel: SimParcel) -> list[SimScan]:
        """Its scans by time, disordered and doubled on demand."""
        return self.misordered(sorted(parcel.scans, key=lambda one: one.at))


def md5_base64(text: str) -> str:
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def md5_hex(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
