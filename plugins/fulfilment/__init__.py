"""What happens to goods that were paid: packing jobs, shipments and returns."""
