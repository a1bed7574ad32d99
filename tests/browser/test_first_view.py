"""The first view of home: how much comes, in which fonts, and that nothing moves."""

import brotli
import pytest

from tests.browser.test_quiet_pages import keep_nothing

WHOLE_CHROMIUM = True
LIMIT = 30_000  # bytes of HTML, CSS and JavaScript, compressed as production does
SLOW_PHONE = {  # 1.6 Mbit/s and 150 ms, as Lighthouse has it
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}
_WATCH = """
    window.moved = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("path", ["/", "/es/", "/sets/"])
def test_home_and_the_list_begin_with_little(live_shop, page, path):
    kept = {}
    page.on("response", lambda answer: kept.setdefault(answer.url, answer))
    page.goto(path, wait_until="networkidle")
    texts = {
        url: len(brotli.compress(answer.body(), quality=5 if url.endswith("/") else 11))
        for url, answer in kept.items()
        if url == live_shop.url + path or url.endswith((".css", ".js"))
    }
    assert len(texts) == 6, "page, one style sheet, four scripts"
    assert sum(texts.values()) <= LIMIT, texts


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("path", ["/", "/sets/"])
def test_nothing_moves_while_fonts_and_pictures_arrive_slowly(new_page, path, width):
    page = new_page(viewport={"width": width, "height": 844})
    page.add_init_script(_WATCH)
    keep_nothing(page)
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_PHONE)
    page.goto(path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("window.moved") == 0


def test_both_fonts_are_ours_small_and_asked_for_at_once(live_shop, page):
    fonts = {}
    page.on("response", lambda a: a.url.endswith(".woff2") and fonts.setdefault(a.url, a))
    page.goto("/", wait_until="networkidle")
    assert sorted(url.rsplit("/", 1)[1].split(".")[0] for url in fonts) == ["figtree", "newsreader"]
    assert all(url.startswith(live_shop.url) for url in fonts)
    assert sum(len(answer.body()) for answer in fonts.values()) < 45_000
    used = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert {"Figtree", "Newsreader"} <= set(used)
