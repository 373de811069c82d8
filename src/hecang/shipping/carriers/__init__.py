"""Interface of carrier connectors; the connectors themselves live in ``integrations``."""
