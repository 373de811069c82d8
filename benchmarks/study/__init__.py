"""What storage, batching, routes and re-slotting save, on a year of real orders: ``make study``."""
