"""A real retailer's year as demo data, and a day of it run through the house.

``source`` reads the baskets, ``products``, ``people`` and ``sites`` turn them into SKUs, customers,
shops and warehouses, ``stock`` fills the shelves, ``day`` works, ``report`` tells. Nothing is random:
what has to vary is derived from ids (``chance``), so that every run makes the same data and a second run
finds what the first one made.
"""
