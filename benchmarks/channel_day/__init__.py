"""A day of orders over all simulated channels at once, with everything that goes wrong on one, and its judgement.

Buyers buy on ten platforms (:mod:`street`) what those were told of one stock; Hecang's workers (:mod:`engine`) pull,
take messages, tell stock and parcels; a warehouse ships (:mod:`floor`). In the end what the platforms know is laid
beside what Hecang knows (:mod:`judging`). ``python -m benchmarks.channel_day`` does it with processes,
``tests/scenarios/test_channel_day.py`` with threads and a few hundred orders.
"""
