"""What can be done with purchases."""
