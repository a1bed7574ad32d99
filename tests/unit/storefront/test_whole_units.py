"""No line ends between a figure and its unit."""

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe


def shown(text):
    return Template("{% load storefront %}{{ text|whole_units }}").render(Context({"text": text}))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("From 13 to 20 mm. A quiet place", "From 13 to 20\xa0mm. A quiet place"),
        ("100 ml, 46 g", "100\xa0ml, 46\xa0g"),
        ("3 guides, 5 mmHg, 2 min", "3 guides, 5 mmHg, 2 min"),
    ],
)
def test_a_figure_stays_with_its_unit(written, kept):
    assert shown(written) == kept


def test_what_was_escaped_or_marked_stays_so():
    assert shown("<b> 13 mm") == "&lt;b&gt; 13\xa0mm"
    assert shown(mark_safe("<mark>13</mark> or 13 mm")) == "<mark>13</mark> or 13\xa0mm"
