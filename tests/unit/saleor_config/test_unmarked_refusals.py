"""No sentence with which something is refused to a customer is left without a translation.

Texts that are marked are counted by test_languages. This finds those that nobody marked: plain
English reasons in policies, services and views. Whoever writes one for staff alone names its
function here.
"""

import ast
from collections import Counter

import pytest
from django.conf import settings

CUSTOMERS = ("product_content", "plugins", "storefront")
# What only staff read, or no person at all, by module: the functions, or all of them.
ALL = "*"
FOR_STAFF = {
    "product_content/parsing.py": {"validate_near_date"},
    "product_content/photos.py": {ALL},
    "product_content/price_changes.py": {ALL},
    "product_content/policies.py": {"is_review_due", "may_claim"},
    "product_content/tables.py": {ALL},
    "plugins/discreet_shipping/carriers.py": {ALL},
    "plugins/discreet_shipping/sendcloud.py": {ALL},
    "plugins/discreet_shipping/policies.py": {"may_change_address", "new_address_fits"},
    "plugins/fulfilment/packing.py": {"_any_warehouse", "_set_job", "start_packing"},
    "plugins/fulfilment/policies.py": {
        "may_agree_exchange",
        "may_change_return",
        "may_report",
        "may_restock",
        "may_return",
        "may_send_again",
    },
    "plugins/fulfilment/returns.py": {"_refuse", "record_return"},
    "plugins/fulfilment/reviews.py": {"_decide", "decline_review"},
    "plugins/fulfilment/sending_again.py": {ALL},
    "plugins/inventory/documents.py": {ALL},
    "plugins/inventory/policies.py": {ALL},
    "plugins/inventory/purchasing.py": {ALL},
    "plugins/order_emails/customer_messages.py": {"answer_message", "link_message"},
    "plugins/order_emails/policies.py": {ALL},
    "plugins/ordering/attention.py": {"resolve_attention"},
    "plugins/ordering/email_promises.py": {"may_send"},
    "plugins/ordering/policies.py": {
        "line_refund_allowed",
        "may_close",
        "may_fulfil",
        "may_resolve",
        "pieces_are_named",
        "refund_allowed",
    },
    "plugins/ordering/refund_lines.py": {"_refuse"},
    "plugins/ordering/refund_plans.py": {"_named", "_off_card", "_refuse"},
    "plugins/stripe_payments/policies.py": {ALL},
    "plugins/taxes/rates.py": {"parse_number"},
    "product_content/models/shop.py": {ALL},
    "storefront/decorators.py": {"comes_from_this_shop"},
}


def is_refusal(call):
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name in {"refused", "Decision", "ValidationError", "add_error"} or name.endswith(
        "Refused"
    )


def is_sentence(value):
    plain = isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value
    return plain or isinstance(value, ast.JoinedStr)


def unmarked(source):
    """Return, by the function that holds them, how many refusals have a reason in plain English."""
    found = Counter()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and is_refusal(call):
                    values = [*call.args, *(keyword.value for keyword in call.keywords)]
                    found[function.name] += sum(map(is_sentence, values))
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize(
    "refusal",
    [
        'refused("We cannot send this abroad.")',
        'Decision(False, "We cannot send this abroad.")',
        'OrderRefused(f"We cannot send {this}.")',
    ],
)
def test_an_untranslated_refusal_is_found(refusal):
    assert unmarked(f"def may_send():\n    return {refusal}") == {"may_send": 1}


def test_a_marked_refusal_and_a_code_are_none():
    assert unmarked('def may():\n    return refused(_("No, not there."))') == {}
    assert unmarked('def may():\n    return refused("abroad")') == {}


def test_customers_are_refused_nothing_in_words_that_cannot_be_translated():
    found = {}
    for folder in CUSTOMERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            staffs = FOR_STAFF.get(name, set())
            names = unmarked(path.read_text(encoding="utf-8")).keys() - staffs
            if names and ALL not in staffs:
                found[name] = names
    assert found == {}
