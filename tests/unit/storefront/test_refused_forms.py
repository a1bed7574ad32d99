"""A form that is refused says so before anything else, where the page begins."""

from pathlib import Path

import pytest

import storefront

TEMPLATES = Path(str(storefront.__file__)).parent / "templates"
SAYS_IT = (
    "includes/error_summary.html",
    "includes/message_form.html",
    "discretion/fields.html",
    'role="alert"',
)
# The browser does not look at these forms itself, so the page has to say what is missing.
FORMS = [
    path
    for path in sorted(TEMPLATES.rglob("*.html"))
    if 'method="post"' in (text := path.read_text()) and "novalidate" in text
]


def test_there_are_such_forms():
    assert len(FORMS) > 10


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_each_says_first_that_something_is_missing(path):
    assert any(words in path.read_text() for words in SAYS_IT)
