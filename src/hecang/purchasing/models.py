"""From the wish to the bill: price lists, requests, purchase orders, invoices."""
