"""Typed rules that people write: conditions, actions, versions, dry runs."""
