"""Every page of the shop is valid HTML; every link leads somewhere, every anchor is there."""

import json
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest

from tests.browser.addresses import UNLISTED

START = ("/", "/sitemap.xml", "/robots.txt", *UNLISTED)
KINDS = ("/sets/", "/singles/", "/care/")
NOT_FOLLOWED = ("/basket/", "/staff/")  # they are private, or change something


@dataclass
class Visited:
    """What one address answered: its ids, the addresses it names, its structured data."""

    status: int
    ids: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    data: list = field(default_factory=list)
    invalid: str = ""


@pytest.fixture(scope="session")
def visited(live_shop, first_answer):
    """Walk the whole shop once."""
    waiting, pages = list(START), {}
    while waiting:
        path = waiting.pop()
        if path not in pages:
            pages[path] = _visit(live_shop.url, path, first_answer(path))
            waiting += [urldefrag(target).url for target in pages[path].targets]
    return pages


def test_the_walk_saw_the_whole_shop(visited):
    assert {"/", "/finder/", "/sizes/", "/privacy/", "/sets/compare/"} <= set(visited)
    assert len(visited) > 80


def test_no_internal_link_is_dead(visited):
    assert {path: page.status for path, page in visited.items() if page.status != 200} == {}


def test_no_anchor_is_dead(visited):
    named = [(path, *urldefrag(to)) for path, page in visited.items() for to in page.targets]
    assert [hit for hit in named if hit[2] and hit[2] not in visited[hit[1]].ids] == []


def test_every_page_is_valid_html_and_names_each_id_once(visited):
    assert {path: page.invalid for path, page in visited.items() if page.invalid} == {}
    twice = {path: _twice(page.ids) for path, page in visited.items() if _twice(page.ids)}
    assert twice == {}


def test_structured_data_is_where_it_belongs_and_tells_the_truth(visited):
    pages = {path for path in visited if path.count("/") == 3 and "?" not in path}
    guides = {path for path in pages if path.startswith("/guides/")}
    products = {path for path in pages if path.startswith(KINDS)} - {"/sets/compare/"}
    assert len(products) >= 16
    assert len(guides) >= 12
    for path in products:
        kind, trail = _types(visited[path])
        assert kind in {"Product", "ProductGroup"}, path
        assert trail == "BreadcrumbList"
    for path in guides:
        assert _types(visited[path]) == ["Article", "BreadcrumbList"]
    text = json.dumps([page.data for page in visited.values()])
    assert "aggregateRating" not in text
    assert "Review" not in text


def _types(page):
    (data,) = page.data
    assert data["@context"] == "https://schema.org"
    return [part["@type"] for part in data["@graph"]]


def _twice(ids):
    return sorted({each for each in ids if ids.count(each) > 1})


def _visit(base, path, answer):
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status_code != 200:
        return Visited(answer.status_code)
    if kind == "text/html":
        return _read(base, path, answer.text)
    if kind == "application/xml":
        tree = ET.fromstring(answer.content)  # noqa: S314  our own
        named = [entry.text for entry in tree.iter() if entry.tag.endswith("loc")]
        return Visited(200, targets=_own(base, path, named))
    return Visited(200)


def _read(base, path, text):
    builder = html5lib.getTreeBuilder("etree")
    parser = html5lib.HTMLParser(builder, strict=False, namespaceHTMLElements=False)
    tree = parser.parse(text)
    named = [part.get(key) for part in tree.iter() for key in ("href", "src") if part.get(key)]
    named += [
        part.get("content") for part in tree.iter("meta") if part.get("property") == "og:image"
    ]
    scripts = [part for part in tree.iter("script") if part.get("type") == "application/ld+json"]
    return Visited(
        200,
        ids=[part.get("id") for part in tree.iter() if part.get("id")],
        targets=_own(base, path, named),
        data=[json.loads(part.text) for part in scripts],
        invalid=str(parser.errors[:3]) if parser.errors else "",
    )


def _own(base, path, named):
    """Return the shop's own addresses among those a page names, without those not to follow."""
    absolute = (urljoin(base + path, each.strip()) for each in named)
    own = (each.removeprefix(base) for each in absolute if each.startswith(f"{base}/"))
    return [each for each in own if not urlsplit(each).path.startswith(NOT_FOLLOWED)]
