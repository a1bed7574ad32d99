from importlib import metadata

import pytest
from django.core.checks import run_checks

from saleor_config.checks import saleor_is_the_version_we_bridge


def test_the_locked_saleor_passes() -> None:
    assert saleor_is_the_version_we_bridge() == []


@pytest.mark.parametrize("version", ["2.10.0", "2.11.0", "3.20.1"])
def test_any_other_saleor_is_refused_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: version)

    (error,) = saleor_is_the_version_we_bridge()

    assert error.id == "stillwater.E001"
    assert version in error.msg
    assert error.hint


def test_the_check_is_among_those_that_django_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "3.0.0")

    assert "stillwater.E001" in [message.id for message in run_checks()]
