"""Everything between the announcement of goods and the shelf."""
