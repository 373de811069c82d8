"""Which cartons an order travels in: the interface, and the choice that is in force by default."""
