"""The size finder: every path ends in an explained conclusion, and nothing leaves the browser."""

import itertools
import json

import pytest
from playwright.sync_api import expect

_LOGIC = """async (ways) => {
    const { conclude, nextQuestion } = await import("/static/storefront/finder-logic.js");
    const widths = [13, 16, 20, 23, 26, 29, 32, 35, 38].map((mm, at) => ({ number: at + 1, mm }));
    return JSON.stringify(JSON.parse(ways).map((given) => {
        const answers = {}, asked = [];
        for (let name = nextQuestion(answers); name; name = nextQuestion(answers)) {
            asked.push(name);
            answers[name] = given[name];
        }
        return { asked, ...conclude(answers, widths) };
    }));
}"""
_ANSWERS = {
    "health": ["none", "some", "unsure"],
    "named": ["yes", "no"],
    "namedSize": ["1", "5", "9"],
    "now": ["nothing", "small", "dilator", "measured", "unsure"],
    "nowSize": ["1", "4", "9"],
    "nowWidth": ["5", "12.5", "13", "15", "25.5", "60"],
    "want": ["set", "single", "unsure"],
}


@pytest.fixture
def finder(page):
    with page.expect_response("**/basket/count/"):  # the last thing that a page asks for
        page.goto("/finder/")
    return page


def _every_path(finder):
    ways = [dict(zip(_ANSWERS, way, strict=True)) for way in itertools.product(*_ANSWERS.values())]
    # as one text: Playwright takes a minute to pass thousands of objects
    ends = json.loads(finder.evaluate(_LOGIC, json.dumps(ways)))
    return list(zip(ways, ends, strict=True))


def test_every_path_ends_and_every_conclusion_fits_the_answers(finder):
    for answers, end in _every_path(finder):
        if answers["health"] == "some":
            assert end == {
                "asked": ["health"],
                "kind": "clinician",
                "size": None,
                "want": None,
                "reasons": [],
            }
        elif answers["health"] == "unsure" or (answers["named"], answers["now"]) == (
            "no",
            "unsure",
        ):
            assert (end["kind"], end["size"]) == ("unsure", None)
            safe = answers["health"] == "none"
            assert end["reasons"] == (["browse"] if safe else []), "to buy only where it is safe"
        else:
            assert end["kind"] == "suggestion"
            assert end["reasons"]
            assert end["size"] == _expected(answers)
            assert end["want"] == ("single" if answers["want"] == "single" else "set")


def _expected(answers):
    """The smallest, the one below what is used with ease, or what the clinician said."""
    if answers["named"] == "yes":
        return int(answers["namedSize"])
    smaller = {"1": 1, "4": 3, "9": 8}
    known = {
        "nothing": 1,
        "small": 1,
        "dilator": smaller[answers["nowSize"]],
        "measured": 1,
    }
    return known[answers["now"]]


def test_a_path_through_the_page_sends_and_stores_nothing(finder):
    sent = []
    finder.on("request", lambda request: sent.append(request.url))
    icon = "/icon.svg"  # which Chromium asks for in its own time
    address = finder.url
    for answer in (
        "No, none of these",
        "No, or they left it to me",
        "A dilator, and I know its size",
    ):
        finder.get_by_label(answer).check()
        finder.get_by_role("button", name="Next").click()
    finder.get_by_label("Size on our chart").locator("visible=true").select_option("3")
    finder.get_by_role("button", name="Next").click()
    finder.get_by_label("Several sizes to move through").check()
    finder.get_by_role("button", name="Next").click()
    heading = finder.get_by_role("heading", name="You could start with size 2, 16 mm wide")
    expect(heading).to_be_focused()
    expect(finder.get_by_text("at most as wide as the one that you use with ease")).to_be_visible()
    expect(finder.get_by_text("your clinician named")).to_be_hidden()
    assert finder.locator("[data-chosen] .picks a").count() == 3
    assert "agnetic" not in finder.locator("[data-chosen]").inner_text()
    sent = [url for url in sent if not url.endswith(icon)]
    assert (sent, finder.url, finder.context.cookies()) == ([], address, [])
    assert finder.evaluate("localStorage.length") == 0


def test_an_unanswered_question_says_what_is_missing_and_back_goes_back(finder):
    finder.get_by_role("button", name="Next").click()
    expect(finder.locator("#health-wrong")).to_be_visible()
    expect(finder.get_by_label("No, none of these")).to_be_focused()
    finder.get_by_label("No, none of these").check()
    finder.get_by_role("button", name="Next").click()
    finder.get_by_role("button", name="Back").click()
    expect(finder.get_by_role("heading", name="Is any of this true for you now?")).to_be_focused()
    expect(finder.get_by_label("No, none of these")).to_be_checked()


@pytest.mark.parametrize(
    ("answer", "heading"),
    [
        ("Yes, one or more", "Ask your clinician first"),
        ("I am not sure, or would rather not say", "Not being sure is fine"),
    ],
)
def test_a_reason_to_ask_first_ends_at_once(finder, answer, heading):
    finder.get_by_label(answer).check()
    finder.get_by_role("button", name="Next").click()
    expect(finder.get_by_role("heading", name=heading)).to_be_focused()
    assert finder.locator("[data-chosen] a").count() == 0
    finder.get_by_role("button", name="Start again").click()
    expect(finder.get_by_label(answer)).not_to_be_checked()


def test_without_a_script_the_same_can_be_read(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/finder/")
    expect(
        page.get_by_role("heading", name="First: is any of this true for you now?")
    ).to_be_visible()
    expect(page.locator("[data-finder]")).to_be_hidden()
    page.locator("summary", has_text="Size 3: 20 mm").click()
    expect(page.get_by_role("link", name="Compare all sets with size 3")).to_be_visible()
