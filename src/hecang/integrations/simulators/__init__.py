"""Stand-ins for platforms and carriers that cannot be reached from everywhere: for tests, demos and training.

Each speaks its platform's documented protocol from the other side: it verifies signatures byte for byte,
enforces paging, windows, rate limits and status steps, and can misbehave on demand. Nothing of Hecang's
connectors is imported here: what signs and what verifies are written twice on purpose, from the documents.
"""
