"""Jobs on handhelds that belong to no single kind of work."""
