"""Connectors to other systems that order from us, or that we order from."""
