"""Sales channels: one module a platform, found by its code through :mod:`~hecang.integrations.channels.registry`."""
