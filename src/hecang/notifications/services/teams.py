"""Teams: who answers for one kind of work."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from hecang.accounts.models import User
from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import Conflict, InvalidInput, NotFound
from hecang.notifications.models import Team, TeamMember
from hecang.notifications.teams import BUILT_IN


def teams_ensure(codes: Collection[str]) -> dict[str, int]:
    """Ids of teams by code; built-in ones are made where they are missing. Raises KeyError for others."""
    wanted = sorted(set(codes))
    rows = fetch("SELECT code, id FROM team WHERE code = ANY(%s::text[])", [wanted])
    known: dict[str, int] = dict(rows)
    missing = [code for code in wanted if code not in known]
    for code in missing:
        if code not in BUILT_IN:
            raise KeyError(f"no team {code!r}")
    if missing:
        fetch(
            "INSERT INTO team (code, name, is_active, created_at) SELECT code, '', true, %s"
            " FROM unnest(%s::text[]) AS t (code) ON CONFLICT (code) DO NOTHING RETURNING id",
            [clock.now(), missing],
        )
        known |= dict(fetch("SELECT code, id FROM team WHERE code = ANY(%s::text[])", [missing]))
    return known


@transactional
def team_create(*, code: str, name: str) -> int:
    """Make a team of one's own. Raises Conflict where the code is taken."""
    if code in BUILT_IN or Team.objects.filter(code=code).exists():
        raise Conflict(_("There is a team with the code “%(code)s” already.") % {"code": code})
    team = Team.objects.create(code=code, name=name, created_at=clock.now())
    audit_record(
        action="notifications.team.created", entity_kind="team", entity_id=team.pk, after={"code": code}
    )
    return team.pk


@transactional
def team_change(
    *,
    team_id: int,
    name: str | None = None,
    lead_id: int | None = None,
    member_ids: Sequence[int] | None = None,
    is_active: bool | None = None,
) -> None:
    """Change who is in a team and who leads it (``lead_id`` 0: nobody). Locks the team. Raises NotFound."""
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    _require_users([*(member_ids or ()), *([lead_id] if lead_id else [])])
    if name is not None:
        team.name = name
    if lead_id is not None:
        team.lead_id = lead_id or None
    if is_active is not None:
        team.is_active = is_active
    team.save()
    if member_ids is not None:
        TeamMember.objects.filter(team=team).exclude(user_id__in=member_ids).delete()
        TeamMember.objects.bulk_create(
            [TeamMember(team=team, user_id=user_id) for user_id in sorted(set(member_ids))],
            ignore_conflicts=True,
        )
    audit_record(
        action="notifications.team.changed",
        entity_kind="team",
        entity_id=team_id,
        after={
            "name": team.name,
            "lead": team.lead_id,
            "members": None if member_ids is None else sorted(member_ids),
        },
    )


def _require_users(user_ids: Sequence[int]) -> None:
    known = set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("id", flat=True))
    if set(user_ids) - known:
        raise InvalidInput(_("Somebody in the list is no active user; load the page again."))
