"""What can go wrong between a sealed parcel and the carrier."""

from __future__ import annotations

from typing import ClassVar

from hecang.kernel.errors import Conflict, NotFound, Unavailable


class ShippingRecordMissing(NotFound):
    """No such service, manifest, waybill, …; or it lies outside the caller's scope."""

    code: ClassVar[str] = "shipping_record_missing"


class ServiceDoesNotReach(Conflict):
    """A service has no rate for a region or may not carry that weight; data names each parcel."""

    code: ClassVar[str] = "service_does_not_reach"


class WaybillPoolEmpty(Conflict):
    """The numbers of a service are used up; data: service, wanted, left."""

    code: ClassVar[str] = "waybill_pool_empty"


class WaybillReferenceTaken(Conflict):
    """The parcel already has a waybill of another service: cancel that one first."""

    code: ClassVar[str] = "waybill_reference_taken"


class WaybillPoolOverlap(Conflict):
    """Two number ranges of one prefix would hand out the same number."""

    code: ClassVar[str] = "waybill_pool_overlap"


class WaybillsNotLoadable(Conflict):
    """Waybills that may not go on this manifest; ``problems`` says why for each."""

    code: ClassVar[str] = "waybills_not_loadable"


class ManifestEmpty(Conflict):
    """There is nothing on the manifest to hand over."""

    code: ClassVar[str] = "manifest_empty"


class CarrierCannot(Conflict):
    """No connection of the carrier can do what was asked; data: carrier_id, feature."""

    code: ClassVar[str] = "carrier_cannot"


class BillClosed(Conflict):
    """The bill is closed: nothing of it changes any more."""

    code: ClassVar[str] = "bill_closed"


class CarrierSilent(Unavailable):
    """The carrier's system did not answer, or not as it should."""

    code: ClassVar[str] = "carrier_silent"
