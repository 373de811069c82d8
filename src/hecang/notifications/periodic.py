"""What notifications do by themselves."""

from hecang.kernel.periodic import periodic
from hecang.kernel.pumps import pump
from hecang.notifications.services.inbox import messages_purge
from hecang.notifications.services.sending import deliveries_recover, deliveries_send, deliveries_waiting

pump("notifications.send", waiting=deliveries_waiting)(deliveries_send)
periodic("notifications.recover", "*/5 * * * *")(deliveries_recover)
periodic("notifications.purge", "37 3 * * *")(messages_purge)
