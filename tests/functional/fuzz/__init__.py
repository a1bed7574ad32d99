"""Every address of the shop, each parameter it reads, as nine people: no server error.

`make test` runs a short round of it, `make fuzz` a long one.
"""
