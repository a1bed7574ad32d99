"""Stock, its ledger, stock documents and warehouses in the dashboard."""
