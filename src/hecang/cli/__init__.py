"""The ``hecang`` command.

Each module in this package that defines ``register(app)`` adds its commands; there is no list to
keep. Modules import Django only inside their commands, so that ``hecang db`` needs none of it.
"""
