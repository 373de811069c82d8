"""What can be done with connections and what goes through them."""
