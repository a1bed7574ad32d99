"""What the tests of languages share."""

from tests.functional.stripe.conftest import running_sandbox, sandbox

__all__ = ["running_sandbox", "sandbox"]
