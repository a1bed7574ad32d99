"""What the discretion tests share."""

import pytest

from tests.functional.stripe.conftest import running_sandbox, sandbox

__all__ = ["running_sandbox", "sandbox"]


@pytest.fixture(autouse=True)
def _no_pause(settings):
    settings.SHOP_NAME = "Stillwater"
