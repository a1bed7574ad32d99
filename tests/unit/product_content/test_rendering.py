"""Markdown written by people becomes harmless HTML."""

import pytest

from product_content.rendering import (
    citation,
    cited_ids,
    link_citations,
    render_guide,
    render_line,
    render_text,
)

SOURCE = {"organisation": "NHS", "title": "A [leaflet]_", "url": "https://nhs.uk/a", "year": ""}
NOTES = {"nhs": f"{citation(SOURCE)} One leaflet."}


@pytest.mark.parametrize("render", [render_text, lambda text: render_guide(text, {}).html])
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="#" onclick="alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](JaVaScRiPt:alert(1))",
        "<javascript:alert(1)>",
        "![x](https://elsewhere.example/pixel.png)",
        '<p style="position:fixed">x</p>',
        "<iframe src=https://elsewhere.example></iframe>",
        "|a|\n|:-:|\n|b|",
    ],
)
def test_nothing_harmful_is_left(render, text):
    html = render(text)

    for tag in ("<script", "<img", "<iframe", "<p style", "<th style", "<td style", "<a href"):
        assert tag not in html


def test_links_open_without_handing_anything_over():
    html = render_text("[x](https://www.nhs.uk/)")

    assert html == '<p><a href="https://www.nhs.uk/" rel="noopener noreferrer">x</a></p>\n'


def test_sources_become_footnotes_that_link_both_ways():
    guide = render_guide("Once.[^nhs] Twice.[^nhs]", NOTES)

    assert guide.html.count('href="#fn1"') == 2
    assert 'id="fnref1" aria-label="Source 1"' in guide.html
    assert '<li id="fn1" class="footnote-item">' in guide.sources_html
    assert 'href="#fnref1" class="footnote-backref" aria-label="Back to the text"' in (
        guide.sources_html
    )
    assert 'NHS: <a href="https://nhs.uk/a" rel="noopener noreferrer">A [leaflet]_</a>' in (
        guide.sources_html
    )
    assert "footnote-item" not in guide.html


def test_headings_can_be_linked_and_make_the_contents():
    guide = render_guide("# Big\n\n## A & b\n\n### Small\n\n## A & b\n", {})

    assert [(entry.anchor, entry.level) for entry in guide.contents] == [
        ("big", 2),
        ("a--b", 2),
        ("small", 3),
        ("a--b-1", 2),
    ]
    assert "<h1" not in guide.html
    for entry in guide.contents:
        assert f'id="{entry.anchor}"' in guide.html


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (200, 1), (201, 2), (1000, 5)])
def test_reading_time(words, minutes):
    assert render_guide("word " * words, {}).reading_minutes == minutes


def test_cited_ids_are_found():
    assert cited_ids("a[^one] b[^two-b] c[^one]") == {"one", "two-b"}


def test_a_line_links_each_claim_to_where_it_is_explained():
    html = link_citations(render_line("Wash it.[^soap] <b>x</b>"), "/how-we-know/", "How we know")

    assert html == (
        'Wash it.<sup class="footnote-ref"><a href="/how-we-know/#claim-soap" '
        'aria-label="How we know">[i]</a></sup> &lt;b&gt;x&lt;/b&gt;'
    )
