"""Questions about counts: lists and details for the desk, what a handheld has to know, accuracy, risk."""
