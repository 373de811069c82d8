"""Questions that other apps ask about work."""
