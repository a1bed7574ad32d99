"""What staff set: the fields of Saleor's plugin configuration, read and validated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from babel import Locale
from django.conf import settings
from django_countries import countries

from plugins.discreet_shipping.choices import MAX_NAME, OPTIONS, WEEKDAYS, clean_line
from product_content.money import decimals, is_payable, rounded
from product_content.parsing import parse_id, parse_ids

_MAX_PRICE, _MAX_WHOLE_PRICE = Decimal(100), Decimal(100_000)  # the second without decimals
_WHOLE_UNITS = 100  # of a currency without decimals, where others have one: yen to the pound
_MAX_DAYS = 90
_MAX_SENDERS = 6


@dataclass(frozen=True)
class OptionRule:
    """One option: its price (None: not offered), its countries and method ids (empty: all)."""

    price: Decimal | None
    countries: frozenset[str] = frozenset()
    methods: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ShippingSettings:
    """The configuration as values.

    `weekdays` are those of delivery, `collection_days` those on which the carrier collects (0 is
    Monday), until `cutoff`. `holidays_of` is a country or a part of it, "" for none; `closed_days`
    are the shop's own. `max_days` are calendar days.
    """

    active: bool
    senders: tuple[str, ...]
    return_address: tuple[str, ...]
    options: Mapping[str, OptionRule]
    weekdays: tuple[int, ...]
    collection_days: tuple[int, ...]
    cutoff: time
    holidays_of: str
    closed_days: frozenset[date]
    max_days: int
    customs: str
    exact_customs: str
    exact_customs_countries: frozenset[str]


def default_fields() -> dict[str, str]:
    """Return each field's default; prices are in the shop's currency."""
    figures = dict.fromkeys(OPTIONS, "0.00") | {"signature": "1.50", "named": "2.50", "day": "1.00"}
    price = {key: _first_price(Decimal(figure)) for key, figure in figures.items()}
    country = settings.DEFAULT_COUNTRY
    home = dict.fromkeys(("collection", "named", "safe_place", "return_label"), country)
    fields = {
        "sender_names": f"{settings.SHOP_NAME}\nMill Post Room\nS. W. Orders",
        "return_address": _example_address(country),
        "weekdays": "Monday, Tuesday, Wednesday, Thursday, Friday",
        "collection_days": "Monday, Tuesday, Wednesday, Thursday, Friday",
        "cutoff": "14:00",
        "holidays_of": "GB-ENG" if country == "GB" else country,
        "closed_days": "",
        "most_days": "30",
        "customs_text": "Personal care articles",
        "exact_customs_text": "",
        "exact_customs_countries": "",
    }
    for key in OPTIONS:
        fields |= {f"{key}_price": price[key], f"{key}_countries": home.get(key, "")}
        fields[f"{key}_methods"] = ""
    return fields


def _first_price(figure: Decimal) -> str:
    currency = settings.DEFAULT_CURRENCY
    return str(figure if decimals(currency) else round(figure * _WHOLE_UNITS))


def _example_address(country: str) -> str:
    """Return what stands on labels until staff write the shop's own."""
    if country == "GB":
        return "PO Box 118\nLeeds\nLS1 9AB\nUnited Kingdom"
    name = Locale("en").territories[country][:MAX_NAME]
    return f"PO Box 118\nExample Town\n{name}"


_HELP = {
    "sender_names": ("Sender names", ("One a line, the first is the usual one. All must be neutral "
                     "names that your carrier and the law accept for you.")),
    "return_address": ("Return address", ("Line by line, as it stands on the label under the "
                       "sender's name. Nothing in it may say what is sold.")),
    "weekdays": ("Delivery days", "Weekdays on which parcels are delivered, with commas."),
    "collection_days": ("Collection days", ("Weekdays on which the carrier collects your parcels, "
                        "with commas.")),
    "cutoff": ("Cut-off time", "What is ordered before it leaves on the same day, such as 14:00."),
    "holidays_of": ("Public holidays", ("Of the country, or part of it, that you and the carrier "
                    "keep, such as GB-ENG. Empty: of none.")),
    "closed_days": ("Days when you are closed", "Dates such as 2026-12-24, with commas."),
    "most_days": ("Latest day", "How many days ahead a date may be chosen, 1 to 90."),
    "customs_text": ("Customs line", ("What stands on parcels that cross a border: neutral, and "
                     "true. Countries that demand an exact one are named below.")),
    "exact_customs_text": ("Exact customs line", ("For countries that demand an exact description; "
                           "customers see it before they pay.")),
    "exact_customs_countries": ("Countries of the exact line", "Two-letter codes, with commas."),
}  # fmt: skip
_OPTION_HELP = {
    "price": "Added to the delivery price, with tax. Empty: not offered. 0: free.",
    "countries": "Two-letter codes, with commas. Empty: everywhere.",
    "methods": "Numbers of delivery methods, with commas. Empty: with all.",
}


def structure() -> dict[str, dict[str, str]]:
    """Return label, help text and type of each field, as Saleor's CONFIG_STRUCTURE."""
    texts = dict(_HELP)
    for key, name in OPTIONS.items():
        for part, help_text in _OPTION_HELP.items():
            texts[f"{key}_{part}"] = (f"{name}: {part}", help_text)
    return {
        field: {"type": "String", "label": label, "help_text": help_text}
        for field, (label, help_text) in texts.items()
    }


def read_settings(values: Mapping[str, str], *, active: bool) -> ShippingSettings:
    """Return the settings; raise ConfigurationProblems naming every field that is wrong."""
    reader = _Reader({**default_fields(), **{k: str(v or "") for k, v in values.items()}})
    found = ShippingSettings(
        active=active,
        senders=reader.lines("sender_names", limit=_MAX_SENDERS),
        return_address=reader.lines("return_address", limit=5),
        options={key: reader.option(key) for key in OPTIONS},
        weekdays=reader.weekdays("weekdays"),
        collection_days=reader.weekdays("collection_days"),
        cutoff=reader.time_of_day("cutoff"),
        holidays_of=reader.place("holidays_of"),
        closed_days=reader.dates("closed_days"),
        max_days=reader.number("most_days", limit=_MAX_DAYS),
        customs=reader.line("customs_text", required=True),
        exact_customs=reader.line("exact_customs_text"),
        exact_customs_countries=reader.countries("exact_customs_countries"),
    )
    if found.exact_customs_countries and not found.exact_customs:
        reader.problems["exact_customs_text"] = "Write the exact line for these countries."
    if reader.problems:
        raise ConfigurationProblems(reader.problems)
    return found


class ConfigurationProblems(ValueError):  # noqa: N818  it carries several
    """A configuration with mistakes; `problems` says per field what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = dict(problems)


class _Reader:
    """Reads field after field and collects what is wrong with each."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: dict[str, str] = {}

    def line(self, field: str, *, required: bool = False) -> str:
        text = self._clean(field, self.values[field])
        if required and not text:
            self.problems[field] = "This cannot be empty."
        return text

    def lines(self, field: str, *, limit: int) -> tuple[str, ...]:
        rows = [row for row in self.values[field].splitlines() if row.strip()]
        if not 1 <= len(rows) <= limit:
            self.problems[field] = f"Write 1 to {limit} lines."
        return tuple(self._clean(field, row) for row in rows[:limit])

    def number(self, field: str, *, limit: int) -> int:
        number = parse_id(self.values[field])
        if number is None or not 1 <= number <= limit:
            self.problems[field] = f"Write a whole number from 1 to {limit}."
            return 1
        return number

    def weekdays(self, field: str) -> tuple[int, ...]:
        names = [part.capitalize() for part in _parts(self.values[field])]
        if not names or set(names) - set(WEEKDAYS):
            self.problems[field] = "Write weekdays in English, with commas."
            return (0,)
        return tuple(sorted({WEEKDAYS.index(name) for name in names}))

    def time_of_day(self, field: str) -> time:
        try:
            return datetime.strptime(self.values[field].strip(), "%H:%M").time()  # noqa: DTZ007
        except ValueError:
            self.problems[field] = "Write a time such as 14:00."
            return time()

    def dates(self, field: str) -> frozenset[date]:
        try:
            return frozenset(map(date.fromisoformat, _parts(self.values[field])))
        except ValueError:
            self.problems[field] = "Write dates such as 2026-12-24, with commas."
            return frozenset()

    def place(self, field: str) -> str:
        place = self.values[field].strip().upper()
        country, hyphen, part = place.partition("-")
        if place and (country not in dict(countries) or bool(hyphen) != bool(part)):
            self.problems[field] = "Write a country, or a country and a part, such as GB-ENG."
            return ""
        return place

    def countries(self, field: str) -> frozenset[str]:
        codes = frozenset(part.upper() for part in _parts(self.values[field]))
        if unknown := sorted(codes - set(dict(countries))):
            self.problems[field] = f"No country has the code {', '.join(unknown)}."
        return codes

    def option(self, key: str) -> OptionRule:
        methods = _parts(self.values[f"{key}_methods"])
        ids = parse_ids(methods)
        if len(ids) != len(methods):
            self.problems[f"{key}_methods"] = "Write numbers of delivery methods, with commas."
            ids = []
        return OptionRule(
            price=self._price(f"{key}_price"),
            countries=self.countries(f"{key}_countries"),
            methods=frozenset(ids),
        )

    def _price(self, field: str) -> Decimal | None:
        text = self.values[field].strip()
        if not text:
            return None
        try:
            price = Decimal(text)
        except InvalidOperation:
            price = Decimal(-1)
        currency = settings.DEFAULT_CURRENCY
        most = _MAX_PRICE if decimals(currency) else _MAX_WHOLE_PRICE
        if not (price.is_finite() and 0 <= price <= most and is_payable(price, currency)):
            limits = (f"{rounded(limit, currency)}" for limit in (Decimal(0), most))
            self.problems[field] = f"Write an amount from {' to '.join(limits)}."
            return None
        return rounded(price, currency)

    def _clean(self, field: str, text: str) -> str:
        try:
            return clean_line(text, limit=MAX_NAME)
        except ValueError as error:
            self.problems[field] = str(error)
            return ""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def as_items(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return fields as Saleor stores them: a list of names with values."""
    return [{"name": name, "value": value} for name, value in values.items()]


def as_values(items: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Return Saleor's stored list as a mapping; fields that are not ours are left out."""
    known = structure()
    return {item["name"]: item.get("value") or "" for item in items or () if item["name"] in known}
