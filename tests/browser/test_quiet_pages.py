"""Public pages: light, the same for everybody, and known to nobody else."""

import gzip
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests

from tests.browser.addresses import UNLISTED, get, sitemap
from tests.form_tokens import text_without_tokens

WHOLE_CHROMIUM = True
LIMIT = 54_000  # bytes over the wire for a first view, but for its pictures and fonts
MAX_PICTURES = 90_000  # bytes of fonts, and pictures that come at once; others come later


@dataclass
class FirstView:
    """What came with a page, bytes by address, and what it should not have done."""

    sizes: dict[str, int]
    wrong: list[str]

    @property
    def is_light(self):
        """Whether its pictures and fonts, and all the rest, are within their limits."""
        beside = (".webp", ".jpg", ".woff2")
        pictures = sum(n for url, n in self.sizes.items() if url.endswith(beside))
        return pictures <= MAX_PICTURES and sum(self.sizes.values()) - pictures <= LIMIT


@pytest.fixture(scope="module")
def first_views(live_shop, browser):
    """Open each public page once, as a new visitor does who has nothing of it yet."""
    context = browser.new_context(base_url=live_shop.url)
    page, answers, wrong = context.new_page(), [], []
    keep_nothing(page)
    host = urlsplit(live_shop.url).netloc
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  Playwright marks it
    page.on("request", lambda sent: urlsplit(sent.url).netloc == host or wrong.append(sent.url))
    page.on("console", lambda said: said.type in ("error", "warning") and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    views, static = {}, {}
    for path in dict.fromkeys([*sitemap(live_shop), *UNLISTED]):
        with page.expect_response("**/basket/count/"):  # the last thing that a page asks for
            page.goto(path)
        wrong += [f"stored {key}" for key in page.evaluate(_STORED)]
        wrong += [f"set {cookie}" for cookie in context.cookies()]
        views[path] = FirstView({each.url: _size(each, static) for each in answers}, wrong[:])
        answers.clear()
        wrong.clear()
    context.close()
    return views


def test_no_page_asks_another_host_sets_a_cookie_or_upsets_the_content_policy(first_views):
    assert {path: view.wrong for path, view in first_views.items() if view.wrong} == {}


_STORED = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"


def test_two_visitors_get_the_same_bytes_but_for_the_tokens_of_forms(live_shop, first_answer):
    texts = {path: text_without_tokens(first_answer(path).text) for path in sitemap(live_shop)}
    again = {path: text_without_tokens(get(live_shop, path)) for path in texts}
    assert [path for path, text in texts.items() if again[path] != text] == []


def test_a_visitor_with_a_basket_gets_the_same_page(restored_shop, first_answer, browser):
    texts = {path: text_without_tokens(first_answer(path).text) for path in sitemap(restored_shop)}
    context = browser.new_context(base_url=restored_shop.url)
    page = context.new_page()
    page.goto("/sets/")
    page.get_by_role("button", name="Add to basket").first.click()
    page.get_by_text("In your basket").first.wait_for()
    cookies = {each["name"]: each["value"] for each in context.cookies()}
    context.close()
    assert cookies
    later = {path: text_without_tokens(get(restored_shop, path, cookies)) for path in texts}
    assert later == texts


def test_the_first_view_of_any_public_page_is_light(first_views):
    """Counted as production sends it: pages and, by WhiteNoise, static files gzipped; headers too."""
    heavy = {path: view.sizes for path, view in first_views.items() if not view.is_light}
    assert heavy == {}
    few = {path: view.sizes for path, view in first_views.items() if len(view.sizes) < 5}
    assert few == {}, "page, style, two scripts, basket count"


def keep_nothing(page):
    """Let the browser cache nothing, so that each page is a first view."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})


def _size(answer, static):
    """Return the bytes of an answer; those of static files are kept, for each is sent often."""
    if answer.url not in static:
        size = _measured(answer)
        if not urlsplit(answer.url).path.startswith("/static/"):
            return size
        static[answer.url] = size
    return static[answer.url]


def _measured(response):
    sent = response.request.sizes()
    if urlsplit(response.url).path.startswith("/static/"):
        return sent["responseHeadersSize"] + len(gzip.compress(response.body(), 9))
    return sent["responseHeadersSize"] + sent["responseBodySize"]


def test_a_private_page_says_noindex_and_has_a_neutral_title(live_shop, page):
    answer = page.goto("/basket/")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "no-store" in answer.headers["cache-control"]
    assert page.locator("link[rel=canonical]").count() == 0
    assert page.title() == "Basket · Stillwater"


def test_the_search_is_kept_by_nobody(live_shop):
    answer = requests.get(f"{live_shop.url}/search/?q=vaginismus", timeout=10)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert "<title>Search · Stillwater</title>" in answer.text
