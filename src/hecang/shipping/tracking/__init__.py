"""How scans become a status, and silence becomes trouble: pure rules, without the database."""
