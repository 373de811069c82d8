"""Setting how services are chosen and when a silent parcel counts as stalled or lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem


@transactional
def service_policy_save(
    *,
    rule: str,
    shop_id: int | None = None,
    owner_id: int | None = None,
    max_price: Decimal | None = None,
    preferred: Sequence[str] = (),
    weight_price: int = 60,
    weight_speed: int = 20,
    weight_reliability: int = 20,
) -> int:
    """Set the policy of a shop, an owner, or (neither) of all others; its id.

    :raises InvalidInput: both a shop and an owner, a limit missing, services unknown, or nothing weighs.
    """
    problems = []
    if shop_id is not None and owner_id is not None:
        problems.append(
            Problem(_("A policy is of a shop or of an owner, not of both."), "both", field="owner_id")
        )
    if rule == "fastest_under" and max_price is None:
        problems.append(Problem(_("Say up to which price."), "required", field="max_price"))
    known = {
        row[0] for row in fetch("SELECT code FROM carrier_service WHERE code = ANY(%s)", [list(preferred)])
    }
    if missing := [code for code in preferred if code not in known]:
        problems.append(
            Problem(
                _("There is no such carrier service: %(code)s.") % {"code": missing[0]},
                "unknown",
                field="preferred",
            )
        )
    if rule == "weighted" and weight_price + weight_speed + weight_reliability == 0:
        problems.append(
            Problem(_("At least one weight has to be above zero."), "weights", field="weight_price")
        )
    if problems:
        raise InvalidInput(_("The policy cannot be as it is given."), problems=problems)
    try:
        with transaction.atomic():
            row = fetch_one(
                """
                INSERT INTO service_policy (shop_id, owner_id, rule, max_price, preferred, weight_price, weight_speed,
                                            weight_reliability)
                VALUES (%s::bigint, %s::bigint, %s, %s::numeric, to_jsonb(%s::text[]), %s, %s, %s)
                ON CONFLICT (shop_id, owner_id) DO UPDATE SET rule = excluded.rule, max_price = excluded.max_price,
                    preferred = excluded.preferred, weight_price = excluded.weight_price,
                    weight_speed = excluded.weight_speed, weight_reliability = excluded.weight_reliability
                RETURNING id
                """,
                [
                    shop_id, owner_id, rule, max_price, list(preferred), weight_price, weight_speed,
                    weight_reliability,
                ],
            )  # fmt: skip
            execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        raise InvalidInput(_("There is no such owner.")) from error
    assert row is not None
    audit_record(
        action="save",
        entity_kind="service_policy",
        entity_id=row[0],
        after={
            "shop_id": shop_id, "owner_id": owner_id, "rule": rule,
            "max_price": None if max_price is None else str(max_price), "preferred": list(preferred),
        },
    )  # fmt: skip
    return int(row[0])


@transactional
def service_policy_delete(*, policy_id: int) -> None:
    """Let the wider policy hold again. Raises NotFound."""
    if not execute("DELETE FROM service_policy WHERE id = %s", [policy_id]):
        raise NotFound(_("There is no such policy."))
    audit_record(action="delete", entity_kind="service_policy", entity_id=policy_id)


@transactional
def track_policy_save(
    *,
    service_id: int | None,
    stall_percent: int,
    stall_least_hours: int,
    stall_most_hours: int,
    lost_days: int,
) -> int:
    """Set the thresholds of one service, or (``None``) of all others; its id.

    They hold for parcels from their next scan on.

    :raises InvalidInput: the bounds contradict each other, or there is no such service.
    """
    if not (1 <= stall_least_hours <= stall_most_hours and stall_percent >= 100 and lost_days >= 1):
        text = _("The least hours may not be more than the most, and the share not less than a hundred.")
        raise InvalidInput(text, problems=[Problem(text, "bounds", field="stall_most_hours")])
    try:
        with transaction.atomic():
            row = fetch_one(
                """
                INSERT INTO track_policy (service_id, stall_percent, stall_least_hours, stall_most_hours, lost_days)
                VALUES (%s::bigint, %s, %s, %s, %s)
                ON CONFLICT (service_id) DO UPDATE SET stall_percent = excluded.stall_percent,
                    stall_least_hours = excluded.stall_least_hours, stall_most_hours = excluded.stall_most_hours,
                    lost_days = excluded.lost_days
                RETURNING id
                """,
                [service_id, stall_percent, stall_least_hours, stall_most_hours, lost_days],
            )
            execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        raise InvalidInput(_("There is no such carrier service.")) from error
    assert row is not None
    audit_record(
        action="save",
        entity_kind="track_policy",
        entity_id=row[0],
        after={
            "service_id": service_id, "stall_percent": stall_percent, "stall_least_hours": stall_least_hours,
            "stall_most_hours": stall_most_hours, "lost_days": lost_days,
        },
    )  # fmt: skip
    return int(row[0])


@transactional
def track_policy_delete(*, policy_id: int) -> None:
    """Let the thresholds of all others hold for the service. Raises NotFound."""
    if not execute("DELETE FROM track_policy WHERE id = %s", [policy_id]):
        raise NotFound(_("There are no such thresholds."))
    audit_record(action="delete", entity_kind="track_policy", entity_id=policy_id)
