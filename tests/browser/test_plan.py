"""The plan's page keeps what is written in this browser alone, works offline, and deletes it."""

import json

import pytest
from playwright.sync_api import expect

_STORED = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"

_SHAPE = "getComputedStyle(document.querySelector('[data-breath]')).transform"


@pytest.fixture
def plan(page):
    return opened(page)


@pytest.fixture(scope="module")
def stored(browser, live_shop):
    """What a browser holds in which `write` was done, for tests that only read it."""
    context = browser.new_context(base_url=live_shop.url)
    write(opened(context.new_page()))
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def written(new_page, stored):
    """The page of a new visitor in whose browser all that is stored."""
    return new_page(storage_state=stored)


def opened(page):
    with page.expect_response("**/basket/count/"):  # the last thing that a page asks for
        page.goto("/plan/")
    return page


def write(page):
    page.get_by_label("Size 3 is in my plan").check()
    page.get_by_label("Size 4 is in my plan").check()
    page.get_by_label("I have size 3").check()
    page.get_by_label("Monday").check()
    page.get_by_label("Minutes for a session").fill("10")
    page.get_by_label("What the clinician said").fill("Slowly. <b>No hurry</b>")
    for day, comfort in (("2026-03-02", "4"), ("2026-03-01", "3")):
        page.get_by_label("Date").fill(day)
        page.get_by_label("Comfort, 0 to 10").fill(comfort)
        page.get_by_role("button", name="Write it down").click()


def test_it_works_offline_asks_for_nothing_and_keeps_one_key_until_it_is_deleted(plan):
    asked = []
    plan.on("request", lambda request: asked.append(request.url))
    plan.context.set_offline(True)
    assert plan.evaluate(_STORED) == []
    write(plan)

    kept = json.loads(plan.evaluate("localStorage.getItem('plan')"))
    assert plan.evaluate(_STORED) == ["plan"]
    assert kept["plan"]["sizes"] == [3, 4]
    assert [(each["date"], each["comfort"]) for each in kept["diary"]] == [
        ("2026-03-01", 3), ("2026-03-02", 4),
    ]  # fmt: skip
    summary = plan.get_by_role("region", name="To show a clinician")
    expect(summary).to_contain_text("Slowly. <b>No hurry</b>")
    expect(summary.get_by_role("img")).to_have_accessible_name(
        "Comfort over 2 sessions: first 3, last 4, of 10."
    )

    plan.on("dialog", lambda dialog: dialog.accept())
    plan.get_by_role("button", name="Delete everything").click()
    expect(plan.get_by_text("Nothing of it is left in this browser.")).to_be_visible()
    assert plan.evaluate(_STORED) == []
    expect(summary).to_be_hidden()
    assert plan.context.cookies() == []
    assert asked == []


def test_a_size_is_offered_only_because_the_person_planned_it_and_lacks_it(plan):
    offers = plan.locator("[data-offer]:visible")
    expect(offers).to_have_count(0)
    write(plan)
    expect(offers).to_have_count(1)
    expect(offers.get_by_role("link")).to_have_text("Smooth single, Size 4, 23 mm")
    expect(offers.get_by_role("button", name="Add to basket")).to_be_visible()
    plan.get_by_label("I have size 4").check()
    expect(offers).to_have_count(0)


def test_what_was_written_is_there_again_and_can_be_saved_and_opened_as_a_file(plan, tmp_path):
    write(plan)
    with plan.expect_download() as saving:
        plan.get_by_role("button", name="Save as a file").click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    opened(plan)
    expect(plan.get_by_label("Minutes for a session")).to_have_value("10")

    plan.evaluate("localStorage.clear()")
    opened(plan)
    expect(plan.get_by_label("Minutes for a session")).to_have_value("")
    plan.locator("[data-load]").set_input_files(file)
    expect(plan.get_by_label("Minutes for a session")).to_have_value("10")
    expect(plan.get_by_role("button", name="Delete the entry of 2026-03-01")).to_be_visible()
    plan.get_by_role("button", name="Delete the entry of 2026-03-01").click()
    assert len(json.loads(plan.evaluate("localStorage.getItem('plan')"))["diary"]) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version":1,"plan":3}', "\0"])
def test_a_file_of_something_else_changes_nothing(written, tmp_path, text):
    opened(written)
    before = written.evaluate("localStorage.getItem('plan')")
    assert json.loads(before)["diary"]
    file = tmp_path / "other.json"
    file.write_text(text)
    written.locator("[data-load]").set_input_files(file)
    expect(written.get_by_text("This is not a file that this page saved.")).to_be_visible()
    assert written.evaluate("localStorage.getItem('plan')") == before


def test_a_planted_text_is_read_field_by_field(plan):
    planted = {
        "version": 1,
        "plan": {"sizes": [3, "<i>", 900], "days": [1, 8], "minutes": 1e9, "said": {"x": 1}},
        "diary": [{"date": "<img>", "comfort": 3}, {"date": "2026-03-01", "comfort": 99}],
    }
    plan.evaluate("text => localStorage.setItem('plan', text)", json.dumps(planted))
    opened(plan)
    expect(plan.get_by_label("Size 3 is in my plan")).to_be_checked()
    expect(plan.get_by_label("Minutes for a session")).to_have_value("")
    expect(plan.locator("[data-entries] tr")).to_have_count(0)


@pytest.mark.parametrize("why", ["quiet", "left"])
def test_it_is_closed_in_quiet_mode_and_after_leaving_until_it_is_asked_for(
    written, live_shop, why
):
    plan = opened(written)
    if why == "quiet":
        plan.evaluate("localStorage.setItem('quiet', '1')")
    else:
        plan.context.add_cookies([{"name": "left", "value": "1", "url": live_shop.url}])
    opened(plan)
    said = plan.get_by_text("Slowly. <b>No hurry</b>")
    expect(said).to_have_count(1)
    expect(said).to_be_hidden()
    expect(plan.get_by_label("Minutes for a session")).to_be_hidden()
    plan.get_by_role("button", name="Open my plan").click()
    expect(plan.get_by_label("Minutes for a session")).to_have_value("10")
    expect(said).to_be_visible()


def test_another_tab_shows_what_was_written_and_forgets_what_was_deleted(plan):
    other = opened(plan.context.new_page())
    write(plan)
    expect(other.get_by_label("Minutes for a session")).to_have_value("10")
    plan.evaluate("localStorage.clear()")
    expect(other.get_by_label("Minutes for a session")).to_have_value("")


def test_the_timer_keeps_time_says_how_to_breathe_and_makes_no_sound_of_itself(new_page):
    page = new_page(reduced_motion="reduce")
    page.clock.install()
    opened(page)
    page.evaluate(
        "() => { window.AudioContext = class { constructor() { window.sounded = true; } }; }"
    )
    still = page.evaluate(_SHAPE)
    timer = page.locator("[data-timer]")
    timer.get_by_label("Minutes").fill("1")
    timer.get_by_role("button", name="Start").click()
    expect(timer.get_by_text("Breathe in")).to_be_visible()
    page.clock.run_for(5_000)
    expect(timer.get_by_text("Breathe out")).to_be_visible()
    expect(timer.get_by_role("timer")).to_have_text("0:55")
    assert page.evaluate(_SHAPE) == still, "motion is unwanted"
    page.clock.run_for(55_000)
    expect(timer.get_by_text("The time that you set is over.")).to_be_visible()
    assert page.evaluate("window.sounded") is None
    expect(page.locator("#diary-minutes")).to_have_value("1")


def test_without_scripts_there_is_a_form_to_print(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/plan/")
    expect(page.get_by_role("heading", name="A form to print and fill in")).to_be_visible()
    expect(page.get_by_text("Without JavaScript this page cannot keep anything")).to_be_visible()
    expect(page.get_by_label("Minutes for a session")).to_be_hidden()


def test_paper_has_the_summary_alone_without_the_shop_around_it(written):
    plan = opened(written)
    plan.emulate_media(media="print")
    expect(plan.get_by_role("heading", name="To show a clinician")).to_be_visible()
    for name in ("Your own plan", "A form to print and fill in", "Where it lies"):
        expect(plan.get_by_role("heading", name=name)).to_be_hidden()
    expect(plan.get_by_role("contentinfo")).to_be_hidden()
