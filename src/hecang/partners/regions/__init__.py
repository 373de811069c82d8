"""The administrative regions of China: where they come from, and how an address finds its code.

``source`` reads the table that the dependency ``cpca`` ships, ``names`` knows how people shorten names,
``index`` resolves text to codes. None of them touches the database.
"""
