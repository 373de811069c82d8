"""The kind of rules that audits orders: what may be asked, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.catalog.selectors import SkuRef, skus_by_code
from hecang.facility.selectors import warehouses_by_code
from hecang.kernel.db import fetch
from hecang.orders.tags import is_tag
from hecang.rules.expressions import BOOL, NUMBER, QUANTITIES, TEXT, TEXTS, ListOf
from hecang.rules.kinds import Action, ActionType, Fact, Parameter, RuleKind
from hecang.shipping.selectors import services_by_id

CODE: Final = "orders.audit"

LINE: Final = ListOf(
    "lines",
    {
        "sku": TEXT, "category": TEXT, "temperature": TEXT, "hazard": TEXT, "kind": TEXT, "quantity": NUMBER,
        "price": NUMBER, "amount": NUMBER, "weight_g": NUMBER,
    },
)  # fmt: skip

_KINDS = (
    ("sale", gettext_noop("Sale")),
    ("presale", gettext_noop("Pre-sale")),
    ("exchange", gettext_noop("Exchange")),
    ("resend", gettext_noop("Sent again")),
)
_MISSING = (
    ("name", gettext_noop("Name")),
    ("phone", gettext_noop("Phone")),
    ("address", gettext_noop("Address")),
    ("region", gettext_noop("Region")),
)

FACTS: Final = (
    Fact("order.total", NUMBER, gettext_noop("What the order costs in all"), "order.total > 1000"),
    Fact("order.goods", NUMBER, gettext_noop("What its goods cost"), "order.goods >= 299"),
    Fact("order.discount", NUMBER, gettext_noop("Discount"), "order.discount > order.goods * 0.5"),
    Fact("order.freight", NUMBER, gettext_noop("Freight that the buyer pays"), "order.freight == 0"),
    Fact("order.lines", NUMBER, gettext_noop("Number of lines"), "order.lines > 20"),
    Fact("order.units", NUMBER, gettext_noop("Units over all lines"), "order.units >= 100"),
    Fact("order.skus", NUMBER, gettext_noop("Different SKUs"), "order.skus == 1"),
    Fact("order.weight_g", NUMBER, gettext_noop("Weight in grams, as far as it is known"), "order.weight_g > 20000"),
    Fact("order.kind", TEXT, gettext_noop("Kind of order"), 'order.kind == "presale"', _KINDS),
    Fact("order.tags", TEXTS, gettext_noop("Tags"), '"vip" in order.tags'),
    Fact("order.shop", TEXT, gettext_noop("Code of the shop"), 'order.shop == "TMALL-1"'),
    Fact("order.channel", TEXT, gettext_noop("Code of the channel"), 'order.channel in ["taobao", "jd"]'),
    Fact("order.currency", TEXT, gettext_noop("Currency"), 'order.currency != "CNY"'),
    Fact("order.priority", NUMBER, gettext_noop("Priority; smaller is earlier"), "order.priority < 100"),
    Fact("order.hour", NUMBER, gettext_noop("Hour of the day in which it was placed, 0 to 23"), "order.hour < 6"),
    Fact("order.weekday", NUMBER, gettext_noop("Day of the week in which it was placed, 1 is Monday"), "order.weekday >= 6"),
    Fact("order.remark", TEXT, gettext_noop("What the buyer wrote"), 'contains(order.remark, "发票")', is_personal=True),
    Fact("order.seller_remark", TEXT, gettext_noop("What we wrote"), 'contains(order.seller_remark, "改地址")', is_personal=True),
    Fact("region.code", TEXT, gettext_noop("Code of the region"), 'starts_with(region.code, "65", "54")'),
    Fact("region.province", TEXT, gettext_noop("Province"), 'contains(region.province, "新疆", "西藏")'),
    Fact("region.city", TEXT, gettext_noop("City"), 'region.city == "杭州市"'),
    Fact("region.district", TEXT, gettext_noop("District"), 'region.district == ""'),
    Fact("recipient.missing", TEXTS, gettext_noop("Parts of the recipient that are missing"), '"phone" in recipient.missing', _MISSING),
    Fact("recipient.sealed", BOOL, gettext_noop("Only the platform can read the recipient"), "recipient.sealed"),
    Fact("recipient.address", TEXT, gettext_noop("Text of the address"), 'contains(recipient.address, "自提", "村", "部队")', is_personal=True),
    Fact("customer.known", BOOL, gettext_noop("One of our customers"), "customer.known"),
    Fact("customer.code", TEXT, gettext_noop("Code of the customer"), 'starts_with(customer.code, "B2B-")'),
    Fact("customer.blocked", BOOL, gettext_noop("The customer is on the black list"), "customer.blocked"),
    Fact("customer.credit_limit", NUMBER, gettext_noop("What the customer may owe; 0 for no credit"), "customer.credit_limit > 0"),
    Fact("customer.open_amount", NUMBER, gettext_noop("What the customer owes"), "customer.open_amount > 5000"),
    Fact("buyer.is_new", BOOL, gettext_noop("No order went to this phone number before"), "buyer.is_new and order.total > 500"),
    Fact("buyer.orders", NUMBER, gettext_noop("Orders that went to this phone number before, up to 200"), "buyer.orders >= 10"),
    Fact("buyer.cancelled", NUMBER, gettext_noop("How many of them were cancelled"), "buyer.cancelled > 3"),
    Fact("buyer.cancelled_share", NUMBER, gettext_noop("Their share, 0 to 1"), "buyer.orders >= 3 and buyer.cancelled_share > 0.5"),
    Fact("history.orders_24h", NUMBER, gettext_noop("Orders to this phone number in the 24 hours before"), "history.orders_24h >= 3"),
    Fact("history.orders_30d", NUMBER, gettext_noop("Orders to this phone number in the 30 days before"), "history.orders_30d >= 10"),
    Fact("history.amount_24h", NUMBER, gettext_noop("What they cost, in the 24 hours before"), "history.amount_24h + order.total > 3000"),
    Fact("history.shops_24h", NUMBER, gettext_noop("Shops that they came through, in the 24 hours before"), "history.shops_24h > 1"),
    Fact("lines", LINE, gettext_noop("The lines"), 'any(line.temperature == "frozen" for line in lines)'),
    Fact("quantity", QUANTITIES, gettext_noop("Units of a SKU, by its code"), 'quantity["MILK-1L"] >= 12'),
    Fact("stock.short_units", NUMBER, gettext_noop("Units that no warehouse has"), "stock.short_units > 0"),
    Fact("stock.short_skus", NUMBER, gettext_noop("SKUs that are short"), "stock.short_skus >= 2"),
    Fact("stock.warehouses", NUMBER, gettext_noop("Warehouses that ship something of it"), "stock.warehouses > 1"),
    Fact("stock.one_warehouse", BOOL, gettext_noop("One warehouse has all of it"), "not stock.one_warehouse"),
    Fact("risk.score", NUMBER, gettext_noop("Sum of the signals of fraud, 0 to 100"), "risk.score >= 50"),
    Fact("risk.signals", TEXTS, gettext_noop("The signals of fraud that were found"), '"burst" in risk.signals'),
)  # fmt: skip

#: Facts that are known only once the order has been sourced.
STOCK_FACTS: Final = frozenset(fact.name for fact in FACTS if fact.name.startswith("stock."))
#: Actions that sourcing has to know of.
BEFORE_SOURCING: Final = frozenset({"warehouse_only", "warehouse_never", "priority", "gift"})
#: Holds that an approval by rule can waive.
WAIVABLE: Final = (
    ("remark", gettext_noop("Remark needs a person")),
    ("amount_limit", gettext_noop("Amount above the limit")),
    ("duplicate_suspected", gettext_noop("Possible duplicate")),
)
_TICKET_KINDS = (
    ("address", gettext_noop("Address")),
    ("buyer_request", gettext_noop("Buyer's request")),
    ("price", gettext_noop("Price")),
    ("shortage", gettext_noop("Shortage")),
    ("duplicate", gettext_noop("Duplicate")),
    ("other", gettext_noop("Other")),
)
_SPLITS = (
    ("temperature", gettext_noop("By temperature")),
    ("hazard", gettext_noop("By hazard")),
    ("stock", gettext_noop("What is there from what is short")),
    ("weight", gettext_noop("By weight")),
)
_NOTE = Parameter("note", "text", gettext_noop("Note"), required=False)

ACTIONS: Final = (
    ActionType(
        "hold", gettext_noop("Hold"), gettext_noop("A person has to look at the order before it goes on."),
        (Parameter("reason", "text", gettext_noop("Reason")), _NOTE),
    ),
    ActionType(
        "approve", gettext_noop("Approve"),
        gettext_noop("The order goes on, even in a shop that does not approve by itself, unless something holds it."),
        (Parameter("waive", "choices", gettext_noop("In spite of"), required=False, choices=WAIVABLE),),
    ),
    ActionType(
        "tag", gettext_noop("Tag"), gettext_noop("Words to find the order by."),
        (Parameter("tags", "texts", gettext_noop("Tags")),),
    ),
    ActionType(
        "service", gettext_noop("Carrier service"), gettext_noop("The order travels with this service."),
        (Parameter("service", "service", gettext_noop("Service")),),
    ),
    ActionType(
        "warehouse_only", gettext_noop("Only from warehouses"), gettext_noop("Other warehouses ship nothing of it."),
        (Parameter("warehouses", "warehouses", gettext_noop("Warehouses")),),
    ),
    ActionType(
        "warehouse_never", gettext_noop("Not from warehouses"), gettext_noop("These warehouses ship nothing of it."),
        (Parameter("warehouses", "warehouses", gettext_noop("Warehouses")),),
    ),
    ActionType(
        "priority", gettext_noop("Priority"), gettext_noop("Smaller is earlier; 100 is usual."),
        (Parameter("priority", "number", gettext_noop("Priority"), least=0, most=32767),),
    ),
    ActionType(
        "gift", gettext_noop("Add a gift"),
        gettext_noop("Once for an order, at no price, and only while there is stock of it."),
        (
            Parameter("sku", "sku", "SKU"),
            Parameter("quantity", "number", gettext_noop("Quantity"), least=1, most=1000),
        ),
    ),
    ActionType(
        "split", gettext_noop("Split"), gettext_noop("The order is split as soon as it is approved."),
        (Parameter("by", "choice", gettext_noop("How"), choices=_SPLITS),),
    ),
    ActionType("merge", gettext_noop("Merge"), gettext_noop("The order travels with others of the same recipient that no wave has taken.")),
    ActionType(
        "ticket", gettext_noop("Open a ticket"), gettext_noop("Somebody gets it to do."),
        (
            Parameter("kind", "choice", gettext_noop("Kind"), choices=_TICKET_KINDS),
            Parameter("subject", "text", gettext_noop("Subject")),
        ),
    ),
)  # fmt: skip

_HITS = """
SELECT rule_id, count(*) FROM order_decision WHERE rule_id IS NOT NULL AND decided_at >= %s AND stage <> 'release'
GROUP BY rule_id
"""


def _check(facts: frozenset[str], actions: Sequence[Action]) -> list[tuple[int, str]]:
    problems: list[tuple[int, str]] = []
    gifts = {action.parameters["sku"] for action in actions if action.code == "gift"}
    skus = skus_by_code(gifts) if gifts else {}
    for place, action in enumerate(actions):
        if facts & STOCK_FACTS and action.code in BEFORE_SOURCING:
            problems.append(
                (place, _("A rule that asks for stock is asked after sourcing, where this comes too late."))
            )
        problems += [(place, message) for message in _references(action, skus)]
    return problems


def _references(action: Action, skus: Mapping[str, SkuRef]) -> list[str]:
    """What an action names that does not exist."""
    parameters = action.parameters
    match action.code:
        case "gift":
            sku = skus.get(parameters["sku"])
            if sku is None or sku.status != "active" or sku.kind == "kit":
                return [_("There is no active SKU “%(code)s”, or it is a kit.") % {"code": parameters["sku"]}]
        case "warehouse_only" | "warehouse_never":
            unknown = set(parameters["warehouses"]) - warehouses_by_code(parameters["warehouses"]).keys()
            return [_("There is no warehouse “%(code)s”.") % {"code": code} for code in sorted(unknown)]
        case "service":
            codes = {service.code for service in services_by_id().values() if service.is_active}
            if parameters["service"] not in codes:
                return [_("There is no active service “%(code)s”.") % {"code": parameters["service"]}]
        case "tag":
            bad = [tag for tag in parameters["tags"] if not is_tag(tag)]
            return [
                _("“%(tag)s” is no tag: at most 32 characters, without spaces, commas and quotes.")
                % {"tag": tag}
                for tag in bad
            ]
    return []


def _hits(since: datetime) -> dict[int, int]:
    return dict(fetch(_HITS, [since]))


KIND: Final = RuleKind(
    code=CODE, label=gettext_noop("Audit of orders"), facts=FACTS, actions=ACTIONS, check=_check, hits=_hits
)
