"""Questions that other apps ask about inbound."""
