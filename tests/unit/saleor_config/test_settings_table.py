"""The README's table of settings says what env.py reads, no more and no less."""

import re
from pathlib import Path

import pytest

from saleor_config.settings import env

README = Path(__file__).resolve().parents[3] / "README.md"


def table_rows() -> list[list[str]]:
    table = README.read_text().split("<!-- settings:")[1].split("<!-- end of settings -->")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def expected_row(variable: env.Variable) -> list[str]:
    default = variable.default
    text = ",".join(default) if isinstance(default, list) else str(default)
    return [
        f"`{variable.name}`",
        variable.kind,
        "*required*" if variable.required else "",
        f"`{text}`" if text else "empty",
        variable.help,
    ]


def test_the_readme_lists_every_setting_as_it_is():
    assert table_rows() == [expected_row(variable) for variable in env.VARIABLES.values()]


def test_an_unset_variable_has_its_default(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert env.read("PORT") == 8000


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " ")
    assert env.read("ALLOWED_HOSTS") == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "8001", 8001),
        ("DEBUG", "true", True),
        ("ALLOWED_HOSTS", "a.example,b", ["a.example", "b"]),
    ],
)
def test_a_variable_is_read_in_its_kind(monkeypatch, name, text, value):
    monkeypatch.setenv(name, text)
    assert env.read(name) == value


@pytest.mark.parametrize(("name", "text"), [("PORT", "eighty"), ("DEBUG", "perhaps")])
def test_a_wrong_value_stops_the_start_and_names_the_variable_in_one_line(monkeypatch, name, text):
    monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit) as stop:
        env.read(name)
    assert re.fullmatch(rf"stillwater: {name} must be a valid \w+\. [^\n]+", str(stop.value.code))
