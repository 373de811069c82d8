"""What can be done with goods that come in."""
