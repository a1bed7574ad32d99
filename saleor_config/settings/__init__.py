"""Settings of the shop: `base` for all, then `local`, `test` or `production`."""
