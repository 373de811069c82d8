"""Findings about master data, and what can be done about them."""
