"""Payments by Stripe's hosted Checkout."""
