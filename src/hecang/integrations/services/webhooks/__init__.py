"""Webhooks out: what is told (``catalogue``), to whom (``endpoints``), and how it gets there (``sending``)."""
