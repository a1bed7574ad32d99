"""Find orders by what a customer can say of one: a number, a name, a place, a parcel, a word.

Each way of finding is a query of its own that an index serves (ordering's migration 0017 has the
same expressions, letter for letter); none serves their OR, so the answer is their union. Each gives
its newest only: what fits nearly every order, such as the town's postcode, is not read to its end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Func, Q, QuerySet, Value
from saleor.account.models import Address
from saleor.order.models import Fulfillment, Order, OrderLine

from dashboard.selectors.orders import orders_by_email, parse_number
from plugins.ordering.models import Refund
from plugins.taxes.models import Invoice
from product_content.parsing import normal_email, parse_id, visible_signs

_LETTERS = "upper(regexp_replace({}, '[^[:alnum:]]', '', 'g'))"
_CHOICES = "metadata -> 'discreet_shipping'"
_NAME = "upper(' ' || first_name || ' ' || last_name || ' ' || company_name || ' ')"
_DIGITS_BACKWARDS = "reverse(regexp_replace(phone, '[^0-9]', '', 'g'))"

MAX_FOUND = 1_000  # orders: whoever has more before them types more
MAX_TYPED = 100  # letters that are looked at: no name or address of a person is longer
_MAX_WORDS = 6
_MIN_PART = 3  # letters of a part of a name or e-mail address: an index of trigrams needs them
_MIN_PHONE = 6  # digits: fewer are the end of too many telephone numbers
_BOOK_NUMBER = re.compile(r"(INV|CN)[\s-]*([0-9]+)", re.IGNORECASE)
_TELEPHONE = re.compile(r"[0-9+()./\s-]+")

Pks = QuerySet[Any, Any]


class Found(NamedTuple):
    """The ids of orders, the newest first, and whether there are older ones that fit too."""

    pks: list[int]
    has_older: bool


def orders_found(typed: str) -> Found | None:
    """Return the newest `MAX_FOUND` orders that fit what was typed; None where nothing was.

    An e-mail address is looked up as such alone; all else as number, invoice or credit note,
    postcode, telephone and tracking number, SKU, code word, part of an e-mail address, and name.
    """
    term = " ".join(filter(None, map(visible_signs, typed[:MAX_TYPED].split())))
    if not term:
        return None
    ways = _BY_ADDRESS if "@" in term else _WAYS
    found = [_newest(pks) for way in ways for pks in way(term)]
    rows = reduce(lambda pks, more: pks.union(more), found, Order.objects.none().values("pk"))
    newest = sorted((pk for row in rows for pk in row.values()), reverse=True)
    return Found(newest[:MAX_FOUND], len(newest) > MAX_FOUND)


def _newest(pks: Pks) -> Pks:
    """Return one more of the newest than are shown, each order once."""
    (name,) = pks.query.values_select
    return pks.distinct().order_by(f"-{name}")[: MAX_FOUND + 1]


def _by_number(term: str) -> Iterator[Pks]:
    number = parse_number(term)
    if number is not None:
        yield _orders().filter(pk=number).values("pk")


def _by_book_number(term: str) -> Iterator[Pks]:
    match = _BOOK_NUMBER.fullmatch(term)
    number = parse_id(match[2]) if match else None
    if match and number is not None:
        notes = Refund if match[1].upper() == "CN" else Invoice
        yield notes.objects.order_by().filter(number=number).values("order_id")


def _by_postcode(term: str) -> Iterator[Pks]:
    """Find a postcode, or its first part: it has a digit, whatever the country."""
    letters = _letters(term)
    if not _is_word_with_digit(letters):
        return
    part = letters.isdecimal() or len(letters) < _MIN_PART
    yield from _with_address(_sql(f"{_LETTERS.format('postal_code')} LIKE {{}}",
                                  letters if part else f"{letters}%"))  # fmt: skip


def _by_telephone(term: str) -> Iterator[Pks]:
    """Find a telephone number by its end: with or without the country's number and the zero."""
    if not _TELEPHONE.fullmatch(term):
        return
    digits = re.sub(r"[^0-9]", "", term.replace("(0)", "")).lstrip("0")
    if len(digits) >= _MIN_PHONE:
        yield from _with_address(_sql(f"{_DIGITS_BACKWARDS} LIKE {{}}", f"{digits[::-1]}%"))


def _by_tracking_number(term: str) -> Iterator[Pks]:
    letters = _letters(term)
    if _is_word_with_digit(letters):
        same = _sql(f"{_LETTERS.format('tracking_number')} = {{}}", letters)
        yield Fulfillment.objects.order_by().filter(same).values("order_id")


def _by_sku(term: str) -> Iterator[Pks]:
    if letters := _letters(term):
        same = _sql(f"{_LETTERS.format('product_sku')} = {{}}", letters)
        yield OrderLine.objects.order_by().filter(same).values("order_id")


def _by_code_word(term: str) -> Iterator[Pks]:
    yield _with_choice("code_word", term)


def _by_part_of_email(term: str) -> Iterator[Pks]:
    if len(term) >= _MIN_PART and " " not in term and not term.startswith("#"):
        yield from orders_by_email(term)


def _by_name(term: str) -> Iterator[Pks]:
    """Find all words of a name in any order; a short word, as in "Li Na", only as a whole."""
    words = re.sub(r"[\s,;]+", " ", term).split()[:_MAX_WORDS]
    if not words or not any(letter.isalpha() for letter in term):
        return
    likes = map(connection.ops.prep_for_like_query, words)
    patterns = (f"%{word}%" if len(word) >= _MIN_PART else f"% {word} %" for word in likes)
    yield from _with_address(*(_sql(f"{_NAME} LIKE upper({{}})", one) for one in patterns))


def _by_email(term: str) -> Iterator[Pks]:
    yield from orders_by_email(term)
    yield _with_choice("message_email", normal_email(term))


_WAYS: tuple[Callable[[str], Iterator[Pks]], ...] = (
    _by_number, _by_book_number, _by_postcode, _by_telephone, _by_tracking_number, _by_sku,
    _by_code_word, _by_part_of_email, _by_name,
)  # fmt: skip
_BY_ADDRESS = (_by_email,)


def _orders() -> QuerySet[Order]:
    return Order.objects.order_by()


def _with_address(*conditions: Func) -> Iterator[Pks]:
    addresses = Address.objects.order_by().filter(*conditions)
    yield _orders().filter(shipping_address__in=addresses).values("pk")
    yield _orders().filter(billing_address__in=addresses).values("pk")


def _with_choice(name: str, value: str) -> Pks:
    chosen = f"({_CHOICES} ->> '{name}')"
    same = _sql(f"upper{chosen} = upper({{}}) AND {chosen} <> ''", value)
    return _orders().filter(same).values("pk")


def _is(name: str, value: str | bool) -> str:
    return f"({_CHOICES}) @> '{json.dumps({name: value})}'"


def _has(name: str) -> str:
    return f"({_CHOICES} ->> '{name}') <> ''"


# What was chosen of the delivery options, by the value of the filter: its words, and the condition.
CHOICES: dict[str, tuple[str, str]] = {
    "point": ("Collection", _has("point")),
    "signature": ("Signature", _is("handover", "signature")),
    "named": ("Only the named person", _is("handover", "named")),
    "initials": ("Initials on the label", _is("label_name", "initials")),
    "other_name": ("Another name on the label", _is("label_name", "other")),
    "not_before": ("Not before a date", _is("day", "not_before")),
    "weekdays": ("Only on some weekdays", _is("day", "weekdays")),
    "slip": ("Slip with codes", _is("slip", "codes")),
    # the planner takes the index of its words only if they are named
    "code_word": ("Code word", f"{_has('code_word')} AND upper({_CHOICES} ->> 'code_word') > ''"),
    "full": ("E-mails in full", _is("messages", "full")),
    "legal": ("Only the e-mails that the law asks for", _is("messages", "legal")),
    "return_label": ("Return label", _is("return_label", True)),
}


def chose(name: str) -> Q:
    """Return the condition that a customer chose this of `CHOICES`."""
    condition = Func(template=CHOICES[name][1], output_field=BooleanField())
    return Q(pk__in=_orders().filter(condition).values("pk"))


def _sql(template: str, value: str) -> Func:
    """Return a condition in SQL on the columns of one table, with one value that was typed."""
    filled = template.format("%(expressions)s")
    return Func(Value(value), template=filled, output_field=BooleanField())


def _letters(term: str) -> str:
    return "".join(letter for letter in term if letter.isalnum()).upper()


def _is_word_with_digit(letters: str) -> bool:
    return any(letter.isdecimal() for letter in letters)
