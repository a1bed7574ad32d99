"""A shop that is registered for VAT, and goods that go abroad."""

from tests.functional.taxes.conftest import abroad, registered

__all__ = ["abroad", "registered"]
