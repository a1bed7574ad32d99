"""VAT: classes and rates, what of a price is tax, and what is kept of it with an order."""
