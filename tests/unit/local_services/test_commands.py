"""The sandbox that `make run` starts in place of Stripe."""

import pytest

from local_services import commands
from local_services.data_folder import DataFolder
from local_services.stripe_sandbox import options


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    return DataFolder(tmp_path)


def test_a_key_of_stripes_takes_its_place(places, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_of_the_developer")

    assert commands.choose_sandbox(places, 8000) is None


def test_the_keys_are_the_same_at_each_start_and_unlike_another_shops(places, tmp_path):
    first, again = commands.choose_sandbox(places, 8000), commands.choose_sandbox(places, 8000)
    other = commands.choose_sandbox(DataFolder(tmp_path / "other"), 8000)

    assert (first.key, first.webhook_secret) == (again.key, again.webhook_secret)
    assert first.key != other.key
    assert first.webhook_secret.startswith("whsec_")


def test_the_sandbox_takes_the_key_it_is_given(places):
    chosen = commands.choose_sandbox(places, 8000)
    given = ["--port", str(chosen.port), "--data", "x"]

    assert options.parse(given, chosen.variables).origin == chosen.variables["STRIPE_API_BASE"]
