"""What tickets do for others: be opened, and be settled when the trouble is gone."""

from hecang.tickets.services.opening import Link, NewTicket, ticket_open, tickets_open
from hecang.tickets.services.settling import tickets_settle

__all__ = ["Link", "NewTicket", "ticket_open", "tickets_open", "tickets_settle"]
