"""Questions that other apps ask about stockkeeping."""
