"""What the worker does for this app from time to time."""

from hecang.accounts.services.sessions import sessions_purge, throttle_purge
from hecang.kernel.periodic import periodic

periodic("accounts.throttle_purge", "17 * * * *")(throttle_purge)
periodic("accounts.sessions_purge", "23 3 * * *")(sessions_purge)
