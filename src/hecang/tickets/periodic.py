"""What happens to tickets by itself."""

from hecang.kernel.periodic import periodic
from hecang.tickets.services.settling import tickets_escalate, tickets_put_away

periodic("tickets.escalate", "* * * * *")(tickets_escalate)
periodic("tickets.put_away", "13 2 * * *")(tickets_put_away)
