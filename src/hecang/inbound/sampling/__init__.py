"""How many units to look at, how many may be bad, and how strictly the next lot is judged. Pure."""
