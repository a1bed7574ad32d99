"""Settings of which no shop can be made are refused in one line that says the mend."""

import subprocess
import sys

import pytest

from local_services.schema import ROOT
from plugins.discreet_shipping.choices import clean_line
from saleor_config.settings import env
from saleor_config.settings.values import MAX_SHOP_NAME, name_fault

LATIN = (
    "SHOP_NAME must be Latin letters, digits and simple punctuation: labels have no other signs."
)
NO_ZONE = "is no time zone. Write its name, such as Europe/Madrid or Asia/Tokyo."
NO_CURRENCY = "is no currency in use. Write its code of ISO 4217, such as GBP, USD or JPY."
NO_COUNTRY = "is no country. Write its two letters of ISO 3166, such as GB, US or JP."
NO_EXIT = "QUICK_EXIT_URL must be an address of https such as https://www.aemet.es/."
WRONG = [
    ("SHOP_NAME", "Ring \N{RING}", LATIN),
    ("SHOP_NAME", "静かな水", LATIN),
    ("SHOP_NAME", "S" * 46, "SHOP_NAME has 46 characters; a label has room for 35."),
    ("DEFAULT_CURRENCY", "XYZ", f"DEFAULT_CURRENCY XYZ {NO_CURRENCY}"),
    ("DEFAULT_CURRENCY", "DEM", f"DEFAULT_CURRENCY DEM {NO_CURRENCY}"),
    ("DEFAULT_CURRENCY", "usd", "DEFAULT_CURRENCY must be in capital letters: USD."),
    ("DEFAULT_CURRENCY", "jpy", "DEFAULT_CURRENCY must be in capital letters: JPY."),
    ("DEFAULT_COUNTRY", "ZZ", f"DEFAULT_COUNTRY ZZ {NO_COUNTRY}"),
    ("DEFAULT_COUNTRY", "USA", f"DEFAULT_COUNTRY USA {NO_COUNTRY}"),
    ("DEFAULT_COUNTRY", "EU", f"DEFAULT_COUNTRY EU {NO_COUNTRY}"),
    ("DEFAULT_COUNTRY", "gb", "DEFAULT_COUNTRY must be in capital letters: GB."),
    ("TIME_ZONE", "Mars/Base", f"TIME_ZONE Mars/Base {NO_ZONE}"),
    ("TIME_ZONE", "../etc/passwd", f"TIME_ZONE ../etc/passwd {NO_ZONE}"),
    ("TIME_ZONE", "Europe", f"TIME_ZONE Europe {NO_ZONE}"),
    (
        "DEFAULT_FROM_EMAIL",
        "nobody",
        "DEFAULT_FROM_EMAIL must be one address, such as Stillwater <hello@stillwater.example>.",
    ),
    ("ORDER_KEEP_YEARS", "0", "ORDER_KEEP_YEARS must be from 1 to 30."),
    (
        "QUICK_EXIT_URL",
        "https://a.example/; script-src *",
        NO_EXIT,
    ),
    ("STAFF_EMAILS", "a@shop.example,desk", "STAFF_EMAILS desk is no e-mail address."),
]


@pytest.mark.parametrize(("name", "text", "line"), WRONG)
def test_a_value_of_which_no_shop_can_be_made_is_refused_in_one_line(monkeypatch, name, text, line):
    monkeypatch.setenv(name, text)

    with pytest.raises(SystemExit) as stop:
        env.read(name)

    assert stop.value.code == f"stillwater: {line}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SHOP_NAME", "Café Río & Co."),
        ("SHOP_NAME", "S" * MAX_SHOP_NAME),
        *(("DEFAULT_CURRENCY", code) for code in ("GBP", "USD", "EUR", "JPY", "KWD", "ISK")),
        *(("DEFAULT_COUNTRY", code) for code in ("GB", "US", "ES", "JP", "KW")),
        *(("TIME_ZONE", name) for name in ("Europe/Madrid", "Asia/Tokyo", "UTC")),
    ],
)
def test_owners_elsewhere_are_not_refused(monkeypatch, name, text):
    monkeypatch.setenv(name, text)

    assert env.read(name) == text


@pytest.mark.parametrize(
    "name", ["Stillwater", "O'Neil & Söhne", "A: B", "50% off", "Ring \N{RING}", "Вода", "S" * 36]
)
def test_a_shops_name_may_be_what_a_label_takes_as_a_sender(name):
    try:
        clean_line(name, limit=MAX_SHOP_NAME)
    except ValueError:
        assert name_fault(name)
    else:
        assert name_fault(name) == ""


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "local_services", "run"],
        ["-m", "celery", "-A", "saleor_config", "report"],
    ],
    ids=["manage", "make run", "celery"],
)
def test_nothing_starts_with_such_a_value(tmp_path, command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"DEFAULT_CURRENCY": "jpy", "VAR_DIR": str(tmp_path), "PATH": ""}
        | {"DJANGO_SETTINGS_MODULE": "saleor_config.settings.local"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "stillwater: DEFAULT_CURRENCY must be in capital letters: JPY.\n"
    assert list(tmp_path.iterdir()) == []
