"""A small payment page of our own for development; it takes no money."""

PROVIDER_PATH = "plugins.local_payments.provider.LocalPayments"
