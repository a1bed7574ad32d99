"""Whatever an order leaves for others to see is what its Contract says, drawn at random.

`make contract` draws 500 orders; `make test` a few.
"""

import random

import pytest
from django.db import transaction

from plugins.discreet_shipping.collection_points import import_points
from plugins.ordering.order_messages import EMAIL_KINDS
from tests.functional.discretion import drawn as life
from tests.functional.discretion.differences import (
    email_differences,
    label_differences,
    page_differences,
    sheet_differences,
    stripe_request,
)
from tests.functional.discretion.test_discretion_browser import POINTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(monkeypatch, settings):
    stripe = life.RecordingStripe()
    monkeypatch.setattr("plugins.stripe_payments.provider.get_stripe", lambda: stripe)
    settings.PAYMENT_PROVIDER = "plugins.stripe_payments.provider.StripePayments"
    settings.SHOP_NAME = "Stillwater"
    import_points(content=POINTS)
    return stripe


def differences(stripe, seed):
    """Return all that is not as the Contract of the order with this seed has it."""
    stripe.sent.clear()
    with transaction.atomic():
        drawn = life.draw(random.Random(seed))  # noqa: S311  the same orders each time
        rows = drawn.order.emails.filter(kind__in=EMAIL_KINDS)
        found = [one for row in rows for one in email_differences(drawn, row)]
        found += sheet_differences(drawn)
        found += label_differences(drawn)
        found += page_differences(drawn)
        for sent in stripe.sent:
            if sent != stripe_request(drawn, sent):
                found.append(f"Stripe: {sent}")
        transaction.set_rollback(True)
    return [f"order {seed}: {one}" for one in found]


def test_every_artefact_is_what_the_contract_says(stripe, request, record_property):
    number = request.config.getoption("--contract-orders")
    found = [one for seed in range(number) for one in differences(stripe, seed)]
    record_property("measured", f"{number} drawn orders, {len(found)} differences")
    assert found == []


PLANTED = {
    "order_emails/base/body.txt": (
        "{{ heading }} {{ number }} Robin Marsh",
        "sent e-mail text: ['marsh', 'robin']",
    ),
    "order_emails/base/body.html": ("<p>Your dilator</p>", "sent e-mail HTML: ['dilator']"),
    "storefront/orders/order.html": (
        "<title>Your dilator</title>",
        "order page: title Your dilator",
    ),
}


@pytest.mark.parametrize("template", PLANTED)
def test_a_fact_planted_in_one_template_is_a_difference(stripe, settings, tmp_path, template):
    text, difference = PLANTED[template]
    file = tmp_path / template
    file.parent.mkdir(parents=True)
    file.write_text(text)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    found = []
    seeds = iter(range(6))
    while not any(difference in one for one in found):
        seed = next(seeds, None)
        assert seed is not None, found
        found += differences(stripe, seed)
