"""Servers that `make run` and the tests start by themselves, and what watches over them.

Nothing here is used in production: its settings refuse the embedded services' addresses.
"""
