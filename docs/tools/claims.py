"""Refuse a text of the catalogue that says more than its sources; `make lint` runs this.

Reads `product_content/data` without a database. Prints file, line and field of each problem: a
section of a guide without a citation, a dose or finding without a claim, a claim about other people
than the text names, a source without link or reason. A translation cites what the English text
cites, section by section, says the same figures and leaves no sentence out. A number of an
organisation that helps has the day it was looked up, and where. Exits with 1 if there is a problem.
A claim that is due to be looked at again is printed and does not fail.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_config.settings.mypy")

import django  # noqa: E402  the settings come first

django.setup()

from product_content.catalogue.files import DATA, read_files  # noqa: E402
from product_content.catalogue.items import DesiredState  # noqa: E402
from product_content.catalogue.located_yaml import CatalogueRefused  # noqa: E402
from product_content.helpers import help_overdue, help_problems, list_help  # noqa: E402
from product_content.policies import text_problems, translation_problem  # noqa: E402
from saleor_config.translations import po_files, read  # noqa: E402


def different_translations(folder: Path = DATA) -> list[str]:
    """Return where a translation of the catalogue cites other claims, or says other figures."""
    found = []
    for path in po_files():
        if folder not in path.parents:
            continue
        for message in read(path):
            if isinstance(message.id, str) and message.id and message.string:
                problem = translation_problem(message.id, str(message.string))
                found += [f"{path.name}: {problem} in “{message.id[:60]}…”"] if problem else []
    return found


def translated_guides(wanted: DesiredState) -> list[str]:
    """Return where a guide says more in another language than its claims do."""
    claims = {item.key: item.fields["audiences"] for item in wanted.of("claim")}
    texts = [{m.id: m.string for m in read(path)} for path in po_files() if DATA in path.parents]
    return [
        f"{guide}: {problem}"
        for guide in wanted.of("guide")
        for language in texts
        for problem in text_problems(
            language.get(guide.fields["body"], ""),
            readers=guide.fields["readers"],
            claims=claims,
        )
    ]


def overdue(wanted: DesiredState, today: date) -> list[str]:
    """Return the claims that should have been looked at again."""
    return [
        f"{item} was to be looked at again by {item.fields['review_by']}"
        for item in wanted.of("claim")
        if item.fields["review_by"] < today.isoformat()
    ]


def main() -> int:
    """Print what is wrong; return 1 if anything is."""
    try:
        wanted = read_files(DATA)
    except CatalogueRefused as refused:
        print(refused)
        return 1
    today = datetime.now(UTC).date()
    late = [*overdue(wanted, today), *help_overdue(list_help(), today=today)]
    print("".join(f"{line}\n" for line in late), end="")
    problems = [
        *different_translations(),
        *translated_guides(wanted),
        *help_problems(list_help(), today=today),
    ]
    print("".join(f"{line}\n" for line in problems), end="")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
