"""Servers that `make run` and the tests start by themselves, and what watches over them.

Nothing here is used in production: its settings refuse the local services' addresses.
"""

from __future__ import annotations
