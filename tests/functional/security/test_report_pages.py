"""What went wrong, as managers read it and nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.models import ErrorReport
from dashboard.roles import ROLES
from tests import personas

PATH = "/staff/dashboard/errorreport/"


def row(**fields):
    now = timezone.now()
    given = {"kind": "error", "what": "ValueError", "page": "storefront:set", "count": 3,
             "place": "plugins.ordering.pricing:price_basket:120", "first_at": now, "last_at": now,
             "request_id": "ab" * 16}  # fmt: skip
    return ErrorReport.objects.create(**given | fields)


@pytest.mark.django_db
def test_managers_read_what_went_wrong_lately():
    fault, old = row(fingerprint="1"), row(fingerprint="2", what="KeyError")
    ErrorReport.objects.filter(pk=old.pk).update(last_at=timezone.now() - timedelta(days=2))
    manager = personas.in_role("Manager")
    page = manager.get(PATH).content.decode()
    assert "What went wrong lately" in page
    assert "ValueError" in page
    assert "KeyError" in page
    assert "ab" * 16 in page
    assert "KeyError" not in manager.get(f"{PATH}?when=day").content.decode()
    assert "price_basket:120" in manager.get(f"{PATH}{fault.pk}/change/").content.decode()
    assert "ValueError" in manager.get(f"{PATH}?q={'ab' * 16}").content.decode()
    assert manager.post(f"{PATH}{fault.pk}/change/", {"what": "x"}).status_code == 403
    fault.refresh_from_db()
    assert fault.what == "ValueError"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role.name for role in ROLES if role.name != "Manager"])
def test_nobody_else_does(role):
    fault = row(fingerprint="1")
    for path in (PATH, f"{PATH}{fault.pk}/change/"):
        assert personas.in_role(role).get(path).status_code == 403
        assert personas.anonymous().get(path).status_code == 302
