"""The failure test: real processes are killed at every step of many checkouts."""
