"""What happens inbound by itself."""

from hecang.inbound.services.appointments import appointments_expire
from hecang.inbound.services.putaway_plans import putaways_retry
from hecang.kernel.periodic import periodic

periodic("inbound.no_shows", "*/5 * * * *")(appointments_expire)
periodic("inbound.putaways", "*/10 * * * *")(putaways_retry)
