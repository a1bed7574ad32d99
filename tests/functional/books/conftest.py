"""A shop that is registered for VAT, goods that go abroad, and who reads its books."""

import pytest

from tests import personas
from tests.functional.taxes.conftest import abroad, registered

__all__ = ["abroad", "registered"]


@pytest.fixture
def manager():
    return personas.in_role("Manager")
