"""What the rules in force say of a batch of orders: asked once before sourcing, and once after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hecang.catalog.selectors import SkuRef, skus_by_code
from hecang.facility.selectors import warehouses_by_code
from hecang.kernel.db import fetch
from hecang.orders.audit.facts import Facts, facts_gather
from hecang.orders.audit.kind import CODE, KIND, STOCK_FACTS
from hecang.orders.audit.subjects import Subject
from hecang.orders.tags import WISH_MERGE, WISH_SPLIT
from hecang.rules.engine import LiveRule, Match, decide, facts_told
from hecang.rules.kinds import Action
from hecang.rules.selectors import rules_live
from hecang.shipping.selectors import services_by_id

RULE: Final = "rule"
Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an order, and why; see :class:`~hecang.orders.models.OrderDecision`."""

    stage: str
    code: str
    outcome: list[dict[str, Any]]
    facts: dict[str, Any]
    rule_id: int | None = None
    version: int | None = None


@dataclass(slots=True)
class Ruling:
    """What the rules want of one order.

    :param stopped_at: place of the rule that said that no later one is asked.
    :param reasons: why it is held, one entry a rule.
    :param gifts: (SKU, units) to add.
    :param tickets: (kind, subject, rule id) to open.
    """

    stopped_at: int | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    approve: bool = False
    waived: set[str] = field(default_factory=set)
    tags: list[str] = field(default_factory=list)
    service_id: int | None = None
    priority: int | None = None
    warehouses_only: list[int] | None = None
    warehouses_never: list[int] = field(default_factory=list)
    gifts: list[tuple[SkuRef, int]] = field(default_factory=list)
    tickets: list[tuple[str, str, int]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


@dataclass(slots=True)
class References:
    """What codes in actions stand for."""

    services: Mapping[str, int] = field(default_factory=dict)
    warehouses: Mapping[str, int] = field(default_factory=dict)
    skus: Mapping[str, SkuRef] = field(default_factory=dict)

    def warehouse_ids(self, codes: Sequence[str]) -> list[int]:
        """Those of the warehouses that still exist."""
        return [self.warehouses[code] for code in codes if code in self.warehouses]


class Rulebook:
    """The rules in force for some shops, in their order."""

    def __init__(self, rules: Sequence[LiveRule], shop_ids: Iterable[int]) -> None:
        shops = set(shop_ids)
        self.rules = [
            (place, rule)
            for place, rule in enumerate(rules)
            if not rule.shop_ids or not shops.isdisjoint(rule.shop_ids)
        ]

    def stage(self, *, after_sourcing: bool) -> list[tuple[int, LiveRule]]:
        """The rules of one stage with their places; those that ask for stock come after sourcing."""
        return [
            (place, rule)
            for place, rule in self.rules
            if bool(rule.expression.facts & STOCK_FACTS) is after_sourcing
        ]

    def asks(self, name: str) -> bool:
        """Whether any rule mentions a fact."""
        return any(name in rule.expression.facts for _place, rule in self.rules)


def rulebook(shop_ids: Iterable[int]) -> Rulebook:
    """The rules in force for these shops. One statement."""
    return Rulebook(rules_live(CODE), shop_ids)


def rules_ask(
    rules: Sequence[tuple[int, LiveRule]],
    subjects: Sequence[Subject],
    rulings: dict[int, Ruling],
    *,
    stage: str,
) -> None:
    """Ask the rules of one stage about a batch and add what they say to ``rulings``, by index.

    An order that an earlier rule of an earlier stage has stopped is asked only what stands before that rule.
    """
    if not rules or not subjects:
        return
    names: set[str] = set()
    for _place, rule in rules:
        names |= rule.expression.facts
    matches: list[tuple[Subject, Facts, list[Match]]] = []
    for subject, facts in zip(subjects, facts_gather(subjects, names), strict=True):
        ruling = rulings.get(subject.index)
        asked = rules
        if ruling is not None and (last := ruling.stopped_at) is not None:
            asked = [(place, rule) for place, rule in rules if place < last]
        if found := decide(asked, shop_id=subject.shop_id, at=subject.placed_at, facts=facts):
            matches.append((subject, facts, found))
    references = _references(
        action for _s, _f, found in matches for match in found for action in match.rule.actions
    )
    for subject, facts, found in matches:
        ruling = rulings.setdefault(subject.index, Ruling())
        for match in found:
            _apply(ruling, match, facts, references, stage)


def _apply(ruling: Ruling, match: Match, facts: Facts, references: References, stage: str) -> None:
    rule = match.rule
    outcome = [
        {"action": action.code, **action.parameters}
        for action in rule.actions
        if _CARRIERS[action.code](ruling, rule, action.parameters, references)
    ]
    if rule.is_last and (ruling.stopped_at is None or match.place < ruling.stopped_at):
        ruling.stopped_at = match.place
    ruling.decisions.append(
        Decision(stage, RULE, outcome, facts_told(KIND, rule, facts), rule.id, rule.version)
    )


def _hold(ruling: Ruling, rule: LiveRule, parameters: Parameters, _references: References) -> bool:
    ruling.reasons.append(
        {
            "rule_id": rule.id, "version": rule.version, "rule": rule.name, "reason": parameters["reason"],
            "note": parameters.get("note") or "",
        }
    )  # fmt: skip
    return True


def _approve(ruling: Ruling, _rule: LiveRule, parameters: Parameters, _references: References) -> bool:
    ruling.approve = True
    ruling.waived |= set(parameters.get("waive") or ())
    return True


def _tag(ruling: Ruling, _rule: LiveRule, parameters: Parameters, _references: References) -> bool:
    ruling.tags += parameters["tags"]
    return True


def _split(ruling: Ruling, _rule: LiveRule, parameters: Parameters, _references: References) -> bool:
    ruling.tags.append(WISH_SPLIT + parameters["by"])
    return True


def _merge(ruling: Ruling, _rule: LiveRule, _parameters: Parameters, _references: References) -> bool:
    ruling.tags.append(WISH_MERGE)
    return True


def _service(ruling: Ruling, _rule: LiveRule, parameters: Parameters, references: References) -> bool:
    found = references.services.get(parameters["service"])
    if found is None or ruling.service_id is not None:
        return False
    ruling.service_id = found
    return True


def _priority(ruling: Ruling, _rule: LiveRule, parameters: Parameters, _references: References) -> bool:
    if ruling.priority is not None:
        return False
    ruling.priority = parameters["priority"]
    return True


def _warehouse_only(ruling: Ruling, _rule: LiveRule, parameters: Parameters, references: References) -> bool:
    ids = references.warehouse_ids(parameters["warehouses"])
    if not ids or ruling.warehouses_only is not None:
        return False
    ruling.warehouses_only = ids
    return True


def _warehouse_never(ruling: Ruling, _rule: LiveRule, parameters: Parameters, references: References) -> bool:
    ruling.warehouses_never += references.warehouse_ids(parameters["warehouses"])
    return True


def _gift(ruling: Ruling, _rule: LiveRule, parameters: Parameters, references: References) -> bool:
    sku = references.skus.get(parameters["sku"])
    if sku is None or sku.status != "active" or any(given.id == sku.id for given, _units in ruling.gifts):
        return False
    ruling.gifts.append((sku, parameters["quantity"]))
    return True


def _ticket(ruling: Ruling, rule: LiveRule, parameters: Parameters, _references: References) -> bool:
    ruling.tickets.append((parameters["kind"], parameters["subject"], rule.id))
    return True


#: Each notes what an action wants, and says whether it could be: what a rule before has chosen stays chosen.
_CARRIERS: Final[dict[str, Callable[[Ruling, LiveRule, Parameters, References], bool]]] = {
    "hold": _hold, "approve": _approve, "tag": _tag, "split": _split, "merge": _merge, "service": _service,
    "priority": _priority, "warehouse_only": _warehouse_only, "warehouse_never": _warehouse_never, "gift": _gift,
    "ticket": _ticket,
}  # fmt: skip


def _references(actions: Iterable[Action]) -> References:
    """What the actions name. At most one statement for services, warehouses and SKUs each."""
    services = False
    warehouses: set[str] = set()
    skus: set[str] = set()
    for action in actions:
        match action.code:
            case "service":
                services = True
            case "warehouse_only" | "warehouse_never":
                warehouses |= set(action.parameters["warehouses"])
            case "gift":
                skus.add(action.parameters["sku"])
    return References(
        {service.code: service.id for service in services_by_id().values() if service.is_active}
        if services
        else {},
        {code: warehouse.id for code, warehouse in warehouses_by_code(warehouses).items()}
        if warehouses
        else {},
        skus_by_code(skus) if skus else {},
    )


_DISMISSED = """
SELECT order_id, rule_id, version FROM order_decision
WHERE order_id = ANY(%s::bigint[]) AND stage = 'release' AND rule_id IS NOT NULL
"""


def dismissed(order_ids: Sequence[int]) -> set[tuple[int, int, int]]:
    """(order, rule, version) of holds that a person has released: they are final. One statement."""
    if not order_ids:
        return set()
    return {
        (order_id, rule_id, version) for order_id, rule_id, version in fetch(_DISMISSED, [list(order_ids)])
    }
