"""Stock: the ledger of every change, and the services by which people move goods."""
