"""The engine of channels: what is the same for every platform, whatever its protocol.

``pulling`` and ``inbox`` bring orders and wishes in, ``intake``, ``updates`` and ``requests`` make them true here,
``confirms``, ``answers`` and ``stock`` tell the platforms. ``docs/explanation/channels.md`` tells how.
"""
