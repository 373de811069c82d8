"""What notifications do for others: tell people, keep teams."""

from hecang.notifications.services.notify import NewMessage, notify, notify_many
from hecang.notifications.services.teams import team_change, team_create, teams_ensure
from hecang.notifications.teams import BUILT_IN, team_title

__all__ = [
    "BUILT_IN",
    "NewMessage",
    "notify",
    "notify_many",
    "team_change",
    "team_create",
    "team_title",
    "teams_ensure",
]
