"""Why a fulfilment travels with its carrier service, and what else it could."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel.api import ApiRequest, Schema
from hecang.kernel.errors import NotFound
from hecang.outbound.api.base import router
from hecang.outbound.selectors.choosing import choice_asks
from hecang.outbound.selectors.detail import fulfilment_detail
from hecang.shipping.selectors import services_by_id
from hecang.shipping.services import choice_words, services_choose_many


class ServiceOfferOut(Schema):
    service_id: int
    service_code: str
    service_name: str
    carrier_name: str
    price: Decimal
    currency: str
    charged_weight_g: int
    lead_hours: int
    lead_source: str
    arrives_at: datetime
    keeps_promise: bool
    on_time: float | None
    trouble: float | None
    score: float | None


class ServiceChoiceOut(Schema):
    """``offers``: the one that would be chosen now first, then as they would be taken."""

    why: str
    words: str
    promised_at: datetime | None
    leaves_at: datetime
    offers: list[ServiceOfferOut]


@router.get(
    "/fulfilments/{fulfilment_id}/service-choice",
    permission="outbound.fulfilment.view",
    response=ServiceChoiceOut,
    summary="Carrier services for a fulfilment, with price, time, reliability, and why the first is chosen",
)
def fulfilment_service_choice(request: ApiRequest, fulfilment_id: int) -> dict[str, Any]:
    fulfilment_detail(request.actor, fulfilment_id)  # 404, also outside the scope
    ask = choice_asks([fulfilment_id]).get(fulfilment_id)
    if ask is None:
        raise NotFound(_("The fulfilment is cancelled; it travels with nobody."))
    [choice] = services_choose_many(asks=[ask])
    services = services_by_id([offer.quote.service_id for offer in choice.ranked])
    scores = choice.scores or (None,) * len(choice.ranked)
    return {
        "why": choice.why,
        "words": choice_words(choice),
        "promised_at": ask.promised_at,
        "leaves_at": ask.leaves_at,
        "offers": [
            {
                "service_id": offer.quote.service_id,
                "service_code": offer.quote.service_code,
                "service_name": services[offer.quote.service_id].name,
                "carrier_name": services[offer.quote.service_id].carrier_name,
                "price": offer.quote.price,
                "currency": offer.quote.currency,
                "charged_weight_g": offer.quote.charged_weight_g,
                "lead_hours": offer.lead_hours,
                "lead_source": offer.lead_source,
                "arrives_at": offer.arrives_at,
                "keeps_promise": offer.keeps(ask.promised_at),
                "on_time": offer.on_time,
                "trouble": offer.trouble,
                "score": score,
            }
            for offer, score in zip(choice.ranked, scores, strict=True)
        ],
    }
