"""Vouchers, gift cards and shipping in the dashboard."""
