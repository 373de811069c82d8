"""Rows about tickets: the board, one ticket with its history, those of a document."""

from hecang.tickets.selectors.detail import attachment_get, people, policies_all, ticket_detail, tickets_of
from hecang.tickets.selectors.lists import ticket_counts, ticket_enrich, ticket_rows, visible

__all__ = [
    "attachment_get",
    "people",
    "policies_all",
    "ticket_counts",
    "ticket_detail",
    "ticket_enrich",
    "ticket_rows",
    "tickets_of",
    "visible",
]
