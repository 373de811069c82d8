"""Hecang 合仓: order management and warehouse management as one system."""

__version__ = "0.1.0"
