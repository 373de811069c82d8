"""Channels, carriers and ERPs: connectors, the way of messages in and out."""
