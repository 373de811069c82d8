"""Carriers and aggregators on this machine: what the connectors of ``integrations.carriers`` speak to."""
