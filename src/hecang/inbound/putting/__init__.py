"""Where goods are put away: what fits where, strategies that choose, and the world that they choose in. Reads only."""
