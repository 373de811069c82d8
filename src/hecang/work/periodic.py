"""What happens to tasks by itself."""

from hecang.kernel.periodic import periodic
from hecang.work.services.presence import leases_expire

periodic("work.leases_expire", "* * * * *")(leases_expire)
