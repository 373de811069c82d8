"""Planning of waves: which fulfilments are walked for together, and on which way.

Pure: arrays in, dataclasses out; no database, no clock. ``base`` is the interface, ``default`` what is
used unless ``STRATEGIES["outbound.wave_planner"]`` names another class.
"""
