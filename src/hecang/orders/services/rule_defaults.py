"""The rules that a new merchant can keep: switched on where nobody will mind, off where a merchant should choose."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils import translation
from django.utils.translation import gettext_noop

from hecang.kernel.db import transactional
from hecang.orders.audit.kind import CODE
from hecang.rules.kinds import Action
from hecang.rules.selectors import rule_rows
from hecang.rules.services import RuleIn, rule_create


class Default(NamedTuple):
    """A rule that comes with Hecang; the texts are said in the language of whoever installs it."""

    name: str
    note: str
    condition: str
    actions: tuple[tuple[str, dict[str, object]], ...]
    is_enabled: bool
    is_last: bool = False


DEFAULTS: Final = (
    Default(
        gettext_noop("Likely fraud"),
        gettext_noop("Several signals of fraud at once: a person looks before goods leave."),
        "risk.score >= 60",
        (("hold", {"reason": gettext_noop("Several signals of fraud")}), ("tag", {"tags": ["risk"]})),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Many orders in a day"),
        gettext_noop(
            "Four or more orders to one phone number within 24 hours may be a reseller or a mistake."
        ),
        "history.orders_24h >= 4",
        (("hold", {"reason": gettext_noop("Many orders to one phone number in a day")}),),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Often cancelled"),
        gettext_noop("Tagged only, so that the desk sees it."),
        "buyer.orders >= 4 and buyer.cancelled_share > 0.5",
        (("tag", {"tags": ["often-cancelled"]}),),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Pick-up point in the address"),
        gettext_noop("Carriers often cannot deliver to such an address as written; somebody asks the buyer."),
        'contains_any(recipient.address, ["自提", "代收点", "驿站"])',
        (("tag", {"tags": ["pickup-point"]}),),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Military address"),
        gettext_noop(
            "Most private carriers do not deliver there. Choose a service that does, then switch it on."
        ),
        'contains_any(recipient.address, ["部队", "军区", "武警"])',
        (("hold", {"reason": gettext_noop("Military address: choose a carrier that delivers there")}),),
        is_enabled=False,
    ),
    Default(
        gettext_noop("Remote regions"),
        gettext_noop("Tagged, to find them and to give them a carrier of their own."),
        'starts_with(region.code, "54", "63", "65")',
        (("tag", {"tags": ["remote"]}),),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Invoice wanted"),
        gettext_noop("The buyer asks for an invoice in the remark."),
        'contains_any(order.remark, ["发票", "开票", "税号", "invoice"])',
        (("tag", {"tags": ["invoice"]}),),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Frozen and ambient goods together"),
        gettext_noop("Frozen goods travel in a parcel of their own."),
        'any(line.temperature == "frozen" for line in lines) and any(line.temperature != "frozen" for line in lines)',
        (("split", {"by": "temperature"}), ("tag", {"tags": ["cold-chain"]})),
        is_enabled=False,
    ),
    Default(
        gettext_noop("Large orders first"),
        gettext_noop("Orders from 100 units on go to the front of the queue."),
        "order.units >= 100",
        (("priority", {"priority": 50}), ("tag", {"tags": ["bulk"]})),
        is_enabled=False,
    ),
    Default(
        gettext_noop("Deep discount"),
        gettext_noop("More than 70 % off may be a wrong price or a promotion that adds up."),
        "order.goods > 100 and order.discount > order.goods * 0.7",
        (("hold", {"reason": gettext_noop("Discount of more than 70 %")}),),
        is_enabled=True,
    ),
    Default(
        gettext_noop("Small orders with a plain remark"),
        gettext_noop("Cheap orders whose short remark asks for nothing go on in spite of it."),
        'order.total < 100 and length(order.remark) <= 6 and contains_any(order.remark, ["谢谢", "尽快", "thanks"])',
        (("approve", {"waive": ["remark"]}),),
        is_enabled=False,
    ),
)


@transactional
def rule_defaults_install() -> list[int]:
    """Make those of the default rules that are missing, by name; the ids of the new ones."""
    present = {row["name"] for row in [*rule_rows(CODE), *rule_rows(CODE, archived=True)]}
    made = []
    for default in DEFAULTS:
        name = translation.gettext(default.name)
        if name in present or default.name in present:
            continue
        rule = RuleIn(
            name=name,
            note=translation.gettext(default.note),
            condition=default.condition,
            actions=[Action(code, _told(parameters)) for code, parameters in default.actions],
            is_enabled=default.is_enabled,
            is_last=default.is_last,
        )
        made.append(rule_create(kind=CODE, rule=rule))
    return made


def _told(parameters: dict[str, object]) -> dict[str, object]:
    """What people will read, in their language."""
    return {
        name: translation.gettext(str(value)) if name == "reason" else value
        for name, value in parameters.items()
    }
