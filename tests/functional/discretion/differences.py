"""What each artefact of a drawn order says beside what its Contract allows.

Nothing here reads a template or a text of ours: what may stand somewhere is worked out anew from
what was drawn, and from the fixed words below.
"""

from __future__ import annotations

import re
from html import unescape

from babel.dates import format_date
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext
from prices import Money
from pypdfium2 import PdfDocument

from plugins.discreet_shipping.collection_points import find_point
from plugins.discreet_shipping.labels import printout_sheet
from plugins.discreet_shipping.order_contract import variants_of_slip_code
from plugins.fulfilment.packing import last_day_to_collect
from plugins.order_emails.kinds.base import KINDS
from plugins.order_emails.messages import build_message
from plugins.ordering.order_messages import Fact
from product_content.languages import locale_of
from product_content.money import format_money
from tests.functional.discretion.drawn import TRACKING
from tests.functional.discretion.words import found, sensitive_words
from tests.personas import link_holder

OK = 200
COOKIES = {settings.ORDERS_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
# All that e-mails say beside facts and the words of their kind, by Django's keys.
FIXED = (
    "Your order", "Total", "Items", "Delivery", "Gift card", "Paid otherwise", "Where it goes",
    "Tracking number",
    "What is in it stands on your order’s page, so that nobody reads it here.", "In this parcel",
    "Is anything not right? Just answer this e-mail and we will put it right.",
    "There is news", "The page behind this link says what it is.", "See your order",
)  # fmt: skip
PAYMENT_NOTES = (
    "The payment did not work, and nothing was taken. That happens, often because a bank asks for one more step.",
    "The payment was not finished, and nothing was taken.", "It was not paid in time.",
    "Your bank did not make the payment.", "Nothing was charged.",
    "What you paid goes back the way it came; we write again when it is on its way.",
    "You have nothing to pay for it. We pack it next, and write again when it leaves.",
)  # fmt: skip
MONEY_NOTES = (
    "It goes the way it came. Most banks show it within five to ten working days.",
    "It belongs to your order %(number)s.",
    "%(amount)s of it is on your gift card ending %(ending)s again.",
)
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
}  # fmt: skip
LINKS = {
    "link": r"http://testserver(/es)?/orders/open/[\w:-]+/(reviews/)?",
    "basket": r"http://testserver(/es)?/basket/",
}


def words(text):
    """Return the words of a text, numbers among them, in lower case."""
    return set(re.findall(r"\w+", text.lower()))


def allowed_inside(drawn, kind):
    """Return every word that the body of an e-mail of this kind may hold, by its Contract."""
    promised = drawn.contract["emails"][kind]
    told = _told(drawn)
    texts = [promised["subject"], promised["preheader"], "Stillwater", *map(gettext, FIXED)]
    for fact in map(Fact, promised["inside"]):
        texts += told[fact]
    if promised["inside"] != ["link"]:
        about = KINDS[kind].texts
        spoken = (about.heading, about.opening, about.button, about.closing)
        texts += [re.sub(r"\{\w+\}", " ", str(text)) for text in spoken]
    return words("\n".join(map(str, texts)))


def _told(drawn):
    """Return, by fact, what tells it of this order."""
    order, contract, locale = drawn.order, drawn.contract, locale_of(drawn.language)
    label = contract["label"] or {"sender": [""], "recipient": []}
    money = [format_money(amount, locale) for amount in _amounts(drawn)]
    back = [format_money(refund.sent_back, locale) for refund in order.refunds.all()]
    parts = [part for refund in order.refunds.all() for part in refund.parts.all()]
    back += [format_money(part.amount, locale) for part in parts]
    now = timezone.localtime()
    days = [
        format_date(now, "long", locale=locale),
        now.strftime("%H:%M"),
        gettext("a little longer"),
    ]
    times = [format(number, "02d") for number in range(60)]
    return {
        Fact.LINK: [gettext("See your order")],
        Fact.BASKET: [],
        Fact.NUMBER: [order.pk],
        Fact.DAY: [*days, *times],
        Fact.PAYMENT: list(map(gettext, PAYMENT_NOTES)),
        Fact.CHANGE: [gettext("where it goes"), gettext("something in it")],
        Fact.AMOUNTS: money,
        Fact.MONEY_BACK: [*back, *map(gettext, MONEY_NOTES), *(card.code[-4:] for card in drawn.cards)],
        Fact.DELIVERY: [gettext(order.shipping_method_name)],
        Fact.SENDER: [label["sender"][0]],
        Fact.TRACKING: [TRACKING],
        Fact.ADDRESS: [*label["recipient"], *_waits(drawn, locale)],
        Fact.ITEMS: [f"{gettext(line.product_name)} {line.quantity} x {format_money(line.unit_price_gross * line.quantity, locale)}" for line in drawn.lines],
    }  # fmt: skip


def _waits(drawn, locale):
    """Return what is said of the place where a parcel waits, beside its address."""
    point = drawn.contract["collection"]
    if not point:
        return []
    said = [*map(gettext, ("Opening hours", "It is kept there until")), point["hours"]]
    until = last_day_to_collect(drawn.order, point["kept_days"])
    return [*said, format_date(until, "long", locale=locale)] if until else said


def _amounts(drawn):
    order = drawn.order
    items = sum((line.unit_price_gross * line.quantity for line in drawn.lines), Money(0, "GBP"))
    whole = items + order.shipping_price_gross
    cards = whole - order.total_gross
    return [items, order.shipping_price_gross, whole, order.total_gross, cards, -1 * cards]


def email_differences(drawn, row):
    """Yield what of one e-mail is not as its Contract has it."""
    message, promised = build_message(row), drawn.contract["emails"].get(row.kind)
    if promised is not None:
        yield from _outside(message, promised, row.kind)
        html = message.alternatives[0][0]
        yield from _inside(drawn, row.kind, "text", message.body)
        yield from _inside(drawn, row.kind, "HTML", html)
        preheader = re.search(r'<div class="preheader"[^>]*>(.*?)</div>', html)
        if preheader is None or unescape(preheader[1]) != promised["preheader"]:
            yield f"{row.kind} e-mail: preheader {preheader and preheader[1]}"


def _outside(message, promised, kind):
    outside = (message.subject, message.from_email, message.to)
    if outside != (promised["subject"], promised["from"], [promised["to"]]):
        yield f"{kind} e-mail: {outside}"
    if more := set(message.message().keys()) - HEADERS:
        yield f"{kind} e-mail: headers {sorted(more)}"


def _inside(drawn, kind, name, text):
    inside = drawn.contract["emails"][kind]["inside"]
    wanted = "|".join(LINKS[fact] for fact in inside if fact in LINKS)
    for link in re.findall(r"https?://[^\s\"<]+", text):
        if not re.fullmatch(wanted, link):
            yield f"{kind} e-mail {name}: {link}"
    with translation.override(drawn.language):
        extra = words(_seen(text)) - allowed_inside(drawn, kind)
    if extra:
        yield f"{kind} e-mail {name}: {sorted(extra)}"


def _seen(text):
    """Return what is read: without style sheet, tags and addresses of links."""
    without_style = re.sub(r"<style.*?</style>", " ", text, flags=re.DOTALL)
    return re.sub(r"https?://\S+", " ", unescape(re.sub(r"<[^>]+>", " ", without_style)))


def stripe_request(drawn, session):
    """Return the whole request that the Contract allows, for comparison."""
    contract, order = drawn.contract, drawn.order
    number, total = contract["number"], int(order.total_gross.amount * 100)
    metadata = {"order": number, "session": session["metadata"]["session"]}
    whole = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": {
            "currency": "gbp", "unit_amount": total, "product_data": {"name": f"Order {number}"}}}],
        "client_reference_id": number,
        "metadata": metadata,
        "payment_intent_data": {
            "description": f"Order {number}", "metadata": metadata,
            "statement_descriptor_suffix": contract["statement"].partition("* ")[2],
        },
        "allowed_payment_method_types": [row["method"] for row in contract["payment_methods"]],
        "wallet_options": {"link": {"display": "never"}},
        "adaptive_pricing": {"enabled": False},
        "success_url": "http://testserver/stripe/return/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": session["cancel_url"],
        "expires_at": session["expires_at"],
        "expand": ["payment_intent"],
    }  # fmt: skip
    if drawn.receipt:
        address = contract["emails"]["order_confirmed"]["to"]
        whole["payment_intent_data"]["receipt_email"] = whole["customer_email"] = address
    return whole


def sheet_differences(drawn):
    """Yield what stands on a label or slip and is not in the Contract, or the other way."""
    contract = drawn.contract
    label, back = contract["label"], contract["return_label"]
    slip = [
        "Order",
        contract["number"],
        *(part for row in contract["slip"]["lines"] for part in row),
    ]
    allowed = {
        "label": [*label["sender"], *label["recipient"], *label["marks"], label["number"]],
        "return-label": [*back["sender"], *back["recipient"], back["number"]] if back else [],
        "slip": slip if contract["slip"]["lines"] else [],
    }
    for kind, texts in allowed.items():
        sheet = printout_sheet(contract, kind=kind, size="a6")
        printed = words(" ".join(text.text for text in sheet.texts)) if sheet else set()
        if printed != words(" ".join(texts)):
            yield f"{kind}: {sorted(printed ^ words(' '.join(texts)))}"
    yield from _of_codes(drawn)


def _of_codes(drawn):
    codes = [code.removeprefix("Code ") for code, _pieces in drawn.contract["slip"]["lines"]]
    keys = {str(line.variant_id) for line in drawn.lines}
    if len(set(codes)) < len(codes) or any(code.lstrip("0") in keys for code in codes):
        yield f"slip: codes {codes}"
    known = {variant for code in codes for variant in variants_of_slip_code(drawn.order, code)}
    if codes and known != {line.variant_id for line in drawn.lines}:
        yield f"slip: {codes} do not lead staff to every line"


def label_differences(drawn):
    """Yield what of the label is not what was chosen."""
    label, choices = drawn.contract["label"], drawn.choices
    name = {"own": "Robin Marsh", "initials": "R. Marsh", "other": "Kim Doe"}[choices["label_name"]]
    place = "4 Mill Lane" if not choices["point"] else find_point(choices["point"]).name
    if label["recipient"][0] != name or not any(place in line for line in label["recipient"]):
        yield f"label: to {label['recipient']}"
    if label["sender"][0] != (choices["sender"] or "Stillwater"):
        yield f"label: from {label['sender']}"


def page_differences(drawn):
    """Yield what private pages leave outside of their window, and files by their name and data."""
    order, browser = drawn.order, link_holder(drawn.order)
    prefix = "/es" if drawn.language == "es" else ""
    reviews = [f"reviews/{line.id}/" for line in drawn.lines]
    for page in ("", "seen/", "discretion/", "return/", "question/", "reviews/", *reviews):
        path = f"{prefix}/orders/{order.token}/{page}"
        answer = browser.get(path)
        (title,) = re.findall(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)
        if answer.status_code == OK and " ".join(title.split()) not in drawn.contract["history"]:
            yield f"{page or 'order'} page: title {' '.join(title.split())}"
        if more := set(answer.cookies) - COOKIES:
            yield f"{page or 'order'} page: cookies {sorted(more)}"
    answer = browser.get(f"{prefix}/orders/{order.token}/receipt/")
    if answer.status_code == OK:
        yield from _of_file(answer, f"receipt-{order.pk}.pdf")


def _of_file(answer, name):
    if answer["Content-Disposition"] != f'attachment; filename="{name}"':
        yield f"file: {answer['Content-Disposition']}"
    pdf = PdfDocument(answer.content)
    data = {key: value for key, value in pdf.get_metadata_dict().items() if value}
    pdf.close()
    told = words(" ".join(data.get(key, "") for key in ("Title", "Author", "Subject", "Keywords")))
    if hits := found(sensitive_words(), [(name, " ".join(sorted(told)))]):
        yield f"file: {hits}"
