"""Questions that other apps ask about purchasing."""
