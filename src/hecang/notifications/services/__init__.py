"""What notifications do for others: tell people, know topics, keep teams."""

from hecang.notifications.services.notify import NewMessage, notify, notify_many
from hecang.notifications.services.teams import team_change, team_create, teams_ensure
from hecang.notifications.teams import BUILT_IN, team_title
from hecang.notifications.texts import say
from hecang.notifications.topics import Topic, topic_register

__all__ = [
    "BUILT_IN",
    "NewMessage",
    "Topic",
    "notify",
    "notify_many",
    "say",
    "team_change",
    "team_create",
    "team_title",
    "teams_ensure",
    "topic_register",
]
