"""Numbers of parcels that somebody else labels: entered as they were told."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock, db
from hecang.kernel.actor import current_actor
from hecang.kernel.errors import Conflict
from hecang.shipping.models import Waybill


@db.transactional
def waybill_enter(
    *, number: str, reference: str, service_id: int, warehouse_id: int, region_code: str, weight_g: int
) -> int:
    """Enter the number that a parcel travels under, where it was labelled outside; the waybill's id. Idempotent.

    What the carrier charges is not known, so the freight is zero.

    :raises Conflict: the number is that of another parcel.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    known = Waybill.objects.filter(number=number).first()
    if known is None:
        try:
            with transaction.atomic():
                made = Waybill.objects.create(
                    number=number,
                    reference=reference,
                    service_id=service_id,
                    warehouse_id=warehouse_id,
                    region_code=region_code,
                    weight_g=max(weight_g, 1),
                    charged_weight_g=max(weight_g, 1),
                    freight=0,
                    issued_at=clock.now(),
                )
        except IntegrityError:
            known = Waybill.objects.filter(number=number).first()
        else:
            audit_record(
                action="enter", entity_kind="waybill", entity_id=made.pk, after={"reference": reference}
            )
            return made.pk
    if known is None or known.reference != reference:
        raise Conflict(
            _("The number %(number)s is that of another parcel.") % {"number": number}, code="waybill_taken"
        )
    return known.pk
