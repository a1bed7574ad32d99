"""Reading the ledger and the stock behind it."""
