"""Planning of waves: which fulfilments are walked for together, and on which way.

Pure: arrays in, dataclasses out; no database, no clock. ``base`` is the interface. ``optimised`` is used unless
``STRATEGIES["outbound.wave_planner"]`` names another; ``seed`` is the plain rule beside it. Nothing here but
``optimised`` and what it alone imports loads ``hecang_optim``.
"""
