"""The default choice: what the shop's policy says, among the services that keep the promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hecang.shipping.choosing.base import Choice, ChoiceAsk, Offer, Policy


class PolicyChoice:
    """Takes the wish if it can; else ranks by the policy's rule.

    Whatever the rule, a service that keeps the promise comes before one that does not; where none keeps it,
    the fastest comes first. At equal rank the usual order holds: price, priority, lead time, id.
    """

    def choose(
        self, asks: Sequence[ChoiceAsk], offers: Sequence[Sequence[Offer]], policies: Sequence[Policy]
    ) -> list[Choice]:
        return [
            self._one(ask, list(mine), policy)
            for ask, mine, policy in zip(asks, offers, policies, strict=True)
        ]

    def _one(self, ask: ChoiceAsk, offers: list[Offer], policy: Policy) -> Choice:
        if not offers:
            return Choice(None, "none")
        scores = _scores(offers, policy)
        ranked = sorted(
            offers, key=lambda offer: self._rank(offer, ask, policy, scores[offer.quote.service_id])
        )
        why, detail = _reason(ranked, ask, policy)
        wished = next((offer for offer in ranked if offer.quote.service_id == ask.wish_id), None)
        if wished is not None:
            ranked = [wished, *(offer for offer in ranked if offer is not wished)]
            why, detail = "wish", {"keeps": wished.keeps(ask.promised_at)}
        return Choice(
            ranked[0],
            why,
            detail,
            tuple(ranked),
            tuple(scores[offer.quote.service_id] for offer in ranked) if policy.rule == "weighted" else (),
        )

    @staticmethod
    def _rank(offer: Offer, ask: ChoiceAsk, policy: Policy, score: float) -> tuple[Any, ...]:
        usual = offer.quote.rank
        late = not offer.keeps(ask.promised_at)
        if late:
            return (True, offer.lead_hours, *usual)
        if policy.rule == "fastest_under" and policy.max_price is not None:
            dear = offer.quote.price > policy.max_price
            return (False, dear, 0 if dear else offer.lead_hours, *usual)
        if policy.rule == "preferred":
            code = offer.quote.service_code
            place = policy.preferred.index(code) if code in policy.preferred else len(policy.preferred)
            return (False, place, *usual)
        if policy.rule == "weighted":
            return (False, score, *usual)
        return (False, *usual)


def _scores(offers: Sequence[Offer], policy: Policy) -> dict[int, float]:
    """Price and hours as multiples of the best, and the share of parcels that went wrong; lower is better.

    Where too little is known of a lane, nothing went wrong: a new service is not punished for being new.
    """
    cheapest = min(float(offer.quote.price) for offer in offers) or 0.01
    quickest = max(min(offer.lead_hours for offer in offers), 1)
    whole = policy.weight_price + policy.weight_speed + policy.weight_reliability or 1
    return {
        offer.quote.service_id: (
            policy.weight_price * float(offer.quote.price) / cheapest
            + policy.weight_speed * offer.lead_hours / quickest
            + policy.weight_reliability
            * (1 + (1 - (1.0 if offer.on_time is None else offer.on_time)) + 10 * (offer.trouble or 0))
        )
        / whole
        for offer in offers
    }


def _reason(ranked: Sequence[Offer], ask: ChoiceAsk, policy: Policy) -> tuple[str, dict[str, Any]]:
    first = ranked[0]
    if not first.keeps(ask.promised_at):
        return "fastest_late", {"hours": first.lead_hours}
    if policy.rule == "fastest_under" and policy.max_price is not None:
        if first.quote.price <= policy.max_price:
            return "fastest_under", {"most": str(policy.max_price)}
        return "cheapest_over", {"most": str(policy.max_price)}
    if policy.rule == "preferred" and first.quote.service_code in policy.preferred:
        return "preferred", {"place": policy.preferred.index(first.quote.service_code) + 1}
    if policy.rule == "weighted":
        return "weighted", {}
    if ask.promised_at is None:
        return "cheapest", {}
    cheaper = sum(
        1 for offer in ranked if not offer.keeps(ask.promised_at) and offer.quote.price < first.quote.price
    )
    return "cheapest_in_time", {"cheaper_but_late": cheaper}
