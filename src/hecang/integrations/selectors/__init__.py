"""Questions about connections and what goes through them. Nothing here locks."""
