"""What happens to tasks by itself."""

from hecang.kernel.periodic import periodic
from hecang.work.floor.engine import sessions_close_idle
from hecang.work.services.durations import durations_learn
from hecang.work.services.presence import leases_expire

periodic("work.leases_expire", "* * * * *")(leases_expire)
periodic("work.durations_learn", "37 2 * * *")(durations_learn)
periodic("work.sessions_close_idle", "23 * * * *")(sessions_close_idle)
